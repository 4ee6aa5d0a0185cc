package io.github.keywrap.pkcs11;

import io.github.keywrap.device.DeviceErrors;
import io.github.keywrap.device.DoubtfulCiphertextException;
import io.github.keywrap.device.Encrypted;
import io.github.keywrap.device.UnusableOutputException;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.TokenProfile.Sm4Sealed;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/** Makes a sealed key, or loads a backup of one; says that it is done once it was opened again. */
final class SealedKeyMaker {
  private final Pkcs11KeySettings settings;
  private final Sm4Sealed profile;
  private final SealedKeyStore store;
  private final Session session;
  private final TokenObjects objects;
  private final Deadline deadline;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param session logged in, one that writes
   */
  SealedKeyMaker(
      Pkcs11KeySettings settings, Sm4Sealed profile, Session session, Deadline deadline) {
    this.settings = settings;
    this.profile = profile;
    this.store = SealedKeyStore.of(settings, profile.place());
    this.session = session;
    this.objects = new TokenObjects(session, deadline);
    this.deadline = deadline;
  }

  /**
   * Makes an SM4 key from random bytes of the token and of this process, and seals it with the
   * token's AES key, which is made if it is not there.
   *
   * @throws OperatorException if there is a sealed key already, or it cannot be stored
   * @throws KmsException if the AES key may not be used
   * @throws Pkcs11Exception if the token fails
   */
  MadeKey make() {
    refuseSecond(store.read(objects));
    boolean isNew = !new KeyPlace(settings, objects).isTaken();
    if (isNew) {
      String _ = new KeyMaker(settings, objects).make();
    }
    KeyFinder.Found wrappingKey = new KeyFinder(settings).find(objects);
    SealedKey sealed;
    try {
      sealed = seal(wrappingKey);
    } catch (RuntimeException failure) {
      if (isNew) {
        destroy(wrappingKey);
      }
      throw failure;
    }
    store(sealed);
    return new MadeKey(wrappingKey.identity(), sealed.toPem());
  }

  /**
   * Stores a sealed key that the token's AES key opens.
   *
   * @throws OperatorException if there is one already, this one is of another AES key, or it cannot
   *     be stored
   */
  MadeKey restore(SealedKey backup) {
    refuseSecond(store.read(objects));
    KeyFinder.Found wrappingKey = new KeyFinder(settings).find(objects);
    byte[] key = open(backup, wrappingKey);
    Arrays.fill(key, (byte) 0);
    store(backup);
    return new MadeKey(wrappingKey.identity(), backup.toPem());
  }

  private void refuseSecond(Optional<SealedKey> there) {
    if (there.isPresent()) {
      throw new OperatorException(
          "there is a sealed key already: %s has key %s".formatted(store, there.get().identity()),
          "use it as it is; a new key needs another key-label, or another sealed-key.file");
    }
  }

  private void store(SealedKey sealed) {
    store.write(sealed, objects);
    boolean isThere =
        store
            .read(objects)
            .filter(read -> Arrays.equals(read.encode(), sealed.encode()))
            .isPresent();
    if (!isThere) {
      throw new OperatorException(
          "%s was written, and is not what was written".formatted(store),
          "delete it, and see the token's own log");
    }
  }

  private byte[] randomKey() {
    byte[] key = new byte[SealedKey.KEY_LENGTH];
    random.nextBytes(key);
    byte[] ofToken = objects.random(SealedKey.KEY_LENGTH);
    for (int i = 0; i < key.length; i++) {
      key[i] ^= ofToken[i];
    }
    Arrays.fill(ofToken, (byte) 0);
    return key;
  }

  private SealedKey seal(KeyFinder.Found wrappingKey) {
    byte[] id = new byte[SealedKey.ID_LENGTH];
    random.nextBytes(id);
    byte[] key = randomKey();
    try {
      Encrypted encrypted =
          cipher(wrappingKey)
              .encrypt(
                  session, SealedKey.associatedData(id, wrappingKey.identity()), key, deadline);
      SealedKey sealed = new SealedKey(id, wrappingKey.identity(), encrypted);
      requireOpens(sealed, wrappingKey, key);
      return sealed;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private void requireOpens(SealedKey sealed, KeyFinder.Found wrappingKey, byte[] key) {
    byte[] opened = open(sealed, wrappingKey);
    boolean same = MessageDigest.isEqual(opened, key);
    Arrays.fill(opened, (byte) 0);
    if (!same) {
      throw new UnusableOutputException("the sealed key does not open to what was sealed");
    }
  }

  private byte[] open(SealedKey sealed, KeyFinder.Found wrappingKey) {
    if (!sealed.wrappingKey().equals(wrappingKey.identity())) {
      throw new OperatorException(
          "the sealed key opens with key %s, and the settings name key %s"
              .formatted(sealed.wrappingKey(), wrappingKey.identity()),
          "set key-label or key-id to that key");
    }
    try {
      return cipher(wrappingKey)
          .decrypt(session, sealed.associatedData(), sealed.encrypted(), deadline);
    } catch (InvalidCiphertext | DoubtfulCiphertextException refused) {
      throw new OperatorException(
          "the token's key does not open the sealed key: "
              + DeviceErrors.translate(refused).getMessage(),
          "it was altered, or sealed by another key: use a good backup");
    }
  }

  private TokenCipher cipher(KeyFinder.Found wrappingKey) {
    return Ciphers.of(
        profile,
        wrappingKey.handle(),
        _ -> {
          throw new IllegalStateException("a sealed key has no MAC key");
        },
        random);
  }

  /** Leaves nothing behind; a key that stays has wrapped nothing that counts. */
  private void destroy(KeyFinder.Found wrappingKey) {
    try {
      objects.destroy(wrappingKey.handle());
    } catch (Pkcs11Exception | KmsException stays) {
      // The next keygen finds it, and uses it.
    }
  }
}
