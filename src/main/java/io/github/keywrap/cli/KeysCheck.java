package io.github.keywrap.cli;

import io.github.keywrap.app.KeyRings;
import io.github.keywrap.config.SettingsLoader;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.RingKey;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.settings.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;

/** Tries each key of the settings on its back end. */
final class KeysCheck {
  private static final int DEK_LENGTH = 32;

  private final CheckReport report;

  KeysCheck(CheckReport report) {
    this.report = report;
  }

  void run(Path config) {
    Settings settings = new SettingsLoader(config, System.getenv()).load().settings();
    try (KeyRing ring = KeyRings.open(settings, new SimpleMeterRegistry())) {
      for (RingKey key : ring.keys()) {
        String name = key == ring.active() ? key.name() + " (active)" : key.name();
        Deadline deadline = Deadline.after(settings.callTimeout());
        report.line(
            name, () -> key.callVerified(wrapper -> roundTrip(wrapper, deadline), deadline).join());
      }
    }
  }

  private static String roundTrip(KeyWrapper wrapper, Deadline deadline) {
    byte[] bytes = new byte[DEK_LENGTH];
    new SecureRandom().nextBytes(bytes);
    try (SecretBytes dek = SecretBytes.owning(bytes)) {
      WrappedKey wrapped = wrapper.wrap(dek, deadline);
      return "%d bytes wrapped to %d and back, key_id %s"
          .formatted(dek.length(), wrapped.ciphertext().length, wrapped.keyId());
    }
  }
}
