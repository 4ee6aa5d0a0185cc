package io.github.keywrap.jdcloud;

import static io.github.keywrap.jdcloud.JdCloudKey.wrap;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where no KMS answers. */
final class JdCloudConnectionTest {
  @TempDir private Path folder;

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
}
