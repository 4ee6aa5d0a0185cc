package io.github.keywrap.local;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalKeystoreTest {
  @TempDir private Path folder;

  /** Written by version 0.1; every later version must open it. */
  private static final String FROZEN_PASSPHRASE = "correct horse battery staple";

  @ParameterizedTest
  @EnumSource(
      value = Algorithm.class,
      names = {"AES_GCM", "SM4_GCM"})
  void givesBackTheKeyThatItWasMadeWith(Algorithm algorithm) {
    LocalKeystore keystore = keystore("a.jwe");
    LocalKey key = LocalKey.generate(algorithm, new SecureRandom());
    keystore.create(key, passphrase("secret"));
    LocalKey read = keystore.read(passphrase("secret"));
    assertThat(read.id()).isEqualTo(key.id());
    assertThat(read.algorithm()).isEqualTo(algorithm);
    assertThat(read.secret().sameAs(key.secret())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"aes-gcm", "sm4-gcm"})
  void opensWhatVersion01Wrote(String algorithm) throws Exception {
    Path file = folder.resolve("frozen.jwe");
    try (var in = getClass().getResourceAsStream("/keystore/" + algorithm + ".jwe")) {
      Files.write(file, in.readAllBytes());
    }
    LocalKey key = new LocalKeystore(file, "k").read(passphrase(FROZEN_PASSPHRASE));
    assertThat(key.algorithm()).hasToString(algorithm);
    assertThat(HexFormat.of().formatHex(key.secret().expose()))
        .isEqualTo(
            algorithm.equals("aes-gcm")
                ? "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                : "0123456789abcdeffedcba9876543210");
  }

  @Test
  void isReadableByItsOwnerOnly() throws IOException {
    create("a.jwe");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path("a.jwe"))))
        .isEqualTo("rw-------");
  }

  @Test
  void refusesAWrongPassphrase() {
    LocalKeystore keystore = create("a.jwe");
    assertThatThrownBy(() -> keystore.read(passphrase("wrong")))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("does not open");
  }

  @Test
  void refusesAnAlterationAnywhere() throws IOException {
    LocalKeystore keystore = create("a.jwe");
    String text = Files.readString(path("a.jwe")).strip();
    for (int i = 0; i < text.length(); i += 7) {
      char other = text.charAt(i) == 'A' ? 'B' : 'A';
      Files.writeString(path("a.jwe"), text.substring(0, i) + other + text.substring(i + 1));
      assertThatThrownBy(() -> keystore.read(passphrase("secret")))
          .isInstanceOf(OperatorException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "a.b.c.d.e", "{}"})
  void refusesAFileThatIsNoKeystore(String content) throws IOException {
    Files.writeString(path("a.jwe"), content);
    assertThatThrownBy(() -> keystore("a.jwe").read(passphrase("secret")))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("is not a keystore");
  }

  @Test
  void refusesAHugeFile() throws IOException {
    Files.write(path("a.jwe"), new byte[10_000]);
    assertThatThrownBy(() -> keystore("a.jwe").read(passphrase("secret")))
        .isInstanceOf(OperatorException.class);
  }

  @Test
  void saysHowToMakeAMissingOne() {
    assertThatThrownBy(() -> keystore("a.jwe").read(passphrase("secret")))
        .isInstanceOfSatisfying(
            OperatorException.class,
            e -> assertThat(e.hint()).contains("keywrap keygen --config FILE --key trial"));
  }

  @Test
  void isNeverOverwritten() throws IOException {
    create("a.jwe");
    byte[] before = Files.readAllBytes(path("a.jwe"));
    assertThatThrownBy(() -> create("a.jwe"))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("not overwritten");
    assertThat(Files.readAllBytes(path("a.jwe"))).isEqualTo(before);
  }

  @Test
  void aLinkToNowhereIsNotOverwrittenEither() throws IOException {
    Files.createSymbolicLink(path("a.jwe"), path("nowhere"));
    assertThatThrownBy(() -> create("a.jwe")).isInstanceOf(OperatorException.class);
    assertThat(path("nowhere")).doesNotExist();
  }

  @Test
  void ofManyWritersOneSucceedsAndNothingElseIsLeft() throws Exception {
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> written = new ArrayList<>();
      for (int writer = 0; writer < 4; writer++) {
        written.add(writers.submit(() -> isCreated("a.jwe")));
      }
      int successes = 0;
      for (Future<Boolean> one : written) {
        successes += one.get() ? 1 : 0;
      }
      assertThat(successes).isEqualTo(1);
    }
    assertThat(create("b.jwe").read(passphrase("secret")).id()).hasSize(32);
    try (var files = Files.list(path("a.jwe").getParent())) {
      assertThat(files).containsExactlyInAnyOrder(path("a.jwe"), path("b.jwe"));
    }
  }

  private boolean isCreated(String name) {
    try {
      create(name);
      return true;
    } catch (OperatorException exists) {
      assertThat(exists).hasMessageContaining("is not overwritten");
      return false;
    }
  }

  @Test
  void aTemporaryFileThatACrashLeftBehindDoesNotMatter() throws IOException {
    Files.writeString(path("a.jwe.new"), "half a keyst", US_ASCII);
    Files.setLastModifiedTime(path("a.jwe.new"), FileTime.from(Instant.now().minusSeconds(90)));
    assertThat(create("a.jwe").read(passphrase("secret")).id()).hasSize(32);
    assertThat(path("a.jwe.new")).doesNotExist();
  }

  @Test
  void leavesNothingBehindWhenTheFolderIsMissing() {
    assertThatThrownBy(
            () ->
                new LocalKeystore(folder.resolve("missing/a.jwe"), "k")
                    .create(key(), passphrase("secret")))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("folder does not exist");
    assertThat(folder).isEmptyDirectory();
  }

  private LocalKeystore create(String name) {
    LocalKeystore keystore = keystore(name);
    keystore.create(key(), passphrase("secret"));
    return keystore;
  }

  private static LocalKey key() {
    return LocalKey.generate(Algorithm.AES_GCM, new SecureRandom());
  }

  private LocalKeystore keystore(String name) {
    return new LocalKeystore(path(name), "trial");
  }

  private Path path(String name) {
    return folder.resolve(name);
  }

  private static SecretBytes passphrase(String text) {
    return SecretBytes.owning(text.getBytes(UTF_8));
  }
}
