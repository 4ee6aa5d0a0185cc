package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.config.SettingsLoader;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.pkcs11.Reinitialization;
import io.github.keywrap.pkcs11.SunPkcs11BackEnd;
import io.github.keywrap.settings.LibrarySettings;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is special about the JDK's provider: its traps, and the way round them. */
final class SunPkcs11LifeTest {
  private static final Duration RECOVERY = Duration.ofSeconds(5);

  @TempDir private Path folder;
  private TokenKey token;
  private String id = "";
  private Path library = SoftHsm.LIBRARY;
  private int slotListIndex;

  @BeforeEach
  void makeToken() throws Exception {
    token = TokenKey.in(folder);
    id = KeygenOutput.keyId(new Pkcs11BackEnd(token.key("")).generate());
    library = SoftHsm.copyOfLibrary(SoftHsm.faultyLibrary());
    slotListIndex =
        SoftHsm.slotListIndex(
            BackEnds.describeTokens(new LibrarySettings(SoftHsm.LIBRARY, "")), token.token());
  }

  @AfterEach
  void noFaults() {
    SoftHsm.faults();
  }

  private SunPkcs11KeySettings settings(String more) throws Exception {
    return settings("kek", id, more);
  }

  private SunPkcs11KeySettings settings(String label, String keyId, String more) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("sun.yaml"),
            """
            keywrap:
              state-directory: state
              active: k
              keys: { k: { type: pkcs11, driver: sunpkcs11, library: %s, slot-list-index: %d, \
            key-label: %s, key-id: "%s", pin: { file: pin }%s } }
            """
                .formatted(library, slotListIndex, label, keyId, more));
    return (SunPkcs11KeySettings) new SettingsLoader(file, Map.of()).load().settings().active();
  }

  @Test
  void eachDriverOpensWhatTheOtherWrapped() throws Exception {
    try (KeyWrapper ours = new Pkcs11BackEnd(token.key("")).open()) {
      // A login writes to the token, and SoftHSM's locks do not hold between two copies of it in
      // one
      // process: a copy that is initialized meanwhile may miss the token, and count slots without
      // it.
      WrappedKey byOurs = wrap(ours);
      try (KeyWrapper theirs = new SunPkcs11BackEnd(settings("")).open()) {
        WrappedKey byTheirs = wrap(theirs);
        assertThat(byTheirs.keyId()).isEqualTo(byOurs.keyId());
        unwrap(theirs, byOurs);
        unwrap(ours, byTheirs);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "C_EncryptInit fail 30",
        "C_EncryptInit fail b3",
        "C_Encrypt fail 30",
        "C_EncryptInit fail 90", // CKR_OPERATION_ACTIVE: a poisoned session
      })
  void comesBackAfterAFault(String fault) throws Exception {
    try (KeyWrapper wrapper = new SunPkcs11BackEnd(settings("")).open()) {
      WrappedKey before = wrap(wrapper);
      SoftHsm.faults(fault);
      assertThatThrownBy(() -> wrap(wrapper)).isInstanceOf(BackendUnavailable.class);
      SoftHsm.faults();
      awaitServed(wrapper, before);
    }
  }

  /** The provider itself never gets over it. */
  @Test
  void comesBackAfterAllSessionsAndTheLoginAreLost() throws Exception {
    try (KeyWrapper wrapper = new SunPkcs11BackEnd(settings("")).open()) {
      WrappedKey before = wrap(wrapper);
      for (int i = 0; i < 3; i++) {
        SoftHsm.faults(SoftHsm.reset());
        awaitServed(wrapper, before);
      }
    }
  }

  /** The provider makes the same exception of a wrong tag and of CKR_GENERAL_ERROR. */
  @Test
  void aDeadDeviceIsNotTakenForAnAlteredCiphertext() throws Exception {
    try (KeyWrapper wrapper = new SunPkcs11BackEnd(settings("")).open()) {
      WrappedKey before = wrap(wrapper);
      SoftHsm.faults("C_Decrypt fail 5");
      assertThatThrownBy(() -> unwrap(wrapper, before)).isInstanceOf(BackendUnavailable.class);
      SoftHsm.faults();
      awaitServed(wrapper, before);
      byte[] altered = before.ciphertext();
      altered[altered.length - 1] ^= 1;
      assertThatThrownBy(() -> unwrap(wrapper, new WrappedKey(before.keyId(), altered)))
          .isInstanceOf(InvalidCiphertext.class);
    }
  }

  @Test
  void twoKeysWithOneLabelAreAClearError() throws Exception {
    makeKey("twice", "a1a2a3a4a5a6a7a8");
    makeKey("twice", "b1b2b3b4b5b6b7b8");
    assertThatThrownBy(() -> new SunPkcs11BackEnd(settings("")).tryOut(Steps.UNTOLD))
        .isInstanceOf(KeyUnavailable.class)
        .hasMessageContaining("same label")
        .hasMessageContaining("driver: native");
  }

  @Test
  void aLabelThatIsNotThereListsWhatIs() throws Exception {
    assertThatThrownBy(() -> new SunPkcs11BackEnd(settings("other", id, "")).tryOut(Steps.UNTOLD))
        .isInstanceOf(KeyUnavailable.class)
        .hasMessageContaining("no AES key with label \"other\" is on the token; it has: [kek]");
  }

  @Test
  void theCheckValueProvesTheKey() throws Exception {
    String value = told(settings("")).replaceAll("(?s).*check-value: (\\S+).*", "$1");
    String set = ", check-value: \"" + value + "\"";
    assertThat(told(settings(set))).contains("the key is pkcs11:" + id + "-aes-gcm");
    makeKey("impostor", "c1c2c3c4c5c6c7c8");
    library = SoftHsm.copyOfLibrary(SoftHsm.faultyLibrary());
    assertThatThrownBy(
            () -> new SunPkcs11BackEnd(settings("impostor", id, set)).tryOut(Steps.UNTOLD))
        .isInstanceOf(KeyUnavailable.class)
        .hasMessageContaining("does not open check-value");
    assertThatThrownBy(
            () ->
                new SunPkcs11BackEnd(settings("impostor", "c1c2c3c4c5c6c7c8", set))
                    .tryOut(Steps.UNTOLD))
        .isInstanceOf(KeyUnavailable.class)
        .hasMessageContaining("check-value is of key pkcs11:" + id);
  }

  @Test
  void aWrongPinIsTriedOnce() throws Exception {
    token.pin("9999");
    SunPkcs11KeySettings wrong = settings("");
    long before = SoftHsm.logins();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> new SunPkcs11BackEnd(wrong).tryOut(Steps.UNTOLD))
          .isInstanceOf(AccessDenied.class);
    }
    assertThat(SoftHsm.logins() - before).isEqualTo(1);
    token.pin(SoftHsm.PIN);
    new SunPkcs11BackEnd(settings("")).tryOut(Steps.UNTOLD);
  }

  @Test
  void aSlotThatIsNotThereIsAnOutage() throws Exception {
    slotListIndex = 9_999;
    assertThatThrownBy(() -> new SunPkcs11BackEnd(settings("")).tryOut(Steps.UNTOLD))
        .isInstanceOf(BackendUnavailable.class);
  }

  /** The PIN is the token's that the settings name, and nobody else's. */
  @Test
  void thePinIsNotGivenToAnotherTokenInThatPlace() throws Exception {
    long before = SoftHsm.logins();
    assertThatThrownBy(
            () -> new SunPkcs11BackEnd(settings(", token: \"serial:4711\"")).tryOut(Steps.UNTOLD))
        .isInstanceOf(KeyUnavailable.class)
        .hasMessageContaining("the token at slot-list-index")
        .hasMessageContaining("and not with serial 4711: no login is tried");
    assertThat(SoftHsm.logins()).isEqualTo(before);
    new SunPkcs11BackEnd(settings(", token: " + token.token())).tryOut(Steps.UNTOLD);
    new SunPkcs11BackEnd(byNameOnly()).tryOut(Steps.UNTOLD);
  }

  private SunPkcs11KeySettings byNameOnly() throws Exception {
    SunPkcs11KeySettings key = settings(", token: " + token.token());
    return new SunPkcs11KeySettings(
        key.name(),
        key.library(),
        key.token(),
        null,
        key.pin(),
        key.stateDirectory(),
        key.keyLabel(),
        key.identity(),
        key.checkValue(),
        key.generation(),
        key.pool());
  }

  /** The provider itself leaves threads behind that look for a token, at each attempt. */
  @Test
  void aTokenThatIsAwayLeaksNoThreads() throws Exception {
    SunPkcs11KeySettings absent = settings(", token: nowhere");
    assertThatThrownBy(() -> new SunPkcs11BackEnd(absent).tryOut(Steps.UNTOLD))
        .isInstanceOf(KeyUnavailable.class);
    SoftHsm.faults("C_GetTokenInfo fail e0"); // CKR_TOKEN_NOT_PRESENT
    assertThatThrownBy(() -> new SunPkcs11BackEnd(settings("")).tryOut(Steps.UNTOLD))
        .isInstanceOf(BackendUnavailable.class);
    long before = threadsOfTheProvider();
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> new SunPkcs11BackEnd(settings("")).tryOut(Steps.UNTOLD))
          .isInstanceOf(BackendUnavailable.class);
    }
    assertThat(threadsOfTheProvider()).isEqualTo(before);
  }

  private static long threadsOfTheProvider() {
    return Thread.getAllStackTraces().values().stream()
        .filter(
            trace ->
                Arrays.stream(trace)
                    .anyMatch(frame -> frame.getClassName().startsWith("sun.security.pkcs11")))
        .count();
  }

  /** Handles of the provider are seen by nobody else: what they mean must not change. */
  @Test
  void theLibraryOfTheProviderIsNeverInitializedAgain() throws Exception {
    try (KeyWrapper wrapper = new SunPkcs11BackEnd(settings("")).open()) {
      WrappedKey before = wrap(wrapper);
      assertThatThrownBy(() -> Reinitialization.of(library))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("is also the JDK's and cannot be initialized again");
      unwrap(wrapper, before);
    }
  }

  private static String told(SunPkcs11KeySettings settings) {
    ToldSteps steps = new ToldSteps();
    new SunPkcs11BackEnd(settings).tryOut(steps);
    return String.join("\n", steps.lines());
  }

  private void makeKey(String label, String keyId) throws Exception {
    Pkcs11Tool.makeGoodKey(token.token(), label, keyId);
  }

  private static void awaitServed(KeyWrapper wrapper, WrappedKey before) {
    await()
        .atMost(RECOVERY)
        .ignoreExceptionsInstanceOf(KmsException.class)
        .untilAsserted(() -> unwrap(wrapper, before));
    unwrap(wrapper, wrap(wrapper));
  }

  private static WrappedKey wrap(KeyWrapper wrapper) {
    try (SecretBytes secret = SecretBytes.owning(new byte[32])) {
      return wrapper.wrap(secret, Deadline.after(RECOVERY));
    }
  }

  private static void unwrap(KeyWrapper wrapper, WrappedKey wrapped) {
    try (SecretBytes secret = wrapper.unwrap(wrapped, Deadline.after(RECOVERY))) {
      assertThat(secret.expose()).isEqualTo(new byte[32]);
    }
  }
}
