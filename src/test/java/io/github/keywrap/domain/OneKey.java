package io.github.keywrap.domain;

import java.util.List;
import java.util.Optional;

/** A ring with one key, "hsm". */
public final class OneKey {
  private OneKey() {}

  public static KeyRing ring(KeyWrapper backEnd, HealthMonitor monitor) {
    RingKey key =
        new RingKey(
            "hsm",
            new CiphertextForm.Enveloped(),
            ReadBackKeyWrapper.always(backEnd, () -> {}),
            new InlineBulkhead(),
            monitor);
    return new KeyRing("hsm", List.of(key), Optional.empty());
  }
}
