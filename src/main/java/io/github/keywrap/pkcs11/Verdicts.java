package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Ciphertexts that a token could not open while it opened others, for a minute: a corrupt object is
 * read again and again, and finding out costs several calls of the token.
 */
final class Verdicts {
  private static final int MOST = 1_024;
  private static final Duration LIFE = Duration.ofSeconds(60);

  private final LongSupplier clock;

  /** By SHA-256, with when it ends. */
  private final Map<String, Long> refused =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST;
        }
      };

  Verdicts(LongSupplier clock) {
    this.clock = clock;
  }

  /**
   * Refuses what was refused within the last minute.
   *
   * @throws InvalidCiphertext if it was
   */
  synchronized void require(byte[] associatedData, Encrypted encrypted) {
    if (refused.isEmpty()) {
      return;
    }
    String name = name(associatedData, encrypted);
    @Nullable Long until = refused.get(name);
    if (until == null) {
      return;
    }
    if (clock.getAsLong() - until < 0) {
      throw InvalidCiphertext.notAuthentic();
    }
    refused.remove(name);
  }

  /** Keeps that it is not authentic. */
  synchronized void refuse(byte[] associatedData, Encrypted encrypted) {
    refused.put(name(associatedData, encrypted), clock.getAsLong() + LIFE.toNanos());
  }

  private static String name(byte[] associatedData, Encrypted encrypted) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(associatedData);
      sha256.update((byte) encrypted.iv().length);
      sha256.update(encrypted.iv());
      sha256.update(encrypted.ciphertext());
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
