package io.github.keywrap.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.config.SettingsLoader;
import io.github.keywrap.domain.BackEnd;
import io.github.keywrap.domain.CiphertextForm;
import io.github.keywrap.domain.FakeKeyWrapper;
import io.github.keywrap.domain.KeyHealth;
import io.github.keywrap.domain.KeyRole;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.RingKey;
import io.github.keywrap.settings.PoolSettings;
import io.github.keywrap.settings.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What it takes to add a back end: that it opens, and says three things of itself. */
final class TestOnlyBackEndTest {
  @TempDir private Path folder;

  private record Reversing(boolean isRemote) implements BackEnd {
    @Override
    public KeyWrapper open() {
      return new FakeKeyWrapper();
    }

    @Override
    public CiphertextForm form() {
      return new CiphertextForm.Enveloped();
    }

    @Override
    public String generate() {
      return "nothing has to be made";
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isAKeyOfTheRing(boolean isRemote) throws Exception {
    BackEnd backEnd = new Reversing(isRemote);
    KeyAssembly assembly =
        new KeyAssembly(
            settings(), new SimpleMeterRegistry(), "k", new PoolSettings(2, 10), KeyRole.WRAPS);
    try (RingKey key = assembly.assemble(backEnd, backEnd.open())) {
      key.monitor().start();
      key.monitor().awaitFirstProbe(Duration.ofSeconds(10));
      assertThat(key.monitor().health()).isInstanceOf(KeyHealth.Healthy.class);
      assertThat(key.currentKeyId()).contains(FakeKeyWrapper.KEY_ID);
    }
  }

  @Test
  void hasNothingToDescribeAndNoSteps() {
    assertThat(new Reversing(false).describe()).isEmpty();
    assertThat(new Reversing(false).retryPins()).isZero();
  }

  private Settings settings() throws Exception {
    Path passphrase = Files.writeString(folder.resolve("pass"), "none\n");
    Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
    Path file =
        Files.writeString(
            folder.resolve("keywrap.yaml"),
            """
            keywrap:
              active: k
              keys:
                k: {type: local, keystore: k.jwe, passphrase: {file: pass}}
            """);
    return new SettingsLoader(file, Map.of()).load().settings();
  }
}
