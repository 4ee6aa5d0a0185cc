package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.LibrarySettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing is allocated or read on the word of a library alone. */
final class LyingLibraryTest {
  private static final Duration BOUND = Duration.ofSeconds(10);

  @TempDir private Path folder;
  private TokenKey token;
  private Pkcs11KeySettings key;

  @BeforeEach
  void makeKey() throws Exception {
    token = TokenKey.in(folder);
    key = token.key("");
    String _ = new Pkcs11BackEnd(key).generate();
  }

  @AfterEach
  void noFaults() {
    SoftHsm.faults();
  }

  @ParameterizedTest
  @CsvSource({
    "C_GetSlotList lie, C_GetSlotList says 100000000 slots",
    "C_FindObjects lie, C_FindObjects says 100032 objects or more",
    "C_FindObjects overcount, C_FindObjects says 1000000000 objects in one call",
    "C_GetAttributeValue lie, C_GetAttributeValue says 1000000000 bytes",
    "C_Encrypt lie, says that it wrote more than there is room for",
  })
  void aLieIsToldAsTheLibrarysFaultAndEndsWithIt(String lie, String message) {
    SoftHsm.faults(lie);
    long start = System.nanoTime();
    assertThatThrownBy(() -> new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining(message)
        .hasMessageMatching(".*the fault is (the PKCS#11 library|its library)'s");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
    try (KeyWrapper wrapper = new Pkcs11BackEnd(key).open()) {
      assertThatThrownBy(() -> RoundTrip.of(wrapper)).isInstanceOf(BackendUnavailable.class);
      SoftHsm.faults();
      RoundTrip.awaitOf(wrapper);
    }
  }

  @Test
  void aLieWhileItServesEndsWithIt() {
    try (KeyWrapper wrapper = new Pkcs11BackEnd(key).open()) {
      RoundTrip.of(wrapper);
      SoftHsm.faults("C_Encrypt lie");
      assertThatThrownBy(() -> RoundTrip.of(wrapper))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("the fault is its library's");
      SoftHsm.faults();
      RoundTrip.awaitOf(wrapper);
    }
  }

  @Test
  void aListOfTokensFailsWithTheLie() {
    SoftHsm.faults("C_GetSlotList lie");
    assertThatThrownBy(LyingLibraryTest::list)
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageEndingWith("the fault is the PKCS#11 library's");
  }

  @ParameterizedTest
  @CsvSource({
    "C_GetMechanismList lie, of use",
    "C_FindObjects lie, key",
    "C_FindObjects overcount, key",
  })
  void aListOfTokensTellsWhereItsAnswersAreLies(String lie, String what) throws Exception {
    SoftHsm.faults(lie);
    assertThat(list())
        .anyMatch(line -> line.contains("\"" + token.token() + "\" (serial "))
        .anyMatch(
            line ->
                line.strip().startsWith(what)
                    && line.contains("not told: ")
                    && line.endsWith("the fault is the PKCS#11 library's"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"C_OpenSession fail e1 1", "C_GetMechanismList fail e1 1"})
  void aListOfTokensGoesOnWhereOneRefuses(String fault) throws Exception {
    String second = SoftHsm.newToken();
    SoftHsm.faults(fault);
    List<String> lines = list();
    assertThat(lines)
        .filteredOn(line -> line.contains("not told: "))
        .singleElement()
        .asString()
        .endsWith(fault.split(" ", 2)[0] + ": CKR_TOKEN_NOT_RECOGNIZED (0xe1)");
    assertThat(lines)
        .anyMatch(line -> line.contains("\"" + token.token() + "\" (serial "))
        .anyMatch(line -> line.contains("\"" + second + "\" (serial "))
        .anyMatch(line -> line.contains("none that can be seen without a login"))
        .anyMatch(line -> line.contains("CKM_AES_GCM"));
  }

  @Test
  void aListOfTheKeysOnTokensGoesOnWhereOneTokenRefuses() throws Exception {
    SoftHsm.faults("C_OpenSession fail e1 1");
    assertThat(
            token.settingsOfTwo("a").keys().stream()
                .flatMap(key -> BackEnds.of(key).describe().stream()))
        .contains(
            "key \"a\": not told: the token fails: C_OpenSession: CKR_TOKEN_NOT_RECOGNIZED (0xe1)")
        .anyMatch(line -> line.endsWith(", as the user of key \"b\":"))
        .anyMatch(line -> line.contains("\"kek\", id "));
  }

  private static List<String> list() throws Exception {
    return BackEnds.describeTokens(new LibrarySettings(SoftHsm.faultyLibrary(), ""));
  }
}
