package io.github.keywrap.app;

import static io.github.keywrap.app.JdCloudKey.DEK;
import static io.github.keywrap.app.JdCloudKey.unwrap;
import static io.github.keywrap.app.JdCloudKey.wrap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.fakekms.FakeKms;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way to the KMS: TLS, a proxy, and what stands in it. */
final class JdCloudConnectionTest {
  private static final String PASSWORD = "of no value";

  @TempDir private Path folder;

  @Test
  void trustsTheAuthoritiesOfAFileAndNoOthers() throws Exception {
    try (JdCloudKey key = new JdCloudKey(folder, FakeKms.startTls(tls("ip:127.0.0.1")))) {
      key.set("keys.k.version-tracking", "off");
      try (KeyWrapper wrapper = key.open()) {
        assertThatThrownBy(() -> wrap(wrapper))
            .isInstanceOf(BackendUnavailable.class)
            .hasMessageContaining("ca-file");
      }
      try (KeyWrapper wrapper = key.set("keys.k.ca-file", "certificate.pem").open()) {
        assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
      }
    }
  }

  @Test
  void refusesACertificateForAnotherHost() throws Exception {
    try (JdCloudKey key = new JdCloudKey(folder, FakeKms.startTls(tls("dns:kms.example")))) {
      key.set("keys.k.version-tracking", "off").set("keys.k.ca-file", "certificate.pem");
      try (KeyWrapper wrapper = key.open()) {
        assertThatThrownBy(() -> wrap(wrapper))
            .isInstanceOf(BackendUnavailable.class)
            .hasMessageContaining("not for this host");
      }
    }
  }

  @Test
  void anEndpointWithoutTlsIsNotTakenForOneWithABadCertificate() throws Exception {
    try (JdCloudKey key = new JdCloudKey(folder)) {
      key.set("keys.k.endpoint", "https://127.0.0.1:" + key.kms.port());
      try (KeyWrapper wrapper = key.set("keys.k.version-tracking", "off").open()) {
        assertThatThrownBy(() -> wrap(wrapper))
            .isInstanceOf(BackendUnavailable.class)
            .hasMessageContaining("is this the right port");
      }
    }
  }

  @Test
  void aFileWithoutCertificatesIsRefusedAtTheStart() throws Exception {
    try (JdCloudKey key = new JdCloudKey(folder)) {
      Files.writeString(folder.resolve("empty.pem"), "");
      key.set("keys.k.ca-file", "empty.pem");
      assertThatThrownBy(key::open).isInstanceOf(OperatorException.class);
    }
  }

  @Test
  void goesThroughAProxyAndSignsForTheEndpoint() throws Exception {
    try (JdCloudKey key = new JdCloudKey(folder);
        ForwardingProxy proxy = new ForwardingProxy(key.kms.port())) {
      key.set("keys.k.endpoint", "http://127.0.0.1:" + key.kms.port());
      key.set("keys.k.proxy", "http://127.0.0.1:" + proxy.port());
      try (KeyWrapper wrapper = key.open()) {
        assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
      }
      assertThat(proxy.requestLines())
          .isNotEmpty()
          .allMatch(line -> line.contains(" http://127.0.0.1:" + key.kms.port() + "/v1/key/"));
    }
  }

  @Test
  void anEndpointWhereNobodyListensIsUnavailable() throws Exception {
    try (JdCloudKey key = new JdCloudKey(folder)) {
      URI gone = key.kms.endpoint();
      key.kms.close();
      key.set("keys.k.endpoint", gone.toString()).set("keys.k.version-tracking", "off");
      try (KeyWrapper wrapper = key.open()) {
        assertThatThrownBy(() -> wrap(wrapper))
            .isInstanceOf(BackendUnavailable.class)
            .hasMessageContaining("no connection");
      }
    }
  }

  private SslContext tls(String name) throws Exception {
    Path store = folder.resolve("server.p12");
    keytool(
        "-genkeypair",
        "-keystore",
        store,
        "-keyalg",
        "EC",
        "-dname",
        "CN=fake",
        "-ext",
        "SAN=" + name);
    keytool("-exportcert", "-keystore", store, "-rfc", "-file", folder.resolve("certificate.pem"));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD.toCharArray());
    return SslContextBuilder.forServer(factory).build();
  }

  private static void keytool(Object... arguments) throws Exception {
    java.util.List<String> command = new java.util.ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    command.addAll(java.util.List.of("-alias", "k", "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
