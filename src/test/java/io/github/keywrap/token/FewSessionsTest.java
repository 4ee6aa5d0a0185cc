package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A token with few sessions serves two keys and many callers, slowly. */
final class FewSessionsTest {
  private static final int CALLERS = 8;
  private static final int PAIRS = 25;

  @TempDir private Path folder;

  @AfterEach
  void noFaults() {
    SoftHsm.faults();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "1 untold", "2", "2 untold", "3", "3 untold", "4", "16", "16 untold"})
  void everyCallIsServedWithOneLogin(String sessions) throws Exception {
    List<Pkcs11KeySettings> keys = TokenKey.twoOnOneToken(folder);
    SoftHsm.faults("sessions " + sessions);
    long before = SoftHsm.logins();
    try (KeyWrapper first = new Pkcs11BackEnd(keys.getFirst()).open();
        KeyWrapper second = new Pkcs11BackEnd(keys.getLast()).open();
        ExecutorService threads = Executors.newFixedThreadPool(2 * CALLERS)) {
      List<CompletableFuture<Void>> calls = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        calls.add(CompletableFuture.runAsync(() -> pairs(first), threads));
        calls.add(CompletableFuture.runAsync(() -> pairs(second), threads));
      }
      calls.forEach(CompletableFuture::join);
    }
    // One of each key, of which the second finds the first one's.
    assertThat(SoftHsm.logins() - before).isEqualTo(2);
  }

  /** A third would take ten seconds to be opened. */
  @Test
  void aTokenThatTellsHowManyItHasIsNotAskedForMore() throws Exception {
    List<Pkcs11KeySettings> keys = TokenKey.twoOnOneToken(folder);
    SoftHsm.faults("sessions 2");
    try (KeyWrapper wrapper = new Pkcs11BackEnd(keys.getFirst()).open();
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS)) {
      pairs(wrapper);
      SoftHsm.faults("sessions 2", "C_OpenSession slow 10000");
      long start = System.nanoTime();
      CompletableFuture.allOf(
              Stream.generate(() -> CompletableFuture.runAsync(() -> pairs(wrapper), threads))
                  .limit(CALLERS)
                  .toArray(CompletableFuture[]::new))
          .join();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(9));
      SoftHsm.faults("sessions 2");
      assertThat(BackEnds.describeTokens(keys.getFirst().token().library()))
          .contains("  sessions  2 at most");
    }
  }

  /** SoftHSM's answer to a wrong tag can mean anything: telling takes sessions, too. */
  @ParameterizedTest
  @ValueSource(strings = {"1", "1 untold", "2", "2 untold", "3 untold"})
  void anAlteredCiphertextIsToldInTimeAndWithoutALogin(String sessions) throws Exception {
    List<Pkcs11KeySettings> keys = TokenKey.twoOnOneToken(folder);
    SoftHsm.faults("sessions " + sessions);
    try (KeyWrapper wrapper = new Pkcs11BackEnd(keys.getFirst()).open();
        SecretBytes secret = SecretBytes.owning(new byte[32])) {
      WrappedKey good = wrapper.wrap(secret, Deadline.after(Duration.ofSeconds(5)));
      byte[] altered = good.ciphertext();
      altered[altered.length - 1] ^= 1;
      WrappedKey bad = new WrappedKey(good.keyId(), altered);
      long before = SoftHsm.logins();
      // kube-apiserver waits for three seconds.
      assertThatThrownBy(() -> wrapper.unwrap(bad, Deadline.after(Duration.ofSeconds(3))))
          .isInstanceOf(InvalidCiphertext.class);
      wrapper.unwrap(good, Deadline.after(Duration.ofSeconds(3))).close();
      assertThat(SoftHsm.logins()).isEqualTo(before);
    }
  }

  /** Of one key that goes while another comes, as when the settings change. */
  @Test
  void sessionsThatAreStillBeingClosedAreWaitedFor() throws Exception {
    TokenKey token = TokenKey.in(folder);
    Pkcs11KeySettings goes = token.key("");
    String _ = BackEnds.of(goes).generate();
    Pkcs11KeySettings comes = token.key(", session: read-write");
    SoftHsm.faults("sessions 1 untold", "C_CloseSession slow 1000");
    try (KeyWrapper first = new Pkcs11BackEnd(goes).open()) {
      RoundTrip.of(first);
      try (KeyWrapper second = new Pkcs11BackEnd(comes).open();
          SecretBytes secret = SecretBytes.owning(new byte[32])) {
        first.close();
        WrappedKey _ = second.wrap(secret, Deadline.after(Duration.ofSeconds(3)));
        SoftHsm.faults(); // The library is finalized only when no call is inside it.
      }
    }
  }

  private static void pairs(KeyWrapper wrapper) {
    for (int i = 0; i < PAIRS; i++) {
      Deadline deadline = Deadline.after(Duration.ofSeconds(20));
      try (SecretBytes secret = SecretBytes.owning(new byte[32])) {
        WrappedKey wrapped = wrapper.wrap(secret, deadline);
        try (SecretBytes opened = wrapper.unwrap(wrapped, deadline)) {
          assertThat(opened.sameAs(secret)).isTrue();
        }
      }
    }
  }
}
