package io.github.keywrap.cli;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.app.KeyRings;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.RingKey;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.util.concurrent.CompletionException;

/** Tries each key of the settings on its back end. */
final class KeysCheck {
  private static final int DEK_LENGTH = 32;

  private final CheckReport report;

  KeysCheck(CheckReport report) {
    this.report = report;
  }

  void run(Settings settings) {
    settings.keys().forEach(this::steps);
    MeterRegistry meters = new SimpleMeterRegistry();
    try (KeyRing ring = KeyRings.openToTry(settings, meters)) {
      for (RingKey key : ring.keys()) {
        String name = key == ring.active() ? key.name() + " (active)" : key.name();
        Deadline deadline = Deadline.after(settings.callTimeout());
        report.line(name, () -> answer(key, deadline) + limited(key, meters));
      }
    }
  }

  /** The way to a key on a token, a line for each step; ends at the first that fails. */
  private void steps(KeySettings key) {
    try {
      BackEnds.of(key).tryOut(report.of(key.name()));
    } catch (KmsException toldInItsLine) {
      // The report has it, and has failed.
    }
  }

  private static String answer(RingKey key, Deadline deadline) {
    try {
      WrappedKey wrapped = key.wrapVerified(newKey(), deadline).join();
      return "%d bytes wrapped to %d and back".formatted(DEK_LENGTH, wrapped.ciphertext().length)
          + named(key, deadline)
          + key.monitor().condition().addition();
    } catch (CompletionException failure) {
      throw failure.getCause() instanceof KmsException known ? known : failure;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CheckFailedException("interrupted");
    }
  }

  /** A call that had to wait for its turn has gone through in the end. */
  private static String limited(RingKey key, MeterRegistry meters) {
    long throttled = KeyRings.throttled(key, meters);
    return throttled == 0
        ? ""
        : "; but: the back end limits calls, and %d of these had to be made again"
            .formatted(throttled);
  }

  /** A key may work before its id is known, which the back end is asked for beside the calls. */
  private static String named(RingKey key, Deadline deadline) throws InterruptedException {
    if (key.currentKeyId().isEmpty()) {
      key.monitor().start();
      key.monitor().awaitFirstProbe(deadline.remaining());
    }
    return key.currentKeyId()
        .map(keyId -> ", key_id " + keyId)
        .orElse(", which is enough for v1; the key_id that v2 needs is not known yet");
  }

  private static SecretBytes newKey() {
    byte[] bytes = new byte[DEK_LENGTH];
    new SecureRandom().nextBytes(bytes);
    return SecretBytes.owning(bytes);
  }
}
