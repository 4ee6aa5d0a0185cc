package io.github.keywrap.jdcloud;

import static io.github.keywrap.jdcloud.JdCloudKey.DEK;
import static io.github.keywrap.jdcloud.JdCloudKey.unwrap;
import static io.github.keywrap.jdcloud.JdCloudKey.wrap;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.contract.WrittenLogs;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.fakekms.FakeKms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Through an HTTP proxy, as the settings or the environment say. */
final class JdCloudProxyTest {
  private static final String PASSWORD = "pa ss:w/ord";
  private static final String BASIC =
      "Basic " + Base64.getEncoder().encodeToString(("me:" + PASSWORD).getBytes(UTF_8));

  /** Nobody but the proxy knows it. */
  private static final String HOST = "kms.behind-a-proxy.test";

  @TempDir private Path folder;

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
  void tunnelsTlsThroughAProxyWithAPasswordThatIsNeverLogged() throws Exception {
    Certificates ours = new Certificates(folder, "ours");
    try (WrittenLogs logs = new WrittenLogs();
        JdCloudKey key = new JdCloudKey(folder, FakeKms.startTls(ours.server("dns:" + HOST)));
        ForwardingProxy proxy = new ForwardingProxy(key.kms.port(), BASIC)) {
      key.set("keys.k.endpoint", "https://" + HOST)
          .set("keys.k.ca-file", "ours/ca.pem")
          .set("keys.k.request-timeout", "2s")
          .set("keys.k.version-tracking", "off")
          .set("keys.k.proxy", "http://127.0.0.1:" + proxy.port())
          .set("keys.k.proxy-user", "me")
          .set("keys.k.proxy-password.file", "proxy-password");
      key.secret("proxy-password", "not the password");
      try (KeyWrapper wrapper = key.open()) {
        assertThatThrownBy(() -> wrap(wrapper))
            .isInstanceOf(BackendUnavailable.class)
            .hasMessageContaining("proxy");
        key.secret("proxy-password", PASSWORD);
        assertThat(unwrap(wrapper, wrap(wrapper))).as("the file is read again").isEqualTo(DEK);
      }
      assertThat(proxy.requestLines())
          .allMatch(line -> line.equals("CONNECT " + HOST + ":443 HTTP/1.1"));
      assertThat(logs.lines())
          .noneMatch(line -> line.contains(PASSWORD))
          .noneMatch(line -> line.contains(BASIC.substring(6)));
      assertThat(key.load().toString()).doesNotContain("me:").doesNotContain(PASSWORD);
    }
  }

  @Test
  void aProxyThatIsNotThereIsNamedAndItsPasswordIsNot() throws Exception {
    try (JdCloudKey key = new JdCloudKey(folder)) {
      key.unset("keys.k.endpoint").set("keys.k.version-tracking", "off");
      for (String scheme : java.util.List.of("http", "https")) {
        key.set("keys.k.endpoint", scheme + "://" + HOST);
        key.set("keys.k.proxy", "http://127.0.0.1:1");
        try (KeyWrapper wrapper = key.open()) {
          assertThatThrownBy(() -> wrap(wrapper))
              .isInstanceOf(BackendUnavailable.class)
              .hasMessageContaining("no connection to the proxy 127.0.0.1:1");
        }
        try (KeyWrapper wrapper =
            key.openFromJson(
                scheme + "://" + HOST,
                Map.of(
                    "HTTP_PROXY", "http://me:hunter2@127.0.0.1:1",
                    "HTTPS_PROXY", "http://me:hunter2@127.0.0.1:1"))) {
          assertThatThrownBy(() -> wrap(wrapper))
              .hasMessageContaining("no connection to the proxy 127.0.0.1:1")
              .hasMessageNotContaining("hunter2");
        }
      }
      key.unset("keys.k.proxy").set("keys.k.endpoint", "http://127.0.0.1:1");
      try (KeyWrapper wrapper = key.open()) {
        assertThatThrownBy(() -> wrap(wrapper))
            .hasMessageContaining("no connection to 127.0.0.1:1");
      }
    }
  }

  @Test
  void aProxyThatHangsIsNamed() throws Exception {
    try (JdCloudKey key = new JdCloudKey(folder);
        ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String proxy = "127.0.0.1:" + silent.getLocalPort();
      key.set("keys.k.proxy", "http://" + proxy).set("keys.k.endpoint", "https://" + HOST);
      try (KeyWrapper wrapper = key.open()) {
        assertThatThrownBy(() -> wrap(wrapper))
            .isInstanceOf(BackendUnavailable.class)
            .hasMessageContaining("the proxy " + proxy);
      }
    }
  }

  @Test
  void aProxyThatRefusesIsNamed() throws Exception {
    Certificates ours = new Certificates(folder, "ours");
    try (JdCloudKey key = new JdCloudKey(folder, FakeKms.startTls(ours.server("dns:" + HOST)));
        ForwardingProxy proxy = new ForwardingProxy(key.kms.port(), BASIC)) {
      key.set("keys.k.proxy", "http://127.0.0.1:" + proxy.port())
          .set("keys.k.version-tracking", "off");
      for (String scheme : java.util.List.of("http", "https")) {
        try (KeyWrapper wrapper = key.set("keys.k.endpoint", scheme + "://" + HOST).open()) {
          assertThatThrownBy(() -> wrap(wrapper))
              .hasMessageContaining("the proxy 127.0.0.1:" + proxy.port());
        }
      }
    }
  }

  @Test
  void theOldPluginsJsonTakesTheProxyOfTheEnvironment() throws Exception {
    try (JdCloudKey key = new JdCloudKey(folder);
        ForwardingProxy proxy = new ForwardingProxy(key.kms.port(), BASIC)) {
      String address = "me:pa%20ss%3Aw%2Ford@127.0.0.1:" + proxy.port();
      for (Map<String, String> environment :
          java.util.List.of(
              Map.of("HTTP_PROXY", "http://" + address),
              Map.of("HTTP_PROXY", "http://" + address + "/proxy?for=all#x"),
              Map.of("http_proxy", address, "https_proxy", "http://192.0.2.1:3128"),
              Map.of("HTTP_PROXY", address, "no_proxy", "example.com, .other.test,10.0.0.0/8"))) {
        int before = proxy.requestLines().size();
        assertServes(key, environment);
        assertThat(proxy.requestLines()).as("%s", environment.keySet()).hasSizeGreaterThan(before);
      }
    }
  }

  private static void assertServes(JdCloudKey key, Map<String, String> environment)
      throws IOException {
    try (KeyWrapper wrapper = key.openFromJson("http://" + HOST, environment)) {
      assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
    }
  }

  @Test
  void whatNoProxyNamesAndThisHostItselfAreReachedDirectly() throws Exception {
    HangingNames.set("direct.kms.test", "127.0.0.1");
    Map<String, String> environment =
        Map.of("HTTP_PROXY", "http://192.0.2.1:3128", "NO_PROXY", ".kms.test");
    try (JdCloudKey key = new JdCloudKey(folder)) {
      for (String host : new String[] {"direct.kms.test", "127.0.0.1", "localhost"}) {
        String endpoint = "http://" + host + ":" + key.kms.port();
        try (KeyWrapper wrapper = key.openFromJson(endpoint, environment)) {
          assertThat(unwrap(wrapper, wrap(wrapper))).as(host).isEqualTo(DEK);
        }
      }
    }
  }
}
