package io.github.keywrap.pkcs11;

import io.github.keywrap.device.DeviceKeyIds;
import io.github.keywrap.device.DeviceLink;
import io.github.keywrap.device.ProvenConnection;
import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.software.SoftwareKeyWrapper;
import java.security.SecureRandom;

/** Has a token open the sealed key that is stored. */
final class SealedKeyReader implements AutoCloseable {
  private final DeviceKeyIds keyIds;
  private final SealedKeyStore store;
  private final DeviceLink<SessionConnection> link;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param link this closes it
   */
  SealedKeyReader(DeviceKeyIds keyIds, SealedKeyStore store, DeviceLink<SessionConnection> link) {
    this.keyIds = keyIds;
    this.store = store;
    this.link = link;
  }

  /**
   * Has the token open what is stored now.
   *
   * @return the key, the caller's to close
   * @throws KeyUnavailable if there is none, or another key than the token's sealed it
   * @throws io.github.keywrap.domain.KmsException if the token does not open it until the deadline
   */
  KeyWrapper read(Deadline deadline) {
    return link.call(
        deadline,
        usable -> {
          SealedKey sealed =
              usable
                  .connection()
                  .look(store::read, deadline)
                  .orElseThrow(
                      () ->
                          new KeyUnavailable(
                              "there is no sealed key: no %s; if there was one, load its backup with"
                                      .formatted(store)
                                  + " keygen --restore: what it wrapped does not open with a new one",
                              null));
          return bind(sealed, usable, deadline);
        });
  }

  private KeyWrapper bind(
      SealedKey sealed, ProvenConnection<SessionConnection> usable, Deadline deadline) {
    if (!sealed.wrappingKey().equals(usable.connection().identity())) {
      throw new KeyUnavailable(
          "the sealed key opens with key %s, and the settings name key %s"
              .formatted(sealed.wrappingKey(), usable.connection().identity()),
          null);
    }
    try (SecretBytes key =
        SecretBytes.owning(usable.decrypt(sealed.associatedData(), sealed.encrypted(), deadline))) {
      return new SoftwareKeyWrapper(
          keyIds.of(sealed.identity()), Algorithm.SM4_SEALED, key, random);
    } catch (InvalidCiphertext refused) {
      throw new KeyUnavailable(
          "the token's key does not open %s: it was altered, or sealed by another key; load a"
                  .formatted(store)
              + " backup with keygen --restore",
          refused);
    }
  }

  @Override
  public void close() {
    link.close();
  }

  /** The place of the sealed key. */
  @Override
  public String toString() {
    return store.toString();
  }
}
