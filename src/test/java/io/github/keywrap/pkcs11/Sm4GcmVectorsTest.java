package io.github.keywrap.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.device.Encrypted;
import io.github.keywrap.settings.GcmIv;
import io.github.keywrap.settings.GcmSettings;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SM4-GCM through a token, against RFC 8998 and against BouncyCastle. */
final class Sm4GcmVectorsTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final long CKM_SM4_GCM = 0x8000010FL;
  private static final GcmSettings GCM = new GcmSettings(GcmIv.CLIENT, 12, 48);

  private ImportedKeys keys;

  @BeforeEach
  void open() throws Exception {
    keys = new ImportedKeys();
  }

  @AfterEach
  void close() {
    keys.close();
  }

  /** RFC 8998, appendix A.1. */
  @Test
  void theTokenGivesTheCiphertextOfRfc8998() {
    byte[] iv = HEX.parseHex("00001234567800000000abcd");
    byte[] aad = HEX.parseHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    byte[] plaintext =
        HEX.parseHex(
            "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
                + "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa");
    byte[] ciphertext =
        HEX.parseHex(
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
                + "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
                + "83de3541e4c2b58177e065a9bf7b62ec");
    TokenCipher cipher =
        cipher(HEX.parseHex("0123456789abcdeffedcba9876543210"), new FixedRandom(iv));
    Encrypted encrypted = cipher.encrypt(keys.session(), aad, plaintext, keys.deadline());
    assertThat(encrypted.iv()).isEqualTo(iv);
    assertThat(encrypted.ciphertext()).isEqualTo(ciphertext);
    assertThat(cipher.decrypt(keys.session(), aad, encrypted, keys.deadline()))
        .isEqualTo(plaintext);
  }

  @Test
  void bouncyCastleOpensWhatTheTokenMadeAndTheOtherWayRound() throws Exception {
    Random random = new Random(8998);
    for (int i = 0; i < 200; i++) {
      byte[] key = bytes(random, 16);
      byte[] aad = bytes(random, random.nextInt(60));
      byte[] plaintext = bytes(random, 1 + random.nextInt(300));
      TokenCipher cipher = cipher(key, new SecureRandom());
      Encrypted byToken = cipher.encrypt(keys.session(), aad, plaintext, keys.deadline());
      assertThat(bouncyCastle(false, key, byToken.iv(), aad, byToken.ciphertext()))
          .isEqualTo(plaintext);
      byte[] iv = bytes(random, 12);
      Encrypted byBouncyCastle = new Encrypted(iv, bouncyCastle(true, key, iv, aad, plaintext));
      assertThat(cipher.decrypt(keys.session(), aad, byBouncyCastle, keys.deadline()))
          .isEqualTo(plaintext);
    }
  }

  /** The same mechanism with a key of another kind is refused by the token. */
  @Test
  void anotherKindOfKeyIsRefused() {
    long generic = keys.add(ImportedKeys.CKK_GENERIC_SECRET, new byte[16]);
    TokenCipher cipher =
        new GcmCipher(new GcmMechanism(CKM_SM4_GCM, GCM, new SecureRandom()), generic);
    assertThatThrownBy(
            () -> cipher.encrypt(keys.session(), new byte[1], new byte[1], keys.deadline()))
        .isInstanceOf(Pkcs11Exception.class)
        .hasMessageContaining("CKR_KEY_TYPE_INCONSISTENT");
  }

  private TokenCipher cipher(byte[] key, SecureRandom random) {
    return new GcmCipher(
        new GcmMechanism(CKM_SM4_GCM, GCM, random), keys.add(ImportedKeys.CKK_SM4, key));
  }

  private static byte[] bouncyCastle(
      boolean encrypt, byte[] key, byte[] iv, byte[] aad, byte[] input) throws Exception {
    GCMModeCipher cipher = GCMBlockCipher.newInstance(new SM4Engine());
    cipher.init(encrypt, new AEADParameters(new KeyParameter(key), 128, iv, aad));
    byte[] output = new byte[cipher.getOutputSize(input.length)];
    int length = cipher.processBytes(input, 0, input.length, output, 0);
    assertThat(length + cipher.doFinal(output, length)).isEqualTo(output.length);
    return output;
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
