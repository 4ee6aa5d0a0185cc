package io.github.keywrap.device;

import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
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
 * Which ciphertexts of one key are not authentic, for a minute: a corrupt object is read again and
 * again, and finding out costs several calls of the token. A token that has just refused a good
 * ciphertext is no judge: for a minute, what it refuses may be good too. Thread-safe.
 */
final class Verdicts {
  private static final int MAX = 1_024;
  private static final Duration LIFE = Duration.ofSeconds(60);

  /** For what a token refused that is no judge. */
  private static final Duration LIFE_OF_A_DOUBT = Duration.ofSeconds(2);

  private final LongSupplier clock;

  /** By SHA-256. */
  private final Map<String, Verdict> refused =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Verdict> eldest) {
          return size() > MAX;
        }
      };

  private long noJudgeUntil;

  /**
   * @param isDoubt whether the token was no judge
   */
  private record Verdict(boolean isDoubt, long until) {
    KmsException exception() {
      return isDoubt
          ? new BackendUnavailable(
              "the token refused the ciphertext, and within the last minute it has refused good ones:"
                  + " whether it is altered cannot be told now",
              null)
          : InvalidCiphertext.notAuthentic();
    }
  }

  Verdicts(LongSupplier clock) {
    this.clock = clock;
    this.noJudgeUntil = clock.getAsLong();
  }

  /** The token has refused a ciphertext that is good. */
  synchronized void refusedGoodOne() {
    noJudgeUntil = clock.getAsLong() + LIFE.toNanos();
    refused.values().removeIf(verdict -> !verdict.isDoubt());
  }

  /**
   * Refuses what was refused lately.
   *
   * @throws InvalidCiphertext if it was
   * @throws BackendUnavailable if it was, by a token that was no judge
   */
  synchronized void require(byte[] associatedData, Encrypted encrypted) {
    if (refused.isEmpty()) {
      return;
    }
    String name = name(associatedData, encrypted);
    @Nullable Verdict verdict = refused.get(name);
    if (verdict == null) {
      return;
    }
    if (clock.getAsLong() - verdict.until() < 0) {
      throw verdict.exception();
    }
    refused.remove(name);
  }

  /** Keeps that the token has refused it, and says what that means. */
  synchronized KmsException refused(byte[] associatedData, Encrypted encrypted) {
    Verdict verdict = verdict();
    refused.put(name(associatedData, encrypted), verdict);
    return verdict.exception();
  }

  /** What a refusal means now. */
  synchronized KmsException onRefusal() {
    return verdict().exception();
  }

  private Verdict verdict() {
    long now = clock.getAsLong();
    boolean isDoubt = now - noJudgeUntil < 0;
    return new Verdict(isDoubt, now + (isDoubt ? LIFE_OF_A_DOUBT : LIFE).toNanos());
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
