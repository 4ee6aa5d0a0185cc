package io.github.keywrap.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whose certificates are trusted. */
public sealed interface TrustSettings {
  /** Those that the Java runtime trusts. */
  record OfRuntime() implements TrustSettings {}

  /** Those in a PEM file, and no others. */
  record OfFile(Path file) implements TrustSettings {}

  /**
   * Those that this system trusts, by the rules of Go's crypto/x509: the first file that is there,
   * and all files of the folders.
   *
   * @param file from SSL_CERT_FILE; empty: where distributions have it
   * @param folders from SSL_CERT_DIR; empty: where distributions have them
   */
  record OfSystem(Optional<Path> file, List<Path> folders) implements TrustSettings {}
}
