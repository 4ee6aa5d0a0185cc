package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.joining;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.settings.CertificateFile;
import io.github.keywrap.settings.TrustSettings.OfSystem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What this system trusts, found as Go's crypto/x509 finds it on Linux: the first file that is
 * there, and all files of the folders. What is no certificate in them is passed over.
 */
record SystemTrust(OfSystem settings) implements CertificateSource {
  private static final List<Path> FILES =
      Stream.of(
              "/etc/ssl/certs/ca-certificates.crt",
              "/etc/pki/tls/certs/ca-bundle.crt",
              "/etc/ssl/ca-bundle.pem",
              "/etc/pki/tls/cacert.pem",
              "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
              "/etc/ssl/cert.pem")
          .map(Path::of)
          .toList();
  private static final List<Path> FOLDERS =
      List.of(Path.of("/etc/ssl/certs"), Path.of("/etc/pki/tls/certs"));
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

  /** Whether there is anything; somebody who names a place in the environment means it. */
  boolean isThere() {
    return settings.file().isPresent()
        || !settings.folders().isEmpty()
        || Stream.concat(FILES.stream(), FOLDERS.stream()).anyMatch(Files::exists);
  }

  @Override
  public Collection<X509Certificate> read() {
    Set<X509Certificate> found = new LinkedHashSet<>();
    files().forEach(file -> found.addAll(certificates(file)));
    if (found.isEmpty()) {
      throw new OperatorException(
          "trust: system finds no certificate of an authority"
              + trouble().map(known -> ": " + known).orElse(""),
          "install ca-certificates, or look at SSL_CERT_FILE and SSL_CERT_DIR");
    }
    return List.copyOf(found);
  }

  /** Of what the environment names. */
  @Override
  public Optional<String> trouble() {
    Stream<String> file =
        settings.file().flatMap(f -> words(f, CertificateFile.whyUnusable(f))).stream();
    Stream<String> folders =
        settings.folders().stream().flatMap(f -> words(f, CertificateFile.whyUnlisted(f)).stream());
    String all = Stream.concat(file, folders).collect(joining("; "));
    return all.isEmpty() ? Optional.empty() : Optional.of(all);
  }

  private static Optional<String> words(Path place, Optional<String> reason) {
    return reason.map(why -> "%s cannot be used: %s".formatted(place, why));
  }

  private Stream<Path> files() {
    Optional<Path> bundle =
        settings
            .file()
            .map(Stream::of)
            .orElseGet(FILES::stream)
            .filter(Files::isReadable)
            .findFirst();
    return Stream.concat(bundle.stream(), folders().flatMap(SystemTrust::list));
  }

  private Stream<Path> folders() {
    return (settings.folders().isEmpty() ? FOLDERS : settings.folders()).stream();
  }

  private static Stream<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList().stream();
    } catch (IOException absent) {
      return Stream.empty();
    }
  }

  private static List<X509Certificate> certificates(Path file) {
    try {
      if (Files.size(file) > CertificateFile.MAX) {
        return List.of();
      }
      Matcher blocks = PEM.matcher(Files.readString(file, ISO_8859_1));
      return blocks.results().flatMap(block -> certificate(block.group()).stream()).toList();
    } catch (IOException absent) {
      return List.of();
    }
  }

  private static Optional<X509Certificate> certificate(String pem) {
    try {
      return Optional.of(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(pem.getBytes(ISO_8859_1))));
    } catch (CertificateException none) {
      return Optional.empty();
    }
  }

  @Override
  public String identity() {
    Stream<Path> bundles = settings.file().map(Stream::of).orElseGet(FILES::stream);
    return Stream.concat(bundles, folders()).map(PemFile::identity).collect(joining("\n"));
  }
}
