package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several PINs for one token, and several names of one PIN. */
final class PinsOfOneTokenTest {
  @TempDir private Path folder;
  private KeysOnTokens keys;
  private String token = "";
  private Pkcs11KeySettings right;
  private long loginsBefore;

  @BeforeEach
  void makeKey() throws Exception {
    SoftHsm.faults();
    keys = new KeysOnTokens(folder);
    token = SoftHsm.newToken();
    Path _ = keys.pin("right", SoftHsm.PIN);
    right = withPinIn("right");
    String _ = new Pkcs11BackEnd(right).generate();
    loginsBefore = SoftHsm.logins();
  }

  private Pkcs11KeySettings withPinIn(String file) throws Exception {
    return keys.key(SoftHsm.faultyLibrary(), token, ", pin: { file: " + file + " }");
  }

  private long logins() throws IOException {
    return SoftHsm.logins() - loginsBefore;
  }

  @Test
  void twoWrongPinsAreTwoTriesHoweverLongAndOftenTheirKeysAreOpen() throws Exception {
    Path _ = keys.pin("a", "1111");
    Path _ = keys.pin("b", "2222");
    Pkcs11KeySettings a = withPinIn("a");
    Pkcs11KeySettings b = withPinIn("b");
    try (KeyWrapper ofA = new Pkcs11BackEnd(a).open();
        KeyWrapper ofB = new Pkcs11BackEnd(b).open()) {
      requireRefused(ofA);
      requireRefused(ofB);
      await()
          .during(Duration.ofSeconds(6))
          .atMost(Duration.ofSeconds(12))
          .untilAsserted(
              () -> {
                requireRefused(ofA);
                requireRefused(ofB);
                assertThat(logins()).isEqualTo(2);
              });
    }
    try (KeyWrapper ofA = new Pkcs11BackEnd(a).open();
        KeyWrapper ofB = new Pkcs11BackEnd(b).open()) {
      requireRefused(ofA);
      requireRefused(ofB);
    }
    assertThat(logins()).isEqualTo(2);
  }

  @Test
  void aPinThatIsRightForgetsNoneThatWasWrong() throws Exception {
    Path _ = keys.pin("a", "1111");
    Path _ = keys.pin("b", "2222");
    Pkcs11KeySettings a = withPinIn("a");
    Pkcs11KeySettings b = withPinIn("b");
    requireRefused(a);
    requireRefused(b);
    try (KeyWrapper ofRight = new Pkcs11BackEnd(right).open()) {
      RoundTrip.of(ofRight);
      try (KeyWrapper ofA = new Pkcs11BackEnd(a).open();
          KeyWrapper ofB = new Pkcs11BackEnd(b).open()) {
        requireRefused(ofA);
        requireRefused(ofB);
      }
      RoundTrip.of(ofRight);
    }
    requireRefused(a);
    requireRefused(b);
    assertThat(logins()).isEqualTo(3);
    assertThat(new Pkcs11BackEnd(right).retryPins()).isEqualTo(2);
  }

  @Test
  void aFileByAnotherNameIsTheSamePin() throws Exception {
    Path wrong = keys.pin("wrong", "1111");
    Path _ = Files.createSymbolicLink(folder.resolve("symbolic"), wrong);
    Path _ = Files.createLink(folder.resolve("hard"), wrong);
    requireRefused(withPinIn("symbolic"));
    requireRefused(withPinIn("hard"));
    requireRefused(withPinIn("wrong"));
    assertThat(logins()).isEqualTo(1);
  }

  /** A vendor's kinds of user have PINs of their own, and may be one file's by mistake. */
  @Test
  void aRefusalOfOneKindOfUserIsNotAboutAnother() throws Exception {
    Pkcs11KeySettings user = right;
    Pkcs11KeySettings other =
        keys.key(
            SoftHsm.faultyLibrary(), token, ", pin: { file: right }, user-type: \"0x80000001\"");
    SoftHsm.faults("C_Login fail a0");
    requireRefused(user);
    SoftHsm.faults("user 80000001 limited");
    new Pkcs11BackEnd(other).tryOut(Steps.UNTOLD);
    requireRefused(user);
    assertThat(logins()).isEqualTo(2);
    SoftHsm.faults();
  }

  private static void requireRefused(KeyWrapper wrapper) {
    assertThatThrownBy(() -> RoundTrip.of(wrapper)).isInstanceOf(AccessDenied.class);
  }

  private static void requireRefused(Pkcs11KeySettings key) {
    assertThatThrownBy(() -> new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD))
        .isInstanceOf(AccessDenied.class);
  }
}
