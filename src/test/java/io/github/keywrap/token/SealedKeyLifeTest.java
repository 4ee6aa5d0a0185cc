package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sealed key from keygen to its backup, and what happens when the token goes away. */
final class SealedKeyLifeTest {
  private static final String IN_FILE = ", algorithm: sm4-sealed, sealed-key: { file: sealed.pem }";
  private static final String ON_TOKEN = ", algorithm: sm4-sealed";
  private static final Duration NOTICED = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private TokenKey token;

  @BeforeEach
  void makeToken() throws Exception {
    token = TokenKey.in(folder);
  }

  @AfterEach
  void noFaults() {
    SoftHsm.faults();
  }

  @Test
  void servesOnWithoutTheTokenAndSaysThatARestartWouldFail() throws Exception {
    Pkcs11KeySettings settings = token.key(ON_TOKEN);
    String _ = new Pkcs11BackEnd(settings).generate();
    try (KeyWrapper wrapper = new Pkcs11BackEnd(settings).open()) {
      WrappedKey before = wrap(wrapper);
      assertThat(wrapper.condition()).isEqualTo(new KeyCondition.Sound());
      SoftHsm.faults("* fail e0"); // CKR_TOKEN_NOT_PRESENT
      await().atMost(NOTICED).until(() -> wrapper.condition() instanceof KeyCondition.Impaired);
      assertThat(wrapper.condition().toString())
          .contains("a restart would not open it")
          .contains("CKR_TOKEN_NOT_PRESENT");
      unwrap(wrapper, before);
      unwrap(wrapper, wrap(wrapper));
      SoftHsm.faults();
      await().atMost(NOTICED).until(() -> wrapper.condition() instanceof KeyCondition.Sound);
    }
  }

  @Test
  void saysThatItsDataObjectIsGone() throws Exception {
    Pkcs11KeySettings settings = token.key(ON_TOKEN);
    String _ = new Pkcs11BackEnd(settings).generate();
    try (KeyWrapper wrapper = new Pkcs11BackEnd(settings).open()) {
      WrappedKey before = wrap(wrapper);
      tool("--delete-object", "--type", "data", "--label", "kek-sealed");
      SoftHsm.faults(SoftHsm.reset());
      await().atMost(NOTICED).until(() -> wrapper.condition() instanceof KeyCondition.Impaired);
      assertThat(wrapper.condition().toString()).contains("there is no sealed key");
      unwrap(wrapper, before);
    }
  }

  @Test
  void opensAtLastWhenTheTokenComesLate() throws Exception {
    Pkcs11KeySettings settings = token.key(IN_FILE);
    String _ = new Pkcs11BackEnd(settings).generate();
    SoftHsm.faults("* fail e0");
    try (KeyWrapper wrapper = new Pkcs11BackEnd(settings).open()) {
      assertThatThrownBy(() -> wrap(wrapper)).isInstanceOf(BackendUnavailable.class);
      assertThat(wrapper.currentKeyId()).isPresent();
      SoftHsm.faults();
      await()
          .atMost(Duration.ofSeconds(5))
          .ignoreExceptionsInstanceOf(KmsException.class)
          .until(() -> wrap(wrapper).keyId().equals(wrapper.currentKeyId().orElseThrow()));
    }
  }

  @Test
  void aBackupOpensWhatWasWrappedBefore() throws Exception {
    Pkcs11KeySettings settings = token.key(ON_TOKEN);
    String made = new Pkcs11BackEnd(settings).generate();
    Path backup = Files.writeString(folder.resolve("backup.pem"), KeygenOutput.sealedKey(made));
    WrappedKey wrapped;
    try (KeyWrapper wrapper = new Pkcs11BackEnd(settings).open()) {
      wrapped = wrap(wrapper);
    }
    assertThatThrownBy(() -> new Pkcs11BackEnd(settings).restore(backup))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("there is a sealed key already");
    tool("--delete-object", "--type", "data", "--label", "kek-sealed");
    try (KeyWrapper wrapper = new Pkcs11BackEnd(settings).open()) {
      assertThatThrownBy(() -> wrap(wrapper))
          .isInstanceOf(KeyUnavailable.class)
          .hasMessageContaining("keygen --restore");
    }
    assertThat(new Pkcs11BackEnd(settings).restore(backup)).isEqualTo(made);
    try (KeyWrapper wrapper = new Pkcs11BackEnd(settings).open()) {
      unwrap(wrapper, wrapped);
    }
    assertThat(new Pkcs11BackEnd(token.key(IN_FILE)).restore(backup)).isEqualTo(made);
    assertThat(Files.readString(folder.resolve("sealed.pem")))
        .isEqualTo(KeygenOutput.sealedKey(made));
  }

