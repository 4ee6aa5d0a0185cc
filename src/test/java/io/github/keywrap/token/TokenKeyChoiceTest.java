package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.app.KeyRings;
import io.github.keywrap.contract.WrittenLogs;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.pkcs11.DerivingKey;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.LibrarySettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.Settings;
import io.github.keywrap.settings.TokenName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which key on which token is taken; keys here are made by OpenSC's pkcs11-tool. */
final class TokenKeyChoiceTest {
  private static final String LONG_ID = "00112233445566778899aabbccddeeff";

  @TempDir private Path folder;
  private TokenKey token;

  @BeforeEach
  void makeToken() throws Exception {
    token = TokenKey.in(folder);
  }

  private void makeKey(String label, String id, String... more) throws Exception {
    Pkcs11Tool.makeKey(token.token(), "AES:32", label, id, more);
  }

  private static LibrarySettings library(String path) {
    return new LibrarySettings(Path.of(path), "");
  }

  private void tryOut(String more) throws Exception {
    new Pkcs11BackEnd(token.key(more)).tryOut(Steps.UNTOLD);
  }

  @Test
  void takesAKeyThatAnotherToolMade() throws Exception {
    makeKey("kek", LONG_ID, "--sensitive", "--private");
    tryOut("");
    tryOut(", key-id: \"" + LONG_ID + "\"");
    try (KeyWrapper wrapper = new Pkcs11BackEnd(token.key("")).open();
        SecretBytes secret = SecretBytes.owning(new byte[32])) {
      Deadline deadline = Deadline.after(Duration.ofSeconds(5));
      assertThat(wrapper.wrap(secret, deadline).keyId())
          .isEqualTo(KeyId.of("pkcs11", LONG_ID + "-aes-gcm"));
    }
  }

  @Test
  void aShorterKeyIsTakenAndCalledWhatItIs() throws Exception {
    Pkcs11Tool.makeKey(token.token(), "AES:16", "kek", LONG_ID, "--sensitive", "--private");
    ToldSteps told = new ToldSteps();
    new Pkcs11BackEnd(token.key("")).tryOut(told);
    assertThat(told.lines()).contains("key: " + LONG_ID + ", AES, 128 bits");
    try (KeyWrapper wrapper = new Pkcs11BackEnd(token.key("")).open()) {
      RoundTrip.of(wrapper);
      assertThat(wrapper.currentKeyId()).contains(KeyId.of("pkcs11", LONG_ID + "-aes-gcm"));
    }
  }

  @Test
  void aKeyThatMayDoOtherThingsIsTakenWithAWarning() throws Exception {
    makeKey(
        "kek",
        LONG_ID,
        "--sensitive",
        "--private",
        "--usage-decrypt",
        "--usage-wrap",
        "--usage-sign");
    requireWarningOf("wrap other keys (CKA_WRAP), unwrap other keys (CKA_UNWRAP), sign (CKA_SIGN)");
  }

  @Test
  void aKeyThatOthersAreDerivedFromIsTakenWithAWarning() throws Exception {
    DerivingKey.make(token.key(""));
    requireWarningOf("derive keys (CKA_DERIVE)");
  }

  private void requireWarningOf(String uses) throws Exception {
    try (WrittenLogs logs = new WrittenLogs()) {
      tryOut("");
      tryOut(""); // Connections come and go, and the key stays as it is.
      assertThat(logs.lines())
          .filteredOn(line -> line.contains("the key may also"))
          .singleElement()
          .asString()
          .contains("key \"k\": the key may also " + uses + ": a key should do one thing only");
    }
  }

  @Test
  void theKeyThatKeygenMakesIsNotWarnedAbout() throws Exception {
    String _ = new Pkcs11BackEnd(token.key("")).generate();
    try (WrittenLogs logs = new WrittenLogs()) {
      tryOut("");
      assertThat(logs.lines()).noneMatch(line -> line.contains("the key may also"));
    }
  }

