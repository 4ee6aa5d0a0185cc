package io.github.keywrap.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.keywrap.device.DoubtfulCiphertextException;
import io.github.keywrap.device.Encrypted;
import io.github.keywrap.settings.TokenProfile.Cbc;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SM4-CBC and an HMAC through a token, against vectors, BouncyCastle and the JDK; in all forms that
 * tokens have.
 */
final class Sm4CbcHmacTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] SM4_KEY = HEX.parseHex("0123456789abcdeffedcba9876543210");
  private static final byte[] MAC_KEY =
      HEX.parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  private static final byte[] AAD = {7, 7, 7};

  /** A form: who pads, which MAC. */
  enum Form {
    CBC_SHA256(new Cbc(0x80000109L, false), 0x251),
    CBC_PAD_SHA256(new Cbc(0x8000A102L, true), 0x251),
    CBC_SM3(new Cbc(0x80000109L, false), 0x80000F01L),
    CBC_PAD_SM3(new Cbc(0x8000A102L, true), 0x80000F01L);

    @SuppressWarnings("ImmutableEnumChecker") // a record of numbers
    private final Cbc cbc;

    private final long mac;

    Form(Cbc cbc, long mac) {
      this.cbc = cbc;
      this.mac = mac;
    }

    /** Computed by the JDK or BouncyCastle. */
    byte[] mac(byte[] input) throws Exception {
      if (mac == 0x251) {
        javax.crypto.Mac sha256 = javax.crypto.Mac.getInstance("HmacSHA256");
        sha256.init(new SecretKeySpec(MAC_KEY, "HmacSHA256"));
        return sha256.doFinal(input);
      }
      HMac sm3 = new HMac(new SM3Digest());
      sm3.init(new KeyParameter(MAC_KEY));
      sm3.update(input, 0, input.length);
      byte[] out = new byte[32];
      int _ = sm3.doFinal(out, 0);
      return out;
    }
  }

  private ImportedKeys keys;
  private long sm4Key;
  private long macKey;

  @BeforeEach
  void open() throws Exception {
    keys = new ImportedKeys();
    sm4Key = keys.add(ImportedKeys.CKK_SM4, SM4_KEY);
    macKey = keys.add(ImportedKeys.CKK_GENERIC_SECRET, MAC_KEY);
  }

  @AfterEach
  void close() {
    keys.close();
  }

  static Stream<Form> forms() {
    return Stream.of(Form.values());
  }

  /** The example of GB/T 17964-2021 that draft-ribose-cfrg-sm4-10 repeats in A.2.2.1. */
  @ParameterizedTest
  @MethodSource("forms")
  void theTokenGivesTheCiphertextOfTheStandard(Form form) {
    byte[] iv = HEX.parseHex("000102030405060708090a0b0c0d0e0f");
    byte[] plaintext =
        HEX.parseHex("aaaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffffaaaaaaaabbbbbbbb");
    Encrypted encrypted =
        cipher(form, new FixedRandom(iv)).encrypt(keys.session(), AAD, plaintext, keys.deadline());
    assertThat(encrypted.iv()).isEqualTo(iv);
    assertThat(Arrays.copyOf(encrypted.ciphertext(), 32))
        .isEqualTo(
            HEX.parseHex("78ebb11cc40b0a48312aaeb2040244cb4cb7016951909226979b0d15dc6a8f6d"));
  }

  /** GB/T 32907-2016, A.1: one block, as the first of CBC with an IV of zeros. */
  @ParameterizedTest
  @MethodSource("forms")
  void theTokenGivesTheBlockOfGbT32907(Form form) {
    Encrypted encrypted =
        cipher(form, new FixedRandom(new byte[16]))
            .encrypt(keys.session(), AAD, SM4_KEY, keys.deadline());
    assertThat(Arrays.copyOf(encrypted.ciphertext(), 16))
        .isEqualTo(HEX.parseHex("681edf34d206965e86b3e94f536e4246"));
  }

  /** Byte for byte: so all forms with one MAC give the same, too. */
  @ParameterizedTest
  @MethodSource("forms")
  void theTokenGivesWhatOthersCompute(Form form) throws Exception {
    Random random = new Random(32907);
    for (int i = 0; i < 100; i++) {
      byte[] iv = bytes(random, 16);
      byte[] plaintext = bytes(random, 1 + random.nextInt(200));
      Encrypted byToken =
          cipher(form, new FixedRandom(iv))
              .encrypt(keys.session(), AAD, plaintext, keys.deadline());
      Encrypted byOthers = composed(form, iv, padded(plaintext));
      assertThat(byToken.ciphertext()).isEqualTo(byOthers.ciphertext());
      assertThat(decrypt(form, byOthers)).isEqualTo(plaintext);
    }
  }

  /** Whoever could tell bad padding from a bad MAC could decrypt byte by byte (Vaudenay, 2002). */
  @ParameterizedTest
  @MethodSource("forms")
  void badPaddingAndABadMacAreTheSameAnswer(Form form) throws Exception {
    byte[] iv = new byte[16];
    byte[] block = new byte[32];
    Encrypted good = composed(form, iv, padded(new byte[20]));
    byte[] badMac = good.ciphertext();
    badMac[badMac.length - 1] ^= 1;
    Throwable answer = catchThrowable(() -> decrypt(form, new Encrypted(iv, badMac)));
    assertThat(answer).isInstanceOf(DoubtfulCiphertextException.class);
    for (int last : new int[] {0, 2, 17, 255}) {
      block[31] = (byte) last;
      Encrypted badPadding = composed(form, iv, block);
      assertThatThrownBy(() -> decrypt(form, badPadding))
          .as("last byte " + last)
          .isExactlyInstanceOf(answer.getClass())
          .hasMessage(answer.getMessage());
    }
  }

  /** A MAC that is not good keeps the token from being asked to decrypt at all. */
  @ParameterizedTest
  @MethodSource("forms")
  void theMacIsCheckedBeforeAnythingIsDecrypted(Form form) throws Exception {
    long unusable = keys.add(ImportedKeys.CKK_GENERIC_SECRET, new byte[16]);
    TokenCipher withoutDecryption =
        new CbcHmacCipher(form.cbc, unusable, form.mac, macKey, new SecureRandom());
    Encrypted good = composed(form, new byte[16], padded(new byte[20]));
    assertThatThrownBy(() -> withoutDecryption.decrypt(keys.session(), AAD, good, keys.deadline()))
        .isInstanceOf(Pkcs11Exception.class);
    byte[] altered = good.ciphertext().clone();
    altered[0] ^= 1;
    assertThatThrownBy(
            () ->
                withoutDecryption.decrypt(
                    keys.session(), AAD, new Encrypted(good.iv(), altered), keys.deadline()))
        .isInstanceOf(DoubtfulCiphertextException.class);
  }

  private byte[] decrypt(Form form, Encrypted encrypted) {
    return cipher(form, new SecureRandom())
        .decrypt(keys.session(), AAD, encrypted, keys.deadline());
  }

  private TokenCipher cipher(Form form, SecureRandom random) {
    return new CbcHmacCipher(form.cbc, sm4Key, form.mac, macKey, random);
  }

  /** The composition of docs/ciphertext-format.md, without a token. */
  private static Encrypted composed(Form form, byte[] iv, byte[] paddedPlaintext) throws Exception {
    var cbc = CBCBlockCipher.newInstance(new SM4Engine());
    cbc.init(true, new ParametersWithIV(new KeyParameter(SM4_KEY), iv));
    byte[] ciphertext = new byte[paddedPlaintext.length];
    for (int i = 0; i < ciphertext.length; i += 16) {
      int _ = cbc.processBlock(paddedPlaintext, i, ciphertext, i);
    }
    byte[] mac =
        form.mac(
            ByteBuffer.allocate(AAD.length + 1 + 16 + ciphertext.length)
                .put(AAD)
                .put((byte) 16)
                .put(iv)
                .put(ciphertext)
                .array());
    return new Encrypted(
        iv, ByteBuffer.allocate(ciphertext.length + 32).put(ciphertext).put(mac).array());
  }

  private static byte[] padded(byte[] plaintext) {
    int count = 16 - plaintext.length % 16;
    byte[] padded = Arrays.copyOf(plaintext, plaintext.length + count);
    Arrays.fill(padded, plaintext.length, padded.length, (byte) count);
    return padded;
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
