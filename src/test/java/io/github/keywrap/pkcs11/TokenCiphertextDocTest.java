package io.github.keywrap.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keywrap.device.Encrypted;
import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.domain.Envelope;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.settings.GcmIv;
import io.github.keywrap.settings.GcmSettings;
import io.github.keywrap.settings.TokenProfile.Cbc;
import io.github.keywrap.software.SoftwareKeyWrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vectors of the documentation for keys on tokens, which keywrap did not make. */
final class TokenCiphertextDocTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final Cbc SM4_CBC = new Cbc(0x80000109L, false);
  private static final Cbc AES_CBC = new Cbc(Mechanism.AES_CBC.number(), false);
  private static final Cbc AES_CBC_PAD = new Cbc(Mechanism.AES_CBC_PAD.number(), true);
  private static final long CKM_SHA256_HMAC = 0x251;
  private static final long CKM_SM3_HMAC = 0x80000F01L;

  static Stream<JsonNode> vectors() throws IOException {
    String doc = Files.readString(Path.of("docs/ciphertext-format.md"));
    String json = doc.substring(doc.lastIndexOf("```json") + 7, doc.lastIndexOf("```"));
    return StreamSupport.stream(new ObjectMapper().readTree(json).spliterator(), false);
  }

  @Test
  void thereAreVectorsForEveryAlgorithmOfTokens() throws IOException {
    assertThat(vectors().map(vector -> vector.get("algorithm").asText()).distinct())
        .containsExactly("sm4-cbc-hmac", "sm4-cbc-hmac-sm3", "sm4-sealed", "aes-cbc-hmac");
  }

  @Test
  void thereAreVectorsForEveryLengthOfAnAesKey() throws IOException {
    assertThat(
            vectors()
                .filter(vector -> vector.get("algorithm").asText().equals("aes-cbc-hmac"))
                .map(vector -> bytes(vector, "key").length))
        .containsExactlyInAnyOrder(16, 24, 32);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void aVectorOfTheDocumentationOpens(JsonNode vector) throws Exception {
    WrappedKey wrapped =
        new WrappedKey(
            KeyId.parse(vector.get("keyId").asText()).orElseThrow(), bytes(vector, "ciphertext"));
    Envelope envelope = wrapped.envelope();
    assertThat(envelope.algorithm().label()).isEqualTo(vector.get("algorithm").asText());
    try (ImportedKeys keys = new ImportedKeys()) {
      byte[] plaintext =
          envelope.algorithm() == Algorithm.SM4_SEALED
              ? openSealed(vector, wrapped, keys)
              : openByToken(vector, envelope, keys);
      assertThat(plaintext).isEqualTo(bytes(vector, "plaintext"));
    }
  }

  private static byte[] openByToken(JsonNode vector, Envelope envelope, ImportedKeys keys) {
    return switch (envelope.algorithm()) {
      case SM4_CBC_HMAC ->
          open(vector, envelope, keys, ImportedKeys.CKK_SM4, SM4_CBC, CKM_SHA256_HMAC);
      case SM4_CBC_HMAC_SM3 ->
          open(vector, envelope, keys, ImportedKeys.CKK_SM4, SM4_CBC, CKM_SM3_HMAC);
      case AES_CBC_HMAC -> {
        byte[] opened = open(vector, envelope, keys, Attribute.AES, AES_CBC, CKM_SHA256_HMAC);
        // The token's own padding is the one of the format.
        assertThat(open(vector, envelope, keys, Attribute.AES, AES_CBC_PAD, CKM_SHA256_HMAC))
            .isEqualTo(opened);
        yield opened;
      }
      default -> throw new AssertionError("no vector should be of " + envelope.algorithm());
    };
  }

  private static byte[] open(
      JsonNode vector, Envelope envelope, ImportedKeys keys, long keyType, Cbc cbc, long hmac) {
    return new CbcHmacCipher(
            cbc,
            keys.add(keyType, bytes(vector, "key")),
            hmac,
            keys.add(ImportedKeys.CKK_GENERIC_SECRET, bytes(vector, "macKey")),
            new SecureRandom())
        .decrypt(
            keys.session(),
            envelope.associatedData(),
            new Encrypted(envelope.iv(), envelope.sealed()),
            keys.deadline());
  }

  private static byte[] openSealed(JsonNode vector, WrappedKey wrapped, ImportedKeys keys)
      throws Exception {
    SealedKey sealed = SealedKey.decode(bytes(vector, "sealedKey"));
    GcmMechanism gcm =
        new GcmMechanism(
            Mechanism.AES_GCM.number(), new GcmSettings(GcmIv.CLIENT, 12, 48), new SecureRandom());
    byte[] key =
        new GcmCipher(gcm, keys.add(Attribute.AES, bytes(vector, "aesKey")))
            .decrypt(keys.session(), sealed.associatedData(), sealed.encrypted(), keys.deadline());
    KeyId keyId = Pkcs11KeyIds.of(Algorithm.SM4_SEALED, 0, "").of(sealed.identity());
    try (SecretBytes secret = SecretBytes.owning(key);
        SoftwareKeyWrapper wrapper =
            new SoftwareKeyWrapper(keyId, Algorithm.SM4_SEALED, secret, new SecureRandom());
        SecretBytes plaintext = wrapper.unwrap(wrapped, keys.deadline())) {
      return plaintext.expose().clone();
    }
  }

  private static byte[] bytes(JsonNode vector, String name) {
    return HEX.parseHex(vector.get(name).asText());
  }
}
