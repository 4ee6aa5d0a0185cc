package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.app.KeyRings;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.LibrarySettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What libraries do when they are loaded and initialized: each in a copy, loaded as it is then. */
final class LibraryHabitsTest {
  private static final int CALLERS = 16;

  @TempDir private Path folder;
  private KeysOnTokens keys;
  private String token = "";
  private Path library;

  @BeforeEach
  void makeToken() throws Exception {
    keys = KeysOnTokens.in(folder);
    token = SoftHsm.newToken();
    library = SoftHsm.copyOfLibrary(SoftHsm.faultyLibrary());
  }

  private Settings settings(String more) throws Exception {
    return keys.settings(library, token, ", pin: { file: pin }" + more);
  }

  private Pkcs11KeySettings key(String more) throws Exception {
    return (Pkcs11KeySettings) settings(more).active();
  }

  @Test
  void parametersReachTheLibraryThatWantsThem() throws Exception {
    SoftHsm.faultsOf(library, "initialize reserved x=1 y");
    String given = ", library-parameters: \"x=1 y\"";
    String _ = new Pkcs11BackEnd(key(given)).generate();
    KeysOnTokens.requireServes(key(given));
    assertThat(BackEnds.describeTokens(new LibrarySettings(library, "x=1 y")))
        .anyMatch(line -> line.contains(token));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", library-parameters: x=2"})
  void aLibraryThatWantsOtherParametersSaysSo(String given) throws Exception {
    SoftHsm.faultsOf(library, "initialize reserved x=1 y");
    assertThatThrownBy(() -> new Pkcs11BackEnd(key(given)).tryOut(Steps.UNTOLD))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("C_Initialize: CKR_ARGUMENTS_BAD (0x7)")
        .hasMessageContaining("library-parameters");
  }

  @Test
  void twoKeysWithDifferentParametersForOneLibraryAreAnError() throws Exception {
    SoftHsm.faultsOf(library);
    String _ = new Pkcs11BackEnd(key("")).generate();
    try (KeyWrapper wrapper = new Pkcs11BackEnd(key("")).open()) {
      RoundTrip.of(wrapper);
      assertThatThrownBy(() -> new Pkcs11BackEnd(key(", library-parameters: \"x=1 y\"")).open())
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("different library-parameters for library " + library);
      RoundTrip.of(wrapper);
    }
  }

  /** CKR_CANT_LOCK, and what libraries say in its place. */
  @ParameterizedTest
  @ValueSource(strings = {"a", "9", "7", "54"})
  void aLibraryThatTakesNoArgumentsIsEnteredByOneThreadAtATime(String code) throws Exception {
    SoftHsm.faultsOf(library, "initialize arguments " + code);
    Settings settings = settings("");
    String _ = BackEnds.of(settings.active()).generate();
    try (KeyRing ring = KeyRings.open(settings, new SimpleMeterRegistry());
        Callers callers = new Callers(ring, CALLERS)) {
      callers.awaitServed();
      callers.awaitServed();
      assertThat(callers.failures()).isEmpty();
      callers.assertNothingWrongAndNothingLost();
    }
  }

  @Test
  void functionsThatAreMissingAreMissedOnlyByWhatNeedsThem() throws Exception {
    SoftHsm.faultsOf(library, "functions null");
    Pkcs11Tool.makeGoodKey(token, "kek", "00112233445566778899aabbccddeeff");
    KeysOnTokens.requireServes(key(""));
    token = SoftHsm.newToken();
    assertThatThrownBy(() -> new Pkcs11BackEnd(key("")).generate())
        .isInstanceOf(KeyUnavailable.class)
        .hasMessageContaining("the token cannot do what is asked of it")
        .hasMessageContaining("C_GenerateKey: CKR_FUNCTION_NOT_SUPPORTED (0x54)");
  }

  @Test
  void aLibraryWithoutFunctionsIsNone() throws Exception {
    SoftHsm.faultsOf(library, "functions none");
    assertThatThrownBy(() -> new Pkcs11BackEnd(key("")).open())
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("cannot be loaded")
        .hasMessageContaining("returns no functions");
  }
}
