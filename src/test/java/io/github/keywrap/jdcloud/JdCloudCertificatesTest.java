package io.github.keywrap.jdcloud;

import static io.github.keywrap.jdcloud.JdCloudKey.DEK;
import static io.github.keywrap.jdcloud.JdCloudKey.unwrap;
import static io.github.keywrap.jdcloud.JdCloudKey.wrap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.contract.WrittenLogs;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.fakekms.FakeKms;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose certificates are accepted, and what is said of others. */
final class JdCloudCertificatesTest {
  private static final String HERE = "ip:127.0.0.1";

  @TempDir private Path folder;
  private Certificates ours;

  @BeforeEach
  void makeAuthority() throws Exception {
    ours = new Certificates(folder, "ours");
  }

  @Test
  void trustsTheAuthoritiesOfAFileAndNoOthers() throws Exception {
    try (JdCloudKey key = key(ours.server(HERE))) {
      try (KeyWrapper wrapper = key.unset("keys.k.ca-file").open()) {
        assertRefused(wrapper, "an authority that is not trusted; name it with ca-file");
      }
      try (KeyWrapper wrapper = key.set("keys.k.ca-file", "ours/ca.pem").open()) {
        assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
      }
    }
  }

  @Test
  void saysOfAnExpiredCertificateWhatTheClockSays() throws Exception {
    try (JdCloudKey key = key(ours.server(HERE, "-10d", 5));
        KeyWrapper wrapper = key.open()) {
      assertRefused(wrapper, "has expired by this node's clock, which says 20");
    }
  }

  @Test
  void saysOfACertificateThatIsNotYetValidWhatTheClockSays() throws Exception {
    try (JdCloudKey key = key(ours.server(HERE, "+5d", 5));
        KeyWrapper wrapper = key.open()) {
      assertRefused(wrapper, "is not valid yet by this node's clock, which says 20");
    }
  }

  @Test
  void refusesACertificateForAnotherHost() throws Exception {
    try (JdCloudKey key = key(ours.server("dns:kms.example"));
        KeyWrapper wrapper = key.open()) {
      assertRefused(wrapper, "not for this host");
    }
  }

  @Test
  void readsTheFileAgainWhenItChanges() throws Exception {
    Certificates before = new Certificates(folder, "before");
    Path file = Files.copy(before.authority(), folder.resolve("ca.pem"));
    try (JdCloudKey key = key(ours.server(HERE));
        KeyWrapper wrapper = key.set("keys.k.ca-file", "ca.pem").open()) {
      assertRefused(wrapper, "not trusted");
      replace(file, "nothing of use");
      assertRefused(wrapper, "not trusted");
      replace(file, Files.readString(ours.authority()));
      await().ignoreExceptions().untilAsserted(() -> wrap(wrapper));
    }
  }

  @Test
  void anAuthorityThatIsTakenAwayIsTrustedNoLonger() throws Exception {
    Path file = Files.copy(ours.authority(), folder.resolve("ca.pem"));
    try (JdCloudKey key = key(ours.server(HERE));
        KeyWrapper wrapper = key.set("keys.k.ca-file", "ca.pem").open()) {
      WrappedKey _ = wrap(wrapper);
      replace(file, Files.readString(new Certificates(folder, "others").authority()));
      await()
          .untilAsserted(
              () -> {
                key.kms.dropConnections();
                assertRefused(wrapper, "not trusted");
              });
    }
  }

  private static void replace(Path file, String content) throws Exception {
    Path next = Files.writeString(file.resolveSibling("next"), content);
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** As Go's programs do, the old plugin among them. */
  @Test
  void theOldPluginsJsonTrustsWhatTheEnvironmentAndTheSystemSay() throws Exception {
    try (JdCloudKey key = key(ours.server(HERE))) {
      String endpoint = key.kms.endpoint().toString();
      try (KeyWrapper wrapper = key.openFromJson(endpoint, Map.of())) {
        assertRefused(wrapper, "not trusted");
      }
      String file = ours.authority().toString();
      try (KeyWrapper wrapper = key.openFromJson(endpoint, Map.of("SSL_CERT_FILE", file))) {
        assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
      }
      String folders = "/nowhere:" + ours.authority().getParent();
      try (KeyWrapper wrapper = key.openFromJson(endpoint, Map.of("SSL_CERT_DIR", folders))) {
        assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
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
  void whatCannotBeUsedIsNamedWithTheReason() throws Exception {
    try (JdCloudKey key = new JdCloudKey(folder)) {
      Files.writeString(folder.resolve("text.pem"), "nothing of use");
      key.set("keys.k.ca-file", "text.pem");
      assertThatThrownBy(key::open).hasMessageContaining("has no certificate in PEM");
      Map<String, String> nothing =
          Map.of("SSL_CERT_FILE", "/nowhere/ca.pem", "SSL_CERT_DIR", "/nowhere");
      assertThatThrownBy(() -> key.openFromJson("https://127.0.0.1:1", nothing))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("/nowhere/ca.pem")
          .hasMessageContaining("does not exist");
    }
  }

  @Test
  void aFileOfTheEnvironmentThatIsSpoiltLaterIsNamedWithTheReason() throws Exception {
    Certificates before = new Certificates(folder, "before");
    Path file = Files.copy(before.authority(), folder.resolve("ca.pem"));
    Map<String, String> environment =
        Map.of(
            "SSL_CERT_FILE", file.toString(), "SSL_CERT_DIR", folder.resolve("before").toString());
    try (JdCloudKey key = key(ours.server(HERE));
        WrittenLogs logs = new WrittenLogs();
        KeyWrapper wrapper = key.openFromJson(key.kms.endpoint().toString(), environment)) {
      replace(file, "nothing of use");
      await()
          .untilAsserted(
              () -> {
                // A connection that is refused is never resumed: the next one is looked at again.
                assertRefused(wrapper, "not trusted");
                assertThat(logs.lines())
                    .anyMatch(line -> line.contains(file + " cannot be used: has no certificate"));
              });
    }
  }

  private JdCloudKey key(SslContext tls) throws Exception {
    return new JdCloudKey(folder, FakeKms.startTls(tls))
        .set("keys.k.version-tracking", "off")
        .set("keys.k.request-timeout", "2s")
        .set("keys.k.ca-file", "ours/ca.pem");
  }

  private static void assertRefused(KeyWrapper wrapper, String message) {
    assertThatThrownBy(() -> wrap(wrapper))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining(message);
  }
}
