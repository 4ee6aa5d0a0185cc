package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.OperatorException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Optional;

/** Where certificates of authorities come from. */
sealed interface CertificateSource permits PemFile, SystemTrust {
  /**
   * All there are, at least one.
   *
   * @throws OperatorException if there are none
   */
  Collection<X509Certificate> read();

  /** What of it cannot be used, and why; empty if all can. */
  default Optional<String> trouble() {
    return Optional.empty();
  }

  /** Changes when they may have changed: names, times and sizes of files. */
  String identity();
}
