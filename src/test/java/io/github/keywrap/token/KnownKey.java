package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.Envelope;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * A key on a token whose value the test knows, too: of each ciphertext it is told at once whether
 * it is of this key, without asking the token.
 */
final class KnownKey implements AutoCloseable {
  private static final Duration CALL = Duration.ofSeconds(10);
  private static final int TAG_BITS = 128;

  /** Opened after the restart; more would only take longer. */
  private static final int MAX_KEPT = 2_000;

  private final Pkcs11KeySettings settings;
  private final SecretKey value;
  private final Queue<Wrapped> kept = new ConcurrentLinkedQueue<>();
  private final AtomicInteger wrapped = new AtomicInteger();
  private final AtomicInteger foreign = new AtomicInteger();
  private final List<Thread> callers = new ArrayList<>();
  private final ReadWriteLock calls = new ReentrantReadWriteLock();
  private volatile KeyWrapper wrapper;
  private volatile boolean ended;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Wrapped(WrappedKey key, byte[] plaintext) {}

  KnownKey(Pkcs11KeySettings settings, SecretKey value) {
    this.settings = settings;
    this.value = value;
    this.wrapper = new Pkcs11BackEnd(settings).open();
  }

  /** Has so many callers wrap without a pause. */
  void begin(int number) {
    for (int i = 0; i < number; i++) {
      callers.add(Thread.ofPlatform().daemon().start(this::wrapAndWrap));
    }
  }

  private void wrapAndWrap() {
    while (!ended) {
      calls.readLock().lock();
      try {
        wrap();
      } catch (KmsException tokenIsAway) {
        // It is tried again.
      } finally {
        calls.readLock().unlock();
      }
    }
  }

  /** Does something while none of the callers is inside a call. */
  void whileQuiet(Runnable work) {
    calls.writeLock().lock();
    try {
      work.run();
    } finally {
      calls.writeLock().unlock();
    }
  }

  /** Gives its connection back. */
  void stop() {
    wrapper.close();
  }

  /** Connects again, after {@link #stop}. */
  void start() {
    wrapper = new Pkcs11BackEnd(settings).open();
  }

  void wrap() {
    byte[] plaintext = new byte[32];
    new SecureRandom().nextBytes(plaintext);
    try (SecretBytes secret = SecretBytes.owning(plaintext.clone())) {
      WrappedKey key = wrapper.wrap(secret, Deadline.after(CALL));
      if (!isOwn(key.envelope(), plaintext)) {
        foreign.incrementAndGet();
      }
      if (wrapped.incrementAndGet() <= MAX_KEPT) {
        kept.add(new Wrapped(key, plaintext));
      }
    }
  }

  private boolean isOwn(Envelope envelope, byte[] plaintext) {
    try {
      Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
      gcm.init(Cipher.DECRYPT_MODE, value, new GCMParameterSpec(TAG_BITS, envelope.iv()));
      gcm.updateAAD(envelope.associatedData());
      return Arrays.equals(gcm.doFinal(envelope.sealed()), plaintext);
    } catch (AEADBadTagException anotherKeys) {
      return false;
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** A call with so little time that it is over before the library is there again. */
  void callInVain() {
    try (SecretBytes secret = SecretBytes.owning(new byte[32])) {
      WrappedKey _ = wrapper.wrap(secret, Deadline.after(Duration.ofMillis(50)));
    } catch (KmsException tooLate) {
      // As meant.
    }
  }

  /** How many ciphertexts there have been. */
  int wrapped() {
    return wrapped.get();
  }

  void requireAllItsOwn() {
    assertThat(foreign).as("ciphertexts of another key, of %s", wrapped).hasValue(0);
  }

  /** Ends everything, and opens what it wrapped with a new connection. */
  void requireOpensAfterRestart() throws InterruptedException {
    ended = true;
    for (Thread caller : callers) {
      caller.join();
    }
    stop();
    start();
    for (Wrapped each : kept) {
      try (SecretBytes opened = wrapper.unwrap(each.key(), Deadline.after(CALL))) {
        assertThat(opened.expose()).isEqualTo(each.plaintext());
      }
    }
  }

  @Override
  public void close() {
    ended = true;
    wrapper.close();
  }
}