  @Test
  void aMissingKeyIsAnErrorThatListsWhatIsThere() throws Exception {
    makeKey("other", LONG_ID, "--sensitive", "--private");
    assertThatThrownBy(() -> tryOut(""))
        .isInstanceOf(KeyUnavailable.class)
        .hasMessage(
            "the token has no AES key with label \"kek\"; its secret keys are \"other\" (id %s)",
            LONG_ID);
  }

  @Test
  void twoKeysWithOneLabelAreAnErrorUnlessTheIdTellsThemApart() throws Exception {
    makeKey("kek", LONG_ID, "--sensitive", "--private");
    makeKey("kek", LONG_ID.replace('0', '1'), "--sensitive", "--private");
    assertThatThrownBy(() -> tryOut(""))
        .isInstanceOf(KeyUnavailable.class)
        .hasMessageContaining("2 AES keys with label \"kek\"");
    tryOut(", key-id: \"" + LONG_ID + "\"");
  }

  @Test
  void aWeakKeyIsRefusedUnlessAllowed() throws Exception {
    makeKey("kek", LONG_ID, "--extractable");
    assertThatThrownBy(() -> tryOut(""))
        .isInstanceOf(KeyUnavailable.class)
        .hasMessageContaining("can be used without a login (CKA_PRIVATE)")
        .hasMessageContaining("can be taken out of the token (CKA_EXTRACTABLE)");
    try (WrittenLogs logs = new WrittenLogs()) {
      tryOut(", allow-weak-key: true");
      tryOut(", allow-weak-key: true");
      assertThat(logs.lines())
          .filteredOn(line -> line.contains("allow-weak-key is set"))
          .singleElement()
          .asString()
          .contains("key \"k\": the key can be used without a login (CKA_PRIVATE)");
    }
  }

  @Test
  void aShortIdNeedsAnIdentity() throws Exception {
    makeKey("kek", "01", "--sensitive", "--private");
    assertThatThrownBy(() -> tryOut(""))
        .isInstanceOf(KeyUnavailable.class)
        .hasMessageContaining("set identity:");
    tryOut(", identity: bank-kek-2026");
  }

  @Test
  void aTokenThatIsNotThereIsAnOutageThatListsWhatIs() throws Exception {
    Pkcs11KeySettings absent = token.keyOn(new TokenName.Label("absent"));
    assertThatThrownBy(() -> new Pkcs11BackEnd(absent).tryOut(Steps.UNTOLD))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("token \"absent\" is not there; the library shows \"test-");
  }

  /** Whoever looks for a token that is there wants to know why it is not seen. */
  @Test
  void whereNoTokenAnswersItsErrorIsTold() throws Exception {
    SoftHsm.faults("C_GetTokenInfo fail 30");
    assertThatThrownBy(() -> tryOut(""))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessage("the token fails: C_GetTokenInfo: CKR_DEVICE_ERROR (0x30)");
    SoftHsm.faults("C_GetTokenInfo fail e0");
    assertThatThrownBy(() -> tryOut(""))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageEndingWith("is not there; the library shows no token at all");
    SoftHsm.faults();
  }

  @Test
  void keygenMakesAKeyThatCanNeverBeTakenOut() throws Exception {
    String id = KeygenOutput.keyId(new Pkcs11BackEnd(token.key("")).generate());
    assertThat(id).hasSize(32);
    assertThat(Pkcs11Tool.run(token.token(), "--list-objects", "--type", "secrkey"))
        .contains("AES length 32", "label:      kek", "ID:         " + id)
        .contains("sensitive, always sensitive, never extractable, local");
    assertThatThrownBy(() -> new Pkcs11BackEnd(token.key("")).generate())
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("has a key with that label or id already");
    tryOut("");
  }

