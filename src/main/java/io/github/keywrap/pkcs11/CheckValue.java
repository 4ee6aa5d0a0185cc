package io.github.keywrap.pkcs11;

import io.github.keywrap.device.Connection;
import io.github.keywrap.device.Encrypted;
import io.github.keywrap.device.ProvenConnection;
import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.Envelope;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * An envelope of random bytes that only the right key opens, for a driver that cannot see which key
 * it has. Its key id is authenticated with it. Made of random bytes that nobody keeps, it says
 * nothing of the key.
 */
final class CheckValue {
  private static final int LENGTH = 32;

  private final SunPkcs11KeySettings settings;

  CheckValue(SunPkcs11KeySettings settings) {
    this.settings = settings;
  }

  /**
   * Proves that the key is the one of the settings.
   *
   * @return for people; without a check value in the settings, one to put there
   * @throws KeyUnavailable if it is another key
   * @throws Pkcs11Exception if the token fails
   */
  String prove(Connection connection, Deadline deadline) {
    if (settings.checkValue().length == 0) {
      return "not set, the key is not proved; if it is the right one, set check-value: "
          + Base64.getEncoder().encodeToString(make(connection, deadline));
    }
    Envelope envelope =
        switch (Envelope.parse(settings.checkValue())) {
          case Envelope.Parsed.WellFormed(Envelope wellFormed) -> wellFormed;
          case Envelope.Parsed.Malformed(String reason) ->
              throw new KeyUnavailable("check-value is not one of keywrap's: " + reason, null);
        };
    if (!envelope.keyId().isSameKeyAs(keyId())) {
      throw new KeyUnavailable(
          "check-value is of key %s, and the settings name %s".formatted(envelope.keyId(), keyId()),
          null);
    }
    if (!opens(connection, envelope, deadline)) {
      throw new KeyUnavailable(
          "the key with label \"%s\" does not open check-value: it is not %s"
              .formatted(settings.keyLabel(), keyId()),
          null);
    }
    return "the key is " + keyId();
  }

  private static boolean opens(Connection connection, Envelope envelope, Deadline deadline) {
    ProvenConnection<Connection> usable = ProvenConnection.of(connection, deadline);
    try {
      byte[] opened =
          usable.decrypt(
              envelope.associatedData(), new Encrypted(envelope.iv(), envelope.sealed()), deadline);
      Arrays.fill(opened, (byte) 0);
      return true;
    } catch (InvalidCiphertext refused) {
      return false;
    }
  }

  private byte[] make(Connection connection, Deadline deadline) {
    byte[] bytes = new byte[LENGTH];
    new SecureRandom().nextBytes(bytes);
    Encrypted encrypted =
        connection.encrypt(Envelope.associatedData(Algorithm.AES_GCM, keyId()), bytes, deadline);
    return new Envelope(Algorithm.AES_GCM, keyId(), encrypted.iv(), encrypted.ciphertext())
        .encode();
  }

  private KeyId keyId() {
    return Pkcs11KeyIds.of(Algorithm.AES_GCM, 0, settings.identity()).of(settings.identity());
  }
}
