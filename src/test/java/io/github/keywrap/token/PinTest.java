package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.config.ConfigurationException;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PIN is never tried twice: three wrong tries lock a token. */
final class PinTest {
  @TempDir private Path folder;
  private TokenKey token;
  private long loginsBefore;

  @BeforeEach
  void makeKey() throws Exception {
    token = TokenKey.in(folder);
    String _ = new Pkcs11BackEnd(token.key("")).generate();
    loginsBefore = SoftHsm.logins();
  }

  private long logins() throws IOException {
    return SoftHsm.logins() - loginsBefore;
  }

  @Test
  void aWrongPinIsTriedOnceWhateverIsStarted() throws Exception {
    token.pin("9999");
    Pkcs11KeySettings key = token.key("");
    for (int restart = 0; restart < 5; restart++) {
      try (KeyWrapper wrapper = new Pkcs11BackEnd(key).open()) {
        assertThatThrownBy(() -> wrap(wrapper))
            .isInstanceOf(AccessDenied.class)
            .hasMessageContaining("PIN");
      }
    }
    assertThatThrownBy(() -> new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD))
        .isInstanceOf(AccessDenied.class);
    assertThatThrownBy(() -> new Pkcs11BackEnd(key).generate()).isInstanceOf(AccessDenied.class);
    assertThat(logins()).isEqualTo(1);
  }

  @Test
  void aServerThatRunsTakesTheNewPinWhenTheFileChanges() throws Exception {
    token.pin("9999");
    try (KeyWrapper wrapper = new Pkcs11BackEnd(token.key("")).open()) {
      assertThatThrownBy(() -> wrap(wrapper)).isInstanceOf(AccessDenied.class);
      token.pin(SoftHsm.PIN);
      await()
          .atMost(Duration.ofSeconds(10))
          .ignoreException(AccessDenied.class)
          .until(() -> wrap(wrapper));
    }
    assertThat(logins()).isEqualTo(2);
  }

  @Test
  void pinRetryLetsTheSamePinBeTriedAgain() throws Exception {
    SoftHsm.faults("C_Login fail a0");
    Pkcs11KeySettings key = token.key("");
    assertThatThrownBy(() -> new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD))
        .isInstanceOf(AccessDenied.class);
    SoftHsm.faults();
    assertThatThrownBy(() -> new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD))
        .hasMessageContaining("keywrap pin retry");
    assertThat(new Pkcs11BackEnd(key).retryPins()).isEqualTo(1);
    new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD);
    assertThat(logins()).isEqualTo(2);
  }

  @Test
  void noPinIsTriedWhereARefusalCouldNotBeRecorded() throws Exception {
    Files.deleteIfExists(folder.resolve("state/pin.probe"));
    Path state = folder.resolve("state");
    try (Stream<Path> files = Files.list(state)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(state);
    Files.writeString(state, "a file where the folder should be");
    assertThatThrownBy(() -> new Pkcs11BackEnd(token.key("")).tryOut(Steps.UNTOLD))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("is not tried, because a refusal could not be recorded")
        .hasMessageEndingWith("in %s: something else is in its place: %s", state, state);
    assertThat(logins()).isZero();
  }

  @Test
  void theRecordHoldsNoPin() throws Exception {
    token.pin("97531");
    assertThatThrownBy(() -> new Pkcs11BackEnd(token.key("")).tryOut(Steps.UNTOLD))
        .isInstanceOf(AccessDenied.class)
        .hasMessageNotContaining("97531");
    try (Stream<Path> files = Files.list(folder.resolve("state"))) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file)).doesNotContain("97531");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .startsWith("rw");
      }
    }
  }

  @Test
  void anEmptyPinIsRefusedHere() throws Exception {
    token.pin("");
    assertThatThrownBy(() -> token.key(""))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e -> assertThat(e.problems().toString()).contains("pin.file", "is empty"));
    assertThat(logins()).isZero();
  }

  @Test
  void aPinAsAWindowsEditorLeavesItIsNeverTriedNorRecorded() throws Exception {
    Pkcs11KeySettings key = token.key("");
    token.pin(SoftHsm.PIN + "\r");
    assertThatThrownBy(() -> token.key("")).isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("ends with a carriage return");
    assertThat(logins()).isZero();
    token.pin(SoftHsm.PIN);
    new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD);
    assertThat(logins()).isEqualTo(1);
  }

  private static boolean wrap(KeyWrapper wrapper) {
    try (SecretBytes secret = SecretBytes.owning(new byte[32])) {
      return wrapper.wrap(secret, Deadline.after(Duration.ofSeconds(5))).ciphertext().length > 0;
    }
  }
}
