package io.github.keywrap.settings;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.files.SmallFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Says why certificates cannot be read from a place; empty where nothing speaks against it. */
public final class CertificateFile {
  /** Longest file in bytes: distributions' own have a few hundred thousand. */
  public static final int MAX = 4_194_304;

  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";

  private CertificateFile() {}

  /** Whether it can be read at all. */
  public static Optional<String> whyUnreadable(Path file) {
    try {
      byte[] _ = SmallFile.read(file, MAX);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(SystemWords.of(e));
    }
  }

  /** Whether it can be read and has a certificate in PEM, to all appearance. */
  public static Optional<String> whyUnusable(Path file) {
    try {
      return new String(SmallFile.read(file, MAX), ISO_8859_1).contains(BEGIN)
          ? Optional.empty()
          : Optional.of("has no certificate in PEM");
    } catch (IOException e) {
      return Optional.of(SystemWords.of(e));
    }
  }

  /** Whether the files of a folder can be seen. */
  public static Optional<String> whyUnlisted(Path folder) {
    try (Stream<Path> _ = Files.list(folder)) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(SystemWords.of(e));
    }
  }
}
