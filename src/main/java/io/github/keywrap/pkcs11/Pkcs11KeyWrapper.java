package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.Envelope;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.UnknownKey;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * Wraps with an AES key that never leaves its token. The token may go away and come back at any
 * time: calls fail with {@code BackendUnavailable} meanwhile, and nobody has to restart anything.
 */
final class Pkcs11KeyWrapper implements KeyWrapper {
  private static final String TYPE = "pkcs11";
  private static final Duration MOST_CLOSING = Duration.ofSeconds(1);

  private final Pkcs11KeySettings settings;
  private final TokenLink link;
  private final Module module;
  private volatile boolean closed;

  Pkcs11KeyWrapper(Pkcs11KeySettings settings, TokenLink link, Module module) {
    this.settings = settings;
    this.link = link;
    this.module = module;
  }

  /**
   * Known from the settings where they name a CKA_ID or identity; otherwise once the key is seen.
   */
  @Override
  public Optional<KeyId> currentKeyId() {
    return link.identity().or(() -> identityOf(settings)).map(this::keyId);
  }

  private static Optional<String> identityOf(Pkcs11KeySettings settings) {
    return Optional.of(settings.identity())
        .filter(identity -> !identity.isEmpty())
        .or(
            () ->
                Optional.of(settings.keyId()).filter(id -> id.length() >= 2 * KeyFinder.LEAST_ID));
  }

  private KeyId keyId(String identity) {
    return KeyId.of(TYPE, identity + "-" + settings.algorithm().label())
        .withGeneration(settings.generation());
  }

  @Override
  public boolean opens(KeyId other) {
    return currentKeyId()
        .filter(own -> own.withGeneration(0).equals(other.withGeneration(0)))
        .isPresent();
  }

  @Override
  public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
    if (plaintext.length() == 0 || plaintext.length() > MAX_PLAINTEXT) {
      throw new IllegalArgumentException("the plaintext is empty or too long");
    }
    return call(
        deadline,
        usable -> {
          KeyId keyId = keyId(usable.connection().identity());
          GcmMechanism.Sealed sealed =
              usable
                  .connection()
                  .encrypt(
                      Envelope.associatedData(settings.algorithm(), keyId),
                      plaintext.expose(),
                      deadline);
          return new WrappedKey(keyId, envelope(keyId, sealed));
        });
  }

  private byte[] envelope(KeyId keyId, GcmMechanism.Sealed sealed) {
    try {
      return new Envelope(settings.algorithm(), keyId, sealed.iv(), sealed.ciphertext()).encode();
    } catch (IllegalArgumentException impossible) {
      throw new GcmMechanism.UnusableOutput("the token returned a ciphertext of impossible length");
    }
  }

  @Override
  public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
    Envelope envelope = envelope(wrapped);
    return call(
        deadline,
        usable -> {
          if (!opens(envelope.keyId())) {
            throw new UnknownKey("the ciphertext was made with key id " + envelope.keyId());
          }
          return SecretBytes.owning(open(usable, envelope, deadline));
        });
  }

  private Envelope envelope(WrappedKey wrapped) {
    Envelope envelope = Envelope.of(wrapped);
    if (envelope.algorithm() != settings.algorithm()) {
      throw new InvalidCiphertext(
          "the ciphertext says %s, and the key is for %s"
              .formatted(envelope.algorithm(), settings.algorithm()));
    }
    return envelope;
  }

  private static byte[] open(TokenLink.Usable usable, Envelope envelope, Deadline deadline) {
    Connection connection = usable.connection();
    try {
      return connection.decrypt(
          envelope.iv(), envelope.associatedData(), envelope.sealed(), deadline);
    } catch (Pkcs11Exception e) {
      if (e.refusesCiphertext()
          || e.mayRefuseCiphertext() && connection.isSound(usable.knownGood(), deadline)) {
        throw new InvalidCiphertext("the ciphertext is not authentic: altered or truncated");
      }
      throw e;
    }
  }

  /** Runs a call, and once more on a new connection if the first one proves to be lost. */
  private <T> T call(Deadline deadline, Function<TokenLink.Usable, T> call) {
    if (closed) {
      throw new BackendUnavailable("the token is closed", null);
    }
    TokenLink.Usable usable = link.await(deadline);
    try {
      return call.apply(usable);
    } catch (Pkcs11Exception e) {
      if (e.refusesPlaintext()) {
        throw Connector.translate(e);
      }
      link.lose(usable.connection(), String.valueOf(e.getMessage()));
    } catch (GcmMechanism.UnusableOutput lost) {
      link.lose(usable.connection(), String.valueOf(lost.getMessage()));
    }
    TokenLink.Usable again = link.await(deadline);
    try {
      return call.apply(again);
    } catch (Pkcs11Exception | GcmMechanism.UnusableOutput lost) {
      link.lose(again.connection(), String.valueOf(lost.getMessage()));
      throw Connector.translate(lost);
    }
  }

  /**
   * Waits for the library only for a moment: one that hangs must not hold the end of the process.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Thread closing =
        Thread.ofPlatform()
            .name("close-" + settings.name())
            .daemon()
            .start(
                () -> {
                  link.close();
                  module.close();
                });
    try {
      boolean _ = closing.join(MOST_CLOSING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
