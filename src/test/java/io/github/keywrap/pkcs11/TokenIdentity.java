package io.github.keywrap.pkcs11;

import io.github.keywrap.device.DeviceIdentity;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.time.Duration;

/** Which token it is that settings mean. */
public final class TokenIdentity {
  private TokenIdentity() {}

  /** Asks the library. */
  public static DeviceIdentity of(Pkcs11KeySettings settings) {
    Deadline deadline = Deadline.after(Duration.ofSeconds(10));
    try (CryptokiLibrary library = CryptokiLibrary.of(settings.token().library())) {
      return TokenChoice.of(
              settings.token().name(), Slots.tokens(library.initialized(deadline), deadline))
          .identity(library);
    }
  }
}