  @Test
  void neitherAnAlteredKeyNorOneOfAnotherTokenIsLoaded() throws Exception {
    Pkcs11KeySettings settings = token.key(IN_FILE);
    String made = new Pkcs11BackEnd(settings).generate();
    Path file = folder.resolve("sealed.pem");
    Files.delete(file);
    byte[] der =
        java.util.Base64.getMimeDecoder()
            .decode(KeygenOutput.sealedKey(made).replaceAll("-.*-", ""));
    for (int at : new int[] {4, 20, 60, der.length - 1}) {
      byte[] altered = der.clone();
      altered[at] ^= 1;
      Path backup = folder.resolve("altered.pem");
      Files.writeString(
          backup,
          "-----BEGIN KEYWRAP SEALED KEY-----\n%s\n-----END KEYWRAP SEALED KEY-----\n"
              .formatted(java.util.Base64.getEncoder().encodeToString(altered)));
      assertThatThrownBy(() -> new Pkcs11BackEnd(settings).restore(backup))
          .as("byte " + at)
          .isInstanceOf(OperatorException.class);
      assertThat(file).doesNotExist();
    }
    Path none = Files.writeString(folder.resolve("none.pem"), "hello");
    assertThatThrownBy(() -> new Pkcs11BackEnd(settings).restore(none))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("holds no sealed key");
    assertThatThrownBy(() -> new Pkcs11BackEnd(token.key("")).restore(none))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("only keys with algorithm: sm4-sealed");
  }

  @Test
  void anAlteredFileIsKeptFromOpening() throws Exception {
    Pkcs11KeySettings settings = token.key(IN_FILE);
    String made = new Pkcs11BackEnd(settings).generate();
    Path file = folder.resolve("sealed.pem");
    Files.writeString(file, KeygenOutput.sealedKey(made).substring(1));
    try (KeyWrapper wrapper = new Pkcs11BackEnd(settings).open()) {
      assertThatThrownBy(() -> wrap(wrapper))
          .isInstanceOf(KeyUnavailable.class)
          .hasMessageContaining("holds no sealed key");
    }
  }

  @Test
  void usesAnAesKeyThatIsThereAndRefusesASecondSealedKey() throws Exception {
    Pkcs11KeySettings aes = token.key("");
    String id = KeygenOutput.keyId(new Pkcs11BackEnd(aes).generate());
    Pkcs11KeySettings settings = token.key(ON_TOKEN);
    assertThat(KeygenOutput.keyId(new Pkcs11BackEnd(settings).generate())).isEqualTo(id);
    assertThatThrownBy(() -> new Pkcs11BackEnd(settings).generate())
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("there is a sealed key already");
    try (KeyWrapper wrapper = new Pkcs11BackEnd(settings).open()) {
      KeyId keyId = wrap(wrapper).keyId();
      assertThat(keyId.identity()).endsWith("-sm4-sealed").doesNotContain(id);
    }
  }

  @Test
  void keygenThatFailsLeavesNoKeyBehind() throws Exception {
    Pkcs11KeySettings settings = token.key(ON_TOKEN);
    SoftHsm.faults("C_GenerateRandom fail 30");
    assertThatThrownBy(() -> new Pkcs11BackEnd(settings).generate())
        .isInstanceOf(KmsException.class);
    assertThat(tool("--list-objects")).doesNotContain("kek");
  }

  private String tool(String... arguments) throws Exception {
    return Pkcs11Tool.run(token.token(), arguments);
  }

  private static WrappedKey wrap(KeyWrapper wrapper) {
    try (SecretBytes secret = SecretBytes.owning(new byte[32])) {
      return wrapper.wrap(secret, Deadline.after(Duration.ofSeconds(5)));
    }
  }

  private static void unwrap(KeyWrapper wrapper, WrappedKey wrapped) {
    try (SecretBytes secret = wrapper.unwrap(wrapped, Deadline.after(Duration.ofSeconds(5)))) {
      assertThat(secret.expose()).isEqualTo(new byte[32]);
    }
  }
}
