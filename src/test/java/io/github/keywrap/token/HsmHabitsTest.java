package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What HSMs want of sessions, logins and users, and the settings for it. */
final class HsmHabitsTest {
  private static final String WITH_PIN = ", pin: { file: pin }";

  @TempDir private Path folder;
  private KeysOnTokens keys;
  private String token = "";

  @BeforeEach
  void makeToken() throws Exception {
    keys = KeysOnTokens.in(folder);
    token = SoftHsm.newToken();
  }

  @AfterEach
  void noFaults() {
    SoftHsm.faults();
  }

  private Pkcs11KeySettings key(String more) throws Exception {
    return keys.key(SoftHsm.faultyLibrary(), token, more);
  }

  @Test
  void aTokenThatWorksInWritingSessionsOnlyTellsThatInOthers() throws Exception {
    SoftHsm.faults("sessions read-write");
    String _ = new Pkcs11BackEnd(key(WITH_PIN)).generate();
    assertThatThrownBy(() -> KeysOnTokens.requireServes(key(WITH_PIN + ", session: read-only")))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("C_EncryptInit: CKR_FUNCTION_FAILED (0x6)")
        .hasMessageContaining("session: read-write");
    KeysOnTokens.requireServes(key(WITH_PIN + ", session: read-write"));
  }

  @Test
  void withoutALoginNoneIsMadeAndTheKeyIsThereForAll() throws Exception {
    SoftHsm.faults("C_Login fail 5");
    long before = SoftHsm.logins();
    Pkcs11KeySettings key = key(", login: none");
    String _ = new Pkcs11BackEnd(key).generate();
    KeysOnTokens.requireServes(key);
    assertThat(SoftHsm.logins()).isEqualTo(before);
    assertThat(new Pkcs11BackEnd(key).describe())
        .anyMatch(line -> line.contains("CKA_SENSITIVE") && !line.contains("CKA_PRIVATE"));
  }

  @Test
  void aPinIsTypedAtTheTokensOwnPad() throws Exception {
    SoftHsm.faults("login pin-pad " + SoftHsm.PIN);
    Pkcs11KeySettings key = key(", login: pin-pad");
    String _ = new Pkcs11BackEnd(key).generate();
    KeysOnTokens.requireServes(key);
  }

  @Test
  void aTokenWithAPadThatTakesNoPinFromTheProgramIsToldHowToUse() throws Exception {
    SoftHsm.faults("login pin-pad " + SoftHsm.PIN);
    for (int start = 0; start < 2; start++) {
      assertThatThrownBy(() -> KeysOnTokens.requireServes(key(WITH_PIN)))
          .isInstanceOf(AccessDenied.class)
          .hasMessageContaining("set login: pin-pad");
    }
  }

  /** Nobody may be asked again and again for a PIN that is wrong. */
  @Test
  void aWrongPinAtThePadIsAskedForOnce() throws Exception {
    SoftHsm.faults("login pin-pad 9999");
    long before = SoftHsm.logins();
    for (int start = 0; start < 3; start++) {
      assertThatThrownBy(() -> KeysOnTokens.requireServes(key(", login: pin-pad")))
          .isInstanceOf(AccessDenied.class)
          .hasMessageContaining("its PIN pad")
          .hasMessageContaining("keywrap pin retry");
    }
    assertThat(SoftHsm.logins() - before).isEqualTo(1);
  }

  @Test
  void aTokenWithoutAPadSaysSo() throws Exception {
    long before = SoftHsm.logins();
    assertThatThrownBy(() -> KeysOnTokens.requireServes(key(", login: pin-pad")))
        .isInstanceOf(AccessDenied.class)
        .hasMessageContaining("has no PIN pad; set login: pin, and pin:");
    assertThat(SoftHsm.logins()).isEqualTo(before);
  }

  @Test
  void textsThatEndWithNulAreTheSameTexts() throws Exception {
    SoftHsm.faults("labels nul");
    String _ = new Pkcs11BackEnd(key(WITH_PIN)).generate();
    KeysOnTokens.requireServes(key(WITH_PIN));
    assertThat(BackEnds.describeTokens(key(WITH_PIN).token().library()))
        .anyMatch(line -> line.contains("\"" + token + "\" (serial "))
        .noneMatch(line -> line.contains("\0"));
  }

  @Test
  void aUserWhoMayMakeNoKeysServesOneThatAnotherMade() throws Exception {
    SoftHsm.faults("user 80000001 limited");
    String limited = WITH_PIN + ", user-type: \"0x80000001\"";
    assertThatThrownBy(() -> new Pkcs11BackEnd(key(limited)).generate())
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("C_GenerateKey: CKR_FUNCTION_REJECTED (0x200)");
    String apart = limited + ", keygen.user-type: user";
    String _ = new Pkcs11BackEnd(key(apart)).generate();
    KeysOnTokens.requireServes(key(apart));
    KeysOnTokens.requireServes(key(limited));
  }
}
