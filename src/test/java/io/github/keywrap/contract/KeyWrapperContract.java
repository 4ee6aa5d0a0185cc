package io.github.keywrap.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.config.SettingsLoader;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.UnknownKey;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.settings.KeySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every back end must do, whatever it is. A back end joins by saying how two of its keys look
 * in a settings file; everything here goes through that file, as in production.
 */
public abstract class KeyWrapperContract {
  @TempDir protected Path folder;

  private KeyWrapper wrapper;

  /** Makes what the settings need before they can be loaded. */
  protected abstract void prepare() throws Exception;

  /** Settings of one key, in YAML, without its name: {@code { type: …, … }} . */
  protected abstract String keySettings(int which, int generation) throws Exception;

  /** Makes the two keys. */
  protected abstract void makeKeys(KeySettings first, KeySettings second) throws Exception;

  /**
   * Whether a ciphertext is bound to the whole key id, generation included. Where the ciphertext is
   * what a service returned and nothing else, it is bound to the key by the service, and what the
   * key id says beside that is a label.
   */
  protected boolean bindsTheKeyId() {
    return true;
  }

  @BeforeEach
  final void open() throws Exception {
    prepare();
    List<KeySettings> keys = load(write("keywrap.yaml", "first", 0));
    makeKeys(keys.get(0), keys.get(1));
    wrapper = BackEnds.of(keys.get(0)).open();
  }

