package io.github.keywrap.observe;

import io.github.keywrap.domain.CiphertextForm;
import io.github.keywrap.domain.HealthMonitor;
import io.github.keywrap.domain.InlineBulkhead;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.RingKey;
import java.util.List;
import java.util.Optional;

/** A ring with one key, "hsm". */
final class OneKey {
  private OneKey() {}

  static KeyRing ring(KeyWrapper backEnd, HealthMonitor monitor) {
    RingKey key =
        new RingKey(
            "hsm", new CiphertextForm.Enveloped(), backEnd, backEnd, new InlineBulkhead(), monitor);
    return new KeyRing("hsm", List.of(key), Optional.empty());
  }
}
