package io.github.keywrap.token;

import static org.awaitility.Awaitility.await;

import io.github.keywrap.pkcs11.Reinitialization;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
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
  private static final int CALLERS = 3;

  @TempDir(factory = InMemory.class)
  private Path folder;

  private final List<KnownKey> keys = new ArrayList<>();

  @BeforeEach
  void makeKeys() throws Exception {
    TokenKey token = TokenKey.in(folder);
    for (Pkcs11KeySettings settings : token.two()) {
      byte[] value = new byte[32];
      new SecureRandom().nextBytes(value);
      Path file = Files.write(folder.resolve("value"), value);
      String label = settings.key().label();
      Pkcs11Tool.importKey(token.token(), file, label, "%032x".formatted(4711 + keys.size()));
      KnownKey key = new KnownKey(settings, new SecretKeySpec(value, "AES"));
      keys.add(key);
      key.wrap();
    }
  }

  @AfterEach
  void close() {
    SoftHsm.faults();
    keys.forEach(KnownKey::close);
  }

  private void requireOwnCiphertexts() throws InterruptedException {
    keys.forEach(KnownKey::requireAllItsOwn);
    for (KnownKey key : keys) {
      key.requireOpensAfterRestart();
    }
  }

  /**
   * The one key is found first, and so has the least handle. While somebody has the library
   * initialized, its calls run out of time, and perhaps its sessions with them; and then the other
   * one is found first.
   */
  @Test
  void aKeyDoesNotTakeTheHandleThatAnotherHasNow() throws Exception {
    KnownKey first = keys.getFirst();
    KnownKey second = keys.getLast();
    second.stop();
    Path library = SoftHsm.faultyLibrary();
    SoftHsm.faults("C_Initialize slow 1000");
    Thread initializing = Thread.ofPlatform().start(() -> Reinitialization.of(library));
    for (int i = 0; i < 3; i++) {
      first.callInVain();
    }
    initializing.join();
    second.start();
    second.wrap();
    first.wrap();
    requireOwnCiphertexts();
  }

  /**
   * Under calls that are under way; and now and then such that one key sleeps until the other one
   * has connected again, with which handles of the one surely become the other's.
   */
  @Test
  void eachCiphertextIsOfItsOwnKeyHoweverOftenTheLibraryIsInitialized() throws Exception {
    Path library = SoftHsm.faultyLibrary();
    for (int i = 0; i < REINITIALIZATIONS; i++) {
      switch (i % 20) {
        case 0 -> reinitializeWhileOneSleeps(library, keys.getFirst(), keys.getLast());
        case 10 -> reinitializeWhileOneSleeps(library, keys.getLast(), keys.getFirst());
        default -> Reinitialization.of(library);
      }
      if (i == 0) {
        keys.forEach(KnownKey::wrap);
        keys.forEach(key -> key.begin(CALLERS));
      }
      for (KnownKey key : keys) {
        int before = key.wrapped();
        await()
            .pollDelay(Duration.ofMillis(1))
            .pollInterval(Duration.ofMillis(1))
            .atMost(Duration.ofSeconds(20))
            .until(() -> key.wrapped() > before);
        key.requireAllItsOwn();
      }
    }
    requireOwnCiphertexts();
  }

  private static void reinitializeWhileOneSleeps(Path library, KnownKey sleeps, KnownKey connects) {
    sleeps.whileQuiet(
        () ->
            connects.whileQuiet(
                () -> {
                  connects.stop();
                  Reinitialization.of(library);
                  connects.start();
                  connects.wrap();
                }));
  }
}
