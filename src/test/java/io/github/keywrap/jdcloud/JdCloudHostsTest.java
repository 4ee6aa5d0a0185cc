package io.github.keywrap.jdcloud;

import static io.github.keywrap.jdcloud.JdCloudKey.DEK;
import static io.github.keywrap.jdcloud.JdCloudKey.unwrap;
import static io.github.keywrap.jdcloud.JdCloudKey.wrap;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.fakekms.FakeKms;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of hosts and their addresses, as the old client takes them. */
final class JdCloudHostsTest {
  @TempDir private Path folder;

  @Test
  void triesEveryAddressOfAName() throws Exception {
    HangingNames.set("two.kms.test", "127.0.0.2", "127.0.0.1");
    try (JdCloudKey key = new JdCloudKey(folder)) {
      key.set("keys.k.endpoint", "http://two.kms.test:" + key.kms.port());
      try (KeyWrapper wrapper = key.open()) {
        assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
      }
    }
  }

  /** One takes connections and says nothing: a host that hangs, or drops what comes. */
  @Test
  void anAddressThatHangsLeavesTimeForTheNext() throws Exception {
    HangingNames.set("hung.kms.test", "127.0.0.2", "127.0.0.1");
    Certificates ours = new Certificates(folder, "ours");
    try (JdCloudKey key =
            new JdCloudKey(folder, FakeKms.startTls(ours.server("dns:hung.kms.test")));
        ServerSocket silent =
            new ServerSocket(key.kms.port(), 50, InetAddress.ofLiteral("127.0.0.2"))) {
      assertThat(silent.isBound()).isTrue();
      key.set("keys.k.endpoint", "https://hung.kms.test:" + key.kms.port())
          .set("keys.k.version-tracking", "off")
          .set("keys.k.request-timeout", "2s")
          .set("keys.k.ca-file", "ours/ca.pem");
      try (KeyWrapper wrapper = key.open()) {
        assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
        key.kms.dropConnections();
        long began = System.nanoTime();
        assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
            .as("what worked is tried first")
            .isLessThan(Duration.ofMillis(900));
      }
    }
  }

  /** A server that has several certificates chooses by it. Java's own takes no underscore in it. */
  @Test
  void namesAHostWithAnUnderscoreToTheTlsServer() throws Exception {
    HangingNames.set("kms_2.kms.test", "127.0.0.1");
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        JdCloudKey key = new JdCloudKey(folder)) {
      key.set("keys.k.endpoint", "https://kms_2.kms.test:" + listener.getLocalPort())
          .set("keys.k.version-tracking", "off");
      try (KeyWrapper wrapper = key.open()) {
        Thread caller =
            Thread.ofVirtual()
                .start(
                    () -> {
                      var _ = catchThrowable(() -> wrap(wrapper));
                    });
        try (Socket client = listener.accept()) {
          byte[] hello = new byte[4_096];
          int length = client.getInputStream().read(hello);
          assertThat(new String(hello, 0, length, ISO_8859_1)).contains("kms_2.kms.test");
        }
        caller.join();
      }
    }
  }

  @Test
  void takesHostsWithUnderscoresAndEndpointsWithAPath() throws Exception {
    HangingNames.set("kms_1.kms.test", "127.0.0.1");
    try (JdCloudKey key = new JdCloudKey(folder)) {
      String endpoint = "http://kms_1.kms.test:" + key.kms.port() + "/gateway/kms";
      try (KeyWrapper wrapper = key.set("keys.k.endpoint", endpoint).open()) {
        assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
      }
      try (KeyWrapper wrapper = key.openFromJson(endpoint + "/", Map.of())) {
        assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
      }
    }
  }
}
