package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.device.PinFiles;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Records of PINs that cannot be written, are damaged or tell of tries that did not end. */
final class PinRecordFaultsTest {
  private static final Duration PAST_THE_PAUSE = Duration.ofMinutes(11);

  @TempDir private Path folder;
  private TokenKey token;
  private Pkcs11KeySettings key;
  private PinFiles files;
  private long loginsBefore;

  @BeforeEach
  void makeKey() throws Exception {
    token = TokenKey.in(folder);
    key = token.key("");
    String _ = new Pkcs11BackEnd(key).generate();
    files = PinFiles.of(key);
    loginsBefore = SoftHsm.logins();
  }

  private long logins() throws IOException {
    return SoftHsm.logins() - loginsBefore;
  }

  static Stream<Arguments> obstacles() {
    return Stream.of(
        Arguments.argumentSet("the record", (Function<PinFiles, Path>) PinFiles::record),
        Arguments.argumentSet("the lock", (Function<PinFiles, Path>) PinFiles::lock));
  }

  @ParameterizedTest
  @MethodSource("obstacles")
  void aFolderInThePlaceOfAFileIsAnOutageUntilItIsGone(Function<PinFiles, Path> place)
      throws Exception {
    Path obstacle = place.apply(files);
    Files.deleteIfExists(obstacle);
    Files.createDirectory(obstacle);
    try (KeyWrapper wrapper = new Pkcs11BackEnd(key).open()) {
      await()
          .during(Duration.ofSeconds(1))
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> RoundTrip.of(wrapper))
                      .isInstanceOf(BackendUnavailable.class)
                      .hasMessageContaining(
                          "is not tried, because a refusal could not be recorded"));
      assertThat(logins()).isZero();
      Files.delete(obstacle);
      RoundTrip.awaitOf(wrapper);
    }
    assertThat(logins()).isEqualTo(1);
  }

  @Test
  void whatIsWrongWithTheStateDirectoryIsToldInWords() throws Exception {
    Files.deleteIfExists(files.lock());
    Files.createSymbolicLink(files.lock(), folder.resolve("missing/lock"));
    assertThatThrownBy(() -> new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageEndingWith("it or its folder does not exist: " + files.lock());
  }

  static final byte[][] DAMAGED = {
    {},
    new byte[4_096],
    {(byte) 0xff, (byte) 0xfe, 0, 1, (byte) 0x80},
    "state trying many\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
  };

  @ParameterizedTest
  @FieldSource("DAMAGED")
  void aDamagedRecordForbidsALoginUntilPinRetry(byte[] content) throws Exception {
    Files.write(files.record(), content);
    try (KeyWrapper wrapper = new Pkcs11BackEnd(key).open()) {
      assertThatThrownBy(() -> RoundTrip.of(wrapper))
          .isInstanceOf(AccessDenied.class)
          .hasMessageContaining("keywrap pin retry");
      assertThat(logins()).isZero();
      assertThat(new Pkcs11BackEnd(key).retryPins()).isEqualTo(1);
      RoundTrip.awaitOf(wrapper);
    }
    assertThat(logins()).isEqualTo(1);
  }

  @Test
  void aRecordOfThisPinWithoutWhatCameOfItForbidsALogin() throws Exception {
    Files.writeString(files.record(), "state trying 1x\nsource " + files.source() + "\n");
    assertThatThrownBy(() -> new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD))
        .isInstanceOf(AccessDenied.class);
    assertThat(logins()).isZero();
  }

  @Test
  void oneTryThatDidNotEndIsRepeated() throws Exception {
    files.leaveUnfinishedTry();
    new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD);
    assertThat(files.record()).doesNotExist();
  }

  @Test
  void afterTwoTriesThatDidNotEndThePinRestsForTenMinutes() throws Exception {
    files.leaveUnfinishedTry();
    files.leaveUnfinishedTry();
    try (KeyWrapper wrapper = new Pkcs11BackEnd(key).open()) {
      assertThatThrownBy(() -> RoundTrip.of(wrapper))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("has ended twice while it tried the PIN")
          .hasMessageContaining("ten minutes");
      assertThat(logins()).isZero();
      Files.setLastModifiedTime(files.record(), FileTime.from(Instant.now().minus(PAST_THE_PAUSE)));
      RoundTrip.awaitOf(wrapper);
    }
    assertThat(logins()).isEqualTo(1);
    assertThat(files.record()).doesNotExist();
  }

  /** It tells of a PIN that is no longer there. */
  @Test
  void triesOfAPinThatWasReplacedDoNotCount() throws Exception {
    files.leaveUnfinishedTry();
    files.leaveUnfinishedTry();
    token.pin(SoftHsm.PIN);
    new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD);
  }
}