  @AfterEach
  final void closeWrapper() {
    wrapper.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 15, 16, 17, 32, 1_000, 4_095})
  void opensWhatItWrapped(int length) {
    byte[] plaintext = bytes(length);
    assertThat(unwrap(wrapper, wrap(wrapper, plaintext))).isEqualTo(plaintext);
  }

  @Test
  void refusesAPlaintextThatIsEmptyOrTooLong() {
    assertThatThrownBy(() -> wrap(wrapper, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> wrap(wrapper, new byte[4_096]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void neverMakesTheSameCiphertextTwice() {
    Set<String> ciphertexts = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      byte[] ciphertext = wrap(wrapper, bytes(32)).ciphertext();
      ciphertexts.add(Base64.getEncoder().encodeToString(ciphertext));
    }
    assertThat(ciphertexts).hasSize(500);
  }

  @Test
  void aFlippedBitAnywhereNeverOpens() {
    WrappedKey wrapped = wrap(wrapper, bytes(32));
    byte[] ciphertext = wrapped.ciphertext();
    for (int bit = 0; bit < ciphertext.length * 8; bit++) {
      byte[] flipped = ciphertext.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertInvalid(new WrappedKey(wrapped.keyId(), flipped), "bit " + bit);
    }
  }

  @Test
  void aTruncatedOrExtendedCiphertextNeverOpens() {
    WrappedKey wrapped = wrap(wrapper, bytes(32));
    byte[] ciphertext = wrapped.ciphertext();
    IntStream.range(0, ciphertext.length)
        .forEach(
            length ->
                assertInvalid(
                    new WrappedKey(wrapped.keyId(), Arrays.copyOf(ciphertext, length)),
                    "length " + length));
    assertInvalid(
        new WrappedKey(wrapped.keyId(), Arrays.copyOf(ciphertext, ciphertext.length + 1)),
        "one byte more");
  }

  @Test
  void aKeyIdThatIsNotTheCiphertextsOwnNeverOpens() {
    WrappedKey wrapped = wrap(wrapper, bytes(32));
    KeyId other = wrapped.keyId().withGeneration(7);
    assertThat(wrapper.opens(other)).isTrue();
    if (bindsTheKeyId()) {
      assertInvalid(new WrappedKey(other, wrapped.ciphertext()), "other generation");
    }
    KeyId unknownVersion = new KeyId(other.type(), other.identity(), "0123456789abcdef", 0);
    WrappedKey labelled = new WrappedKey(unknownVersion, wrapped.ciphertext());
    if (bindsTheKeyId()) {
      assertThatThrownBy(() -> unwrap(wrapper, labelled))
          .isInstanceOfAny(UnknownKey.class, InvalidCiphertext.class);
    } else {
      assertThat(unwrap(wrapper, labelled)).as("a label is no lock").isEqualTo(bytes(32));
    }
  }

  @Test
  void anotherKeysCiphertextNeverOpens() throws Exception {
    try (KeyWrapper second = BackEnds.of(load(write("b.yaml", "first", 0)).get(1)).open()) {
      WrappedKey foreign = wrap(second, bytes(32));
      assertThat(wrapper.opens(foreign.keyId())).isFalse();
      assertThatThrownBy(() -> unwrap(wrapper, foreign)).isInstanceOf(UnknownKey.class);
      assertThatThrownBy(() -> unwrap(wrapper, new WrappedKey(id(wrapper), foreign.ciphertext())))
          .isInstanceOf(InvalidCiphertext.class);
    }
  }

  @Test
  void aSecondInstanceOpensWhatTheFirstWrapped() throws Exception {
    WrappedKey wrapped = wrap(wrapper, bytes(32));
    try (KeyWrapper again = BackEnds.of(load(write("b.yaml", "first", 0)).get(0)).open()) {
      assertThat(id(again)).isEqualTo(id(wrapper));
      assertThat(unwrap(again, wrapped)).isEqualTo(bytes(32));
    }
  }

  @Test
  void anotherProcessOpensWhatThisOneWrapped() throws Exception {
    WrappedKey wrapped = wrap(wrapper, bytes(32));
    assertThat(OtherProcess.unwrap(folder.resolve("keywrap.yaml"), "first", wrapped))
        .isEqualTo(bytes(32));
  }

  @Test
  void aRenamedKeyKeepsItsIdAndOpensItsCiphertexts() throws Exception {
    WrappedKey wrapped = wrap(wrapper, bytes(32));
    assertThat(id(wrapper).toString()).doesNotContain("first");
    try (KeyWrapper renamed = BackEnds.of(load(write("b.yaml", "a-new-name", 0)).get(0)).open()) {
      assertThat(id(renamed)).isEqualTo(id(wrapper));
      assertThat(unwrap(renamed, wrapped)).isEqualTo(bytes(32));
    }
  }

  @Test
  void anotherGenerationHasAnotherIdAndBothOpenEachOthersCiphertexts() throws Exception {
    try (KeyWrapper next = BackEnds.of(load(write("b.yaml", "first", 1)).get(0)).open()) {
      assertThat(id(next)).isEqualTo(id(wrapper).withGeneration(1)).isNotEqualTo(id(wrapper));
      assertThat(unwrap(next, wrap(wrapper, bytes(32)))).isEqualTo(bytes(32));
      assertThat(unwrap(wrapper, wrap(next, bytes(32)))).isEqualTo(bytes(32));
    }
  }

  @Test
  void servesManyCallersAtOnce() throws Exception {
    try (ExecutorService callers = Executors.newFixedThreadPool(16)) {
      List<Future<Boolean>> results =
          IntStream.range(0, 2_000)
              .mapToObj(
                  i ->
                      callers.submit(
                          () -> {
                            byte[] plaintext = bytes(1 + i % 64);
                            return Arrays.equals(
                                unwrap(wrapper, wrap(wrapper, plaintext)), plaintext);
                          }))
              .toList();
      for (Future<Boolean> result : results) {
        assertThat(result.get()).isTrue();
      }
    }
  }

  @Test
  void afterCloseItSaysThatItIsGone() {
    WrappedKey wrapped = wrap(wrapper, bytes(32));
    wrapper.close();
    assertThatThrownBy(() -> wrap(wrapper, bytes(32))).isInstanceOf(BackendUnavailable.class);
    assertThatThrownBy(() -> unwrap(wrapper, wrapped)).isInstanceOf(BackendUnavailable.class);
    assertThatCode(wrapper::close).doesNotThrowAnyException();
  }

  @Test
  void doesNotAlterOrCloseThePlaintextOfItsCaller() {
    try (SecretBytes plaintext = SecretBytes.owning(bytes(32))) {
      WrappedKey _ = wrapper.wrap(plaintext, soon());
      assertThat(plaintext.expose()).isEqualTo(bytes(32));
    }
  }

  private void assertInvalid(WrappedKey wrapped, String what) {
    assertThatThrownBy(() -> unwrap(wrapper, wrapped))
        .as(what)
        .isInstanceOf(KmsException.InvalidCiphertext.class);
  }

  private Path write(String file, String firstName, int generation) throws Exception {
    return Files.writeString(
        folder.resolve(file),
        "keywrap: { state-directory: state, active: %s%s, keys: { %s: %s, second: %s } }"
            .formatted(
                firstName,
                bindsTheKeyId() ? "" : ", v1: { raw-ciphertext-key: second }",
                firstName,
                keySettings(0, generation),
                keySettings(1, 0)));
  }

  /** Keys come in alphabetical order: a-new-name and first are both before second. */
  private static List<KeySettings> load(Path file) {
    return new SettingsLoader(file, Map.of()).load().settings().keys();
  }

  private static KeyId id(KeyWrapper wrapper) {
    await().until(() -> wrapper.currentKeyId().isPresent());
    return wrapper.currentKeyId().orElseThrow();
  }

  private static WrappedKey wrap(KeyWrapper wrapper, byte[] plaintext) {
    try (SecretBytes secret = SecretBytes.owning(plaintext.clone())) {
      return wrapper.wrap(secret, soon());
    }
  }

  private static byte[] unwrap(KeyWrapper wrapper, WrappedKey wrapped) {
    try (SecretBytes secret = wrapper.unwrap(wrapped, soon())) {
      return secret.expose().clone();
    }
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(10));
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + 7);
    }
    return bytes;
  }
}
