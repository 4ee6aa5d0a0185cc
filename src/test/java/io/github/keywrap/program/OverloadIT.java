package io.github.keywrap.program;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.github.keywrap.token.SoftHsm;
import io.github.keywrap.transport.KmsClient;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More callers than the key of the packaged program can serve: it answers some 100 a second. */
final class OverloadIT {
  private static final byte[] DEK = "0123456789abcdef0123456789abcdef".getBytes(US_ASCII);
  private static final int SECONDS = 10;

  @TempDir private Path folder;
  private Program program;

  @BeforeEach
  void serve() throws Exception {
    SoftHsm.faults();
    program = Program.in(folder);
    Path pin = Files.writeString(folder.resolve("pin"), SoftHsm.PIN + "\n");
    Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
    program
        .set("active", "hsm")
        .set("state-directory", "state")
        .set("keys.hsm.type", "pkcs11")
        .set("keys.hsm.library", SoftHsm.faultyLibrary().toString())
        .set("keys.hsm.token", SoftHsm.newToken())
        .set("keys.hsm.key-label", "kek")
        .set("keys.hsm.pin.file", "pin")
        .set("keys.hsm.pool.threads", "1");
    program.command("keygen", "--config", program.config().toString(), "--key", "hsm").succeeded();
    program.serve();
    SoftHsm.faults("C_Decrypt slow 10");
  }

  @AfterEach
  void endAll() throws Exception {
    SoftHsm.faults();
    program.close();
  }

  @Test
  void goodAnswersDoNotBecomeFewerWhereTenTimesAsManyAreAskedFor() throws Exception {
    try (KmsClient client = program.client()) {
      ByteString wrapped = client.encryptV1(ByteString.copyFrom(DEK));
      int capacity = answersWhereCallersWait(client, wrapped);
      int good = answersWhereCallersDoNot(client, wrapped, 10 * capacity / SECONDS);
      assertThat(capacity).isGreaterThan(50 * SECONDS);
      assertThat(good)
          .as(
              "good answers in %d s; %d where as many are asked for as it can do",
              SECONDS, capacity)
          .isGreaterThan((int) (0.8 * capacity));
    }
  }

  /** Of 16 callers, each of whom asks again when it is answered. */
  private int answersWhereCallersWait(KmsClient client, ByteString wrapped) throws Exception {
    AtomicInteger good = new AtomicInteger();
    AtomicBoolean ended = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 16; i++) {
        threads.execute(
            () -> {
              while (!ended.get()) {
                ask(client, wrapped, good);
              }
            });
      }
      try {
        pass(Duration.ofSeconds(1));
        int before = good.get();
        pass(Duration.ofSeconds(SECONDS));
        return good.get() - before;
      } finally {
        ended.set(true);
      }
    }
  }

  /**
   * Of callers that come whether or not others are answered; kube-apiserver's wait three seconds.
   */
  private int answersWhereCallersDoNot(KmsClient client, ByteString wrapped, int perSecond)
      throws Exception {
    AtomicInteger good = new AtomicInteger();
    int[] atSecond = new int[SECONDS + 6];
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int tenth = 0; tenth < 10 * atSecond.length; tenth++) {
        if (tenth % 10 == 0) {
          atSecond[tenth / 10] = good.get();
        }
        for (int i = 0; i < perSecond / 10; i++) {
          threads.execute(() -> ask(client, wrapped, good));
        }
        pass(Duration.ofMillis(100));
      }
    }
    // The first seconds are before anybody's time is over.
    return atSecond[SECONDS + 5] - atSecond[5];
  }

  private static void ask(KmsClient client, ByteString wrapped, AtomicInteger good) {
    try {
      assertThat(client.decryptV1(wrapped).toByteArray()).isEqualTo(DEK);
      good.incrementAndGet();
    } catch (StatusRuntimeException refusedOrLate) {
      assertThat(refusedOrLate.getStatus().getCode())
          .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.DEADLINE_EXCEEDED);
    }
  }

  private static void pass(Duration time) {
    await().atMost(time.plusSeconds(5)).pollDelay(time).until(() -> true);
  }
}