  @Test
  void aLibraryThatIsNoneIsAnErrorWithAHint() throws Exception {
    assertThatThrownBy(() -> BackEnds.describeTokens(library("/bin/true")))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("cannot be loaded");
    assertThatThrownBy(() -> BackEnds.describeTokens(library("/no/such/library.so")))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("does not exist");
    String ofJava = System.getProperty("java.home") + "/lib/libjava.so";
    assertThatThrownBy(() -> BackEnds.describeTokens(library(ofJava)))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("is no PKCS#11 library: it has no C_GetFunctionList");
  }

  @Test
  void listsTokensWithoutALogin() throws Exception {
    long before = SoftHsm.logins();
    assertThat(BackEnds.describeTokens(library(SoftHsm.faultyLibrary().toString())))
        .anyMatch(line -> line.contains("\"" + token.token() + "\" (serial "))
        .anyMatch(line -> line.contains("CKM_AES_GCM"));
    assertThat(SoftHsm.logins()).isEqualTo(before);
  }

  @Test
  void listsKeysAndAttributesAfterALogin() throws Exception {
    makeKey("weak", LONG_ID, "--extractable");
    String id = KeygenOutput.keyId(new Pkcs11BackEnd(token.key("")).generate());
    assertThat(new Pkcs11BackEnd(token.key("")).describe())
        .anyMatch(line -> line.contains("\"weak\", id " + LONG_ID))
        .anyMatch(line -> line.contains("\"kek\", id " + id))
        .anyMatch(
            line ->
                line.strip()
                    .equals(
                        "CKA_PRIVATE, CKA_SENSITIVE, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE,"
                            + " CKA_ENCRYPT, CKA_DECRYPT"))
        .anyMatch(line -> line.contains("CKA_EXTRACTABLE"));
  }

  @Test
  void aTokenThatDoesNotTellAttributesIsUsedWithAnIdentity() throws Exception {
    String _ = new Pkcs11BackEnd(token.key("")).generate();
    SoftHsm.faults("C_GetAttributeValue fail 12"); // CKR_ATTRIBUTE_TYPE_INVALID
    assertThatThrownBy(() -> tryOut("")).hasMessageContaining("set identity:");
    tryOut(", identity: bank-kek-2026");
    SoftHsm.faults();
  }

  @Test
  void aLibraryThatCannotLockIsEnteredByOneThreadAtATime() throws Exception {
    Settings settings = token.settings("");
    String _ = BackEnds.of(settings.active()).generate();
    SoftHsm.faults("C_Initialize fail a 1"); // CKR_CANT_LOCK, and then it will do
    try (KeyRing ring = KeyRings.open(settings, new SimpleMeterRegistry());
        Callers callers = new Callers(ring, 16)) {
      callers.awaitServed();
      callers.awaitServed();
      assertThat(callers.failures()).isEmpty();
      callers.assertNothingWrongAndNothingLost();
    }
  }

  @Test
  void parametersThatTheTokenDoesNotTakeAreToldAsItsAnswer() throws Exception {
    String _ = new Pkcs11BackEnd(token.key("")).generate();
    assertThatThrownBy(() -> tryOut(", gcm-params: 40"))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("C_EncryptInit: CKR_ARGUMENTS_BAD (0x7)");
  }

  @Test
  void aPlaintextThatTheTokenDoesNotTakeCostsNobodyElseTheConnection() throws Exception {
    String _ = new Pkcs11BackEnd(token.key("")).generate();
    try (KeyWrapper wrapper = new Pkcs11BackEnd(token.key("")).open();
        SecretBytes secret = SecretBytes.owning(new byte[32])) {
      Deadline deadline = Deadline.after(Duration.ofSeconds(20));
      WrappedKey _ = wrapper.wrap(secret, deadline);
      long logins = SoftHsm.logins();
      SoftHsm.faults("C_Encrypt fail 21"); // CKR_DATA_LEN_RANGE
      assertThatThrownBy(() -> wrapper.wrap(secret, deadline))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("CKR_DATA_LEN_RANGE");
      SoftHsm.faults();
      WrappedKey _ = wrapper.wrap(secret, deadline);
      assertThat(SoftHsm.logins()).isEqualTo(logins);
    }
  }
}
