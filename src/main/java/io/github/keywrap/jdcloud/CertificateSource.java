package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.OperatorException;
import java.security.cert.X509Certificate;
import java.util.Collection;

/** Where certificates of authorities come from. */
sealed interface CertificateSource permits PemFile, SystemTrust {
  /**
   * All there are, at least one.
   *
   * @throws OperatorException if there are none
   */
  Collection<X509Certificate> read();

  /** Changes when they may have changed: names, times and sizes of files. */
  String identity();
}
