package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.settings.CertificateFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/** Certificates in a PEM file that the settings name: all of it is read, or it is refused. */
record PemFile(Path file) implements CertificateSource {
  @Override
  public Collection<X509Certificate> read() {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      List<X509Certificate> read = certificates.stream().map(X509Certificate.class::cast).toList();
      if (!read.isEmpty()) {
        return read;
      }
    } catch (IOException e) {
      throw unusable(SystemWords.of(e));
    } catch (CertificateException e) {
      throw unusable(CertificateFile.whyUnusable(file).orElse("has one that is damaged"));
    }
    throw unusable("has no certificate in PEM");
  }

  private OperatorException unusable(String reason) {
    return new OperatorException(
        "ca-file %s cannot be used: %s".formatted(file, reason),
        "name a file with certificates, in PEM");
  }

  @Override
  public String identity() {
    return identity(file);
  }

  /** Of any file; also of one that is not there. */
  static String identity(Path file) {
    try {
      return file
          + new TreeMap<>(Files.readAttributes(file, "unix:dev,ino,lastModifiedTime,ctime,size"))
              .toString();
    } catch (IOException absent) {
      return file + " absent";
    }
  }
}
