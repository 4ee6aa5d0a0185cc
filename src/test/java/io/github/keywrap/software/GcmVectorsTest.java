package io.github.keywrap.software;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keywrap.domain.Algorithm;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ciphers against vectors that others made: Wycheproof, RFC 8998, GB/T 32907. */
final class GcmVectorsTest {
  private static final HexFormat HEX = HexFormat.of();

  record Vector(Algorithm algorithm, int id, String comment, JsonNode json) {
    byte[] bytes(String name) {
      return HEX.parseHex(json.get(name).asText());
    }

    boolean isValid() {
      return json.get("result").asText().equals("valid");
    }

    @Override
    public String toString() {
      return algorithm + " #" + id + " " + comment;
    }
  }

  static Stream<Vector> wycheproof() {
    return Stream.concat(
        vectors("aes_gcm_test.json", Algorithm.AES_GCM, 256),
        vectors("sm4_gcm_test.json", Algorithm.SM4_GCM, 128));
  }

  @ParameterizedTest
  @MethodSource
  void wycheproof(Vector vector) {
    Gcm gcm = Gcm.of(vector.algorithm(), vector.bytes("key"));
    byte[] iv = vector.bytes("iv");
    byte[] aad = vector.bytes("aad");
    byte[] sealed =
        HEX.parseHex(vector.json().get("ct").asText() + vector.json().get("tag").asText());
    if (vector.isValid()) {
      assertThat(gcm.open(iv, aad, sealed)).hasValue(vector.bytes("msg"));
      Gcm another = Gcm.of(vector.algorithm(), vector.bytes("key"));
      assertThat(another.seal(iv, aad, vector.bytes("msg"))).isEqualTo(sealed);
      assertThat(another.open(iv, aad, sealed)).hasValue(vector.bytes("msg"));
    } else {
      assertThat(gcm.open(iv, aad, sealed)).isEmpty();
    }
  }

  @Test
  void enoughVectorsFitTheKeysAndIvsThatAreUsed() {
    assertThat(wycheproof().filter(v -> v.algorithm() == Algorithm.AES_GCM)).hasSizeGreaterThan(60);
    assertThat(wycheproof().filter(v -> v.algorithm() == Algorithm.SM4_GCM)).hasSizeGreaterThan(60);
    assertThat(wycheproof().filter(v -> !v.isValid())).hasSizeGreaterThan(40);
  }

  /** RFC 8998, appendix A.1. */
  @Test
  void sm4GcmOfRfc8998() {
    Gcm gcm = Gcm.of(Algorithm.SM4_GCM, HEX.parseHex("0123456789abcdeffedcba9876543210"));
    byte[] iv = HEX.parseHex("00001234567800000000abcd");
    byte[] aad = HEX.parseHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    byte[] plaintext =
        HEX.parseHex(
            "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
                + "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa");
    byte[] sealed =
        HEX.parseHex(
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
                + "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
                + "83de3541e4c2b58177e065a9bf7b62ec");
    assertThat(gcm.seal(iv, aad, plaintext)).isEqualTo(sealed);
    assertThat(gcm.open(iv, aad, sealed)).hasValue(plaintext);
  }

  /** GB/T 32907-2016, appendix A.1: one block, and a million times the same. */
  @Test
  void sm4OfGbt32907() {
    byte[] key = HEX.parseHex("0123456789abcdeffedcba9876543210");
    SM4Engine engine = new SM4Engine();
    engine.init(true, new KeyParameter(key));
    byte[] block = key.clone();
    engine.processBlock(block, 0, block, 0);
    assertThat(HEX.formatHex(block)).isEqualTo("681edf34d206965e86b3e94f536e4246");
    for (int i = 1; i < 1_000_000; i++) {
      engine.processBlock(block, 0, block, 0);
    }
    assertThat(HEX.formatHex(block)).isEqualTo("595298c7c6fd271f0402f804c33d3f66");
  }

  private static Stream<Vector> vectors(String file, Algorithm algorithm, int keySize) {
    try (InputStream in = GcmVectorsTest.class.getResourceAsStream("/wycheproof/" + file)) {
      List<Vector> vectors = new ArrayList<>();
      for (JsonNode group : new ObjectMapper().readTree(in).get("testGroups")) {
        if (group.get("keySize").asInt() == keySize && group.get("ivSize").asInt() == 96) {
          for (JsonNode test : group.get("tests")) {
            vectors.add(
                new Vector(
                    algorithm, test.get("tcId").asInt(), test.get("comment").asText(), test));
          }
        }
      }
      return vectors.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
