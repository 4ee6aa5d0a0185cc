package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.Envelope;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SM4 keys of a token: what keygen makes, and what is taken for them. */
final class Sm4KeyGenerationTest {
  private static final String CBC = ", algorithm: sm4-cbc-hmac, vendor: sansec";

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
  void makesTwoKeysWithOneIdForEncryptThenMac() throws Exception {
    String id = KeygenOutput.keyId(new Pkcs11BackEnd(token.key(CBC)).generate());
    assertThat(list())
        .contains("label:      kek\n", "label:      kek-mac\n")
        .containsPattern("(?s)ID:         " + id + ".*ID:         " + id);
    new Pkcs11BackEnd(token.key(CBC)).tryOut(Steps.UNTOLD);
    List<String> listing = new Pkcs11BackEnd(token.key(CBC)).describe();
    int line = 0;
    while (!listing.get(line).contains("\"kek-mac\"")) {
      line++;
    }
    String macKey = listing.get(line + 1);
    assertThat(macKey).contains("CKA_SIGN").doesNotContain("CKA_ENCRYPT", "CKA_WRAP", "CKA_UNWRAP");
    assertThatThrownBy(() -> new Pkcs11BackEnd(token.key(CBC)).generate())
        .isInstanceOf(OperatorException.class);
  }

  @Test
  void destroysTheFirstKeyIfTheSecondCannotBeMade() throws Exception {
    SoftHsm.faults("C_GenerateKey fail 30 2");
    assertThatThrownBy(() -> new Pkcs11BackEnd(token.key(CBC)).generate())
        .isInstanceOf(KmsException.class)
        .hasMessageContaining("CKR_DEVICE_ERROR");
    assertThat(list()).doesNotContain("kek");
    SoftHsm.faults();
    String _ = new Pkcs11BackEnd(token.key(CBC)).generate();
  }

  @Test
  void saysWhatIsLeftIfTheFirstKeyCannotBeDestroyed() throws Exception {
    SoftHsm.faults("C_GenerateKey fail 30 2", "C_DestroyObject fail 30");
    assertThatThrownBy(() -> new Pkcs11BackEnd(token.key(CBC)).generate())
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("and the key \"kek\" with id");
  }

  /** As after a keygen that was killed between the two. */
  @Test
  void anSm4KeyWithoutItsMacKeyIsRefused() throws Exception {
    String _ = new Pkcs11BackEnd(token.key(CBC)).generate();
    String _ =
        Pkcs11Tool.run(token.token(), "--delete-object", "--type", "secrkey", "--label", "kek-mac");
    assertThatThrownBy(() -> new Pkcs11BackEnd(token.key(CBC)).tryOut(Steps.UNTOLD))
        .isInstanceOf(KeyUnavailable.class)
        .hasMessageContaining(
            "the token has no MAC key: none whose CKA_ID is that of the key with label \"kek\"")
        .hasMessageContaining("\"kek-mac\"");
    assertThatThrownBy(() -> new Pkcs11BackEnd(token.key(CBC)).generate())
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("one of the two keys that belong together");
  }

  @Test
  void withoutANumberNoKeyIsMade() throws Exception {
    String numbers =
        ", algorithm: sm4-gcm, mechanisms: { sm4-gcm: \"0x8000010F\" },"
            + " key-types: { sm4: \"0x80000106\" }";
    assertThatThrownBy(() -> new Pkcs11BackEnd(token.key(numbers)).generate())
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("mechanisms.sm4-key-gen is missing");
  }

  @Test
  void aNumberThatTheTokenDoesNotKnowIsNamedByTheToken() throws Exception {
    String _ = new Pkcs11BackEnd(token.key(CBC)).generate();
    assertThatThrownBy(
            () ->
                new Pkcs11BackEnd(token.key(CBC + ", mechanisms: { sm4-cbc: \"0x8000FFFF\" }"))
                    .tryOut(Steps.UNTOLD))
        .isInstanceOf(KmsException.class)
        .hasMessageContaining("C_EncryptInit: CKR_MECHANISM_INVALID");
  }

  /** The key id is authentic and the key's own: only the algorithm is another one. */
  @Test
  void anEnvelopeOfAnotherAlgorithmIsRefused() throws Exception {
    for (String algorithm : List.of("", CBC.replace("kek", "kek2"))) {
      token = TokenKey.in(java.nio.file.Files.createTempDirectory(folder, "t"));
      Pkcs11KeySettings settings = token.key(algorithm);
      String _ = new Pkcs11BackEnd(settings).generate();
      try (KeyWrapper wrapper = new Pkcs11BackEnd(settings).open();
          SecretBytes secret = SecretBytes.owning(new byte[32])) {
        Deadline deadline = Deadline.after(Duration.ofSeconds(5));
        WrappedKey wrapped = wrapper.wrap(secret, deadline);
        Envelope envelope = wrapped.envelope();
        for (Algorithm other : Algorithm.values()) {
          if (other != settings.algorithm()) {
            byte[] forged =
                new Envelope(other, envelope.keyId(), envelope.iv(), envelope.sealed()).encode();
            assertThatThrownBy(
                    () -> wrapper.unwrap(new WrappedKey(envelope.keyId(), forged), deadline))
                .isInstanceOf(InvalidCiphertext.class)
                .hasMessageContaining("the ciphertext says " + other);
          }
        }
      }
    }
  }

  private String list() throws Exception {
    return Pkcs11Tool.run(token.token(), "--list-objects", "--type", "secrkey");
  }
}
