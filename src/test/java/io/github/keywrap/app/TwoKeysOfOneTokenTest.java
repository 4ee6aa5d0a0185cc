package io.github.keywrap.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.pkcs11.Pkcs11Keys;
import io.github.keywrap.pkcs11.Reinitialization;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.token.SoftHsm;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two keys of one token, as in every rotation. The handle of one can be that of the other after the
 * library was initialized again: a ciphertext made with it opens now, and never after a restart.
 */
final class TwoKeysOfOneTokenTest {
  private static final int REINITIALIZATIONS = 200;
  private static final int CALLERS = 6;

  @TempDir private Path folder;
  private final List<Key> keys = new ArrayList<>();

  /** A key, who uses it, and what it wrapped. */
  private static final class Key implements AutoCloseable {
    private final Pkcs11KeySettings settings;
    private final Queue<Wrapped> wrapped = new ConcurrentLinkedQueue<>();
    private final List<Thread> callers = new ArrayList<>();
    private KeyWrapper wrapper;
    private volatile boolean ended;

    record Wrapped(WrappedKey key, byte[] plaintext) {}

    Key(Pkcs11KeySettings settings) {
      this.settings = settings;
      this.wrapper = Pkcs11Keys.open(settings);
    }

    void begin() {
      for (int i = 0; i < CALLERS; i++) {
        callers.add(Thread.ofPlatform().daemon().start(this::call));
      }
    }

    private void call() {
      while (!ended) {
        try {
          wrap();
        } catch (KmsException tokenIsAway) {
          // It is tried again.
        }
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

    void wrap() {
      byte[] plaintext = new byte[32];
      new SecureRandom().nextBytes(plaintext);
      try (SecretBytes secret = SecretBytes.owning(plaintext.clone())) {
        wrapped.add(new Wrapped(wrapper.wrap(secret, deadline()), plaintext));
      }
    }

    void restart() throws InterruptedException {
      ended = true;
      for (Thread caller : callers) {
        caller.join();
      }
      wrapper.close();
    }

    void requireOpensAll() {
      wrapper = Pkcs11Keys.open(settings);
      for (Wrapped each : wrapped) {
        try (SecretBytes opened = wrapper.unwrap(each.key(), deadline())) {
          assertThat(opened.expose()).isEqualTo(each.plaintext());
        }
      }
    }

    private static Deadline deadline() {
      return Deadline.after(Duration.ofSeconds(10));
    }

    @Override
    public void close() {
      ended = true;
      wrapper.close();
    }
  }

  @BeforeEach
  void makeKeys() throws Exception {
    for (Pkcs11KeySettings key : TokenKey.twoOnOneToken(folder)) {
      Key opened = new Key(key);
      keys.add(opened);
      opened.wrap();
    }
  }

  @AfterEach
  void close() {
    SoftHsm.faults();
    keys.forEach(Key::close);
  }

  /**
   * The one key is found first, and so has the least handle. While another one has the library
   * initialized, its calls run out of time, and with them its sessions; and then the other one is
   * found first.
   */
  @Test
  void aKeyDoesNotTakeTheHandleThatAnotherHasNow() throws Exception {
    Key first = keys.getFirst();
    Key second = keys.getLast();
    first.wrap();
    second.wrap();
    Path library = SoftHsm.faultyLibrary();
    SoftHsm.faults("C_Initialize slow 4000");
    Thread initializing = Thread.ofPlatform().start(() -> Reinitialization.of(library));
    for (int i = 0; i < 3; i++) {
      first.callInVain();
    }
    initializing.join();
    second.wrap();
    first.wrap();
    for (Key key : keys) {
      key.restart();
    }
    for (Key key : keys) {
      key.requireOpensAll();
    }
  }

  @Test
  void eachCiphertextOpensUnderItsOwnKeyHoweverOftenTheLibraryIsInitialized() throws Exception {
    keys.forEach(Key::begin);
    for (int i = 0; i < REINITIALIZATIONS; i++) {
      Reinitialization.of(SoftHsm.faultyLibrary());
      for (Key key : keys) {
        int before = key.wrapped.size();
        await()
            .pollDelay(Duration.ofMillis(1))
            .pollInterval(Duration.ofMillis(1))
            .atMost(Duration.ofSeconds(20))
            .until(() -> key.wrapped.size() > before);
      }
    }
    for (Key key : keys) {
      key.restart();
    }
    for (Key key : keys) {
      key.requireOpensAll();
    }
  }
}
