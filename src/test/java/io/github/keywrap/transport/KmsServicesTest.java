package io.github.keywrap.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.github.keywrap.domain.CiphertextForm;
import io.github.keywrap.domain.FakeKeyWrapper;
import io.github.keywrap.domain.HealthMonitor;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyEncryptionService;
import io.github.keywrap.domain.KeyHealth;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.KmsException.Throttled;
import io.github.keywrap.domain.KmsException.UnknownKey;
import io.github.keywrap.domain.LentRing;
import io.github.keywrap.domain.PooledBulkhead;
import io.github.keywrap.domain.ReadBackKeyWrapper;
import io.github.keywrap.domain.ReadBackKeyWrapper.Policy;
import io.github.keywrap.domain.RingKey;
import io.github.keywrap.domain.StatusPolicy;
import io.github.keywrap.transport.KmsClient.V2Ciphertext;
import io.github.keywrap.transport.v2.StatusResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both services over a real socket, with a back end that does what it should not. */
final class KmsServicesTest {
  private static final ByteString DEK = ByteString.copyFromUtf8("0123456789abcdef0123456789abcdef");
  private static final Duration CALL_TIMEOUT = Duration.ofMillis(700);

  @TempDir private Path folder;

  private final FakeKeyWrapper backEnd = new FakeKeyWrapper();
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger mismatches = new AtomicInteger();
  private KeyRing ring;
  private LentRing rings;
  private KmsServer server;
  private KmsClient client;

  @BeforeEach
  void serve() throws Exception {
    ReadBackKeyWrapper verified = ReadBackKeyWrapper.always(backEnd, mismatches::incrementAndGet);
    RingKey key =
        new RingKey(
            "hsm",
            new CiphertextForm.Enveloped(),
            new ReadBackKeyWrapper(
                backEnd, Policy.SAMPLED, mismatches::incrementAndGet, () -> true),
            new PooledBulkhead("hsm", 1, 2),
            new HealthMonitor("hsm", verified, Duration.ofMillis(20), Duration.ofSeconds(1)));
    ring = new KeyRing("hsm", List.of(key), Optional.empty());
    rings = new LentRing(ring);
    key.monitor().start();
    key.monitor().awaitFirstProbe(Duration.ofSeconds(10));
    StatusPolicy coast = new StatusPolicy(true, Duration.ofHours(1), Duration.ofMinutes(1));
    KeyEncryptionService service = new KeyEncryptionService(rings, coast);
    SocketClaim claim =
        SocketClaim.acquire(
            folder.resolve("s"),
            PosixFilePermissions.fromString("rw-------"),
            "",
            Duration.ZERO,
            _ -> {});
    server =
        new KmsServer(
            claim,
            List.of(
                io.github.keywrap.transport.v1beta1.KeyManagementServiceGrpc.bindService(
                    new KmsV1Service(service, CALL_TIMEOUT, "1.2.3")),
                io.github.keywrap.transport.v2.KeyManagementServiceGrpc.bindService(
                    new KmsV2Service(service, CALL_TIMEOUT))),
            List.of(new FailureLog()),
            CALL_TIMEOUT);
    server.start();
    client = new KmsClient(folder.resolve("s"));
  }

  @AfterEach
  void end() {
    release.countDown();
    client.close();
    server.close();
    ring.close();
    // A lease is given back when the call has ended, which a client may hear of a moment before.
    await()
        .untilAsserted(() -> assertThat(rings.out()).as("leases that are not given back").isZero());
  }

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of(new InvalidCiphertext("x"), Status.Code.INVALID_ARGUMENT),
        Arguments.of(new UnknownKey("x"), Status.Code.NOT_FOUND),
        Arguments.of(new KeyUnavailable("x", null), Status.Code.FAILED_PRECONDITION),
        Arguments.of(new AccessDenied("x", null), Status.Code.PERMISSION_DENIED),
        Arguments.of(new Throttled("x"), Status.Code.RESOURCE_EXHAUSTED),
        Arguments.of(new BackendUnavailable("x", null), Status.Code.UNAVAILABLE),
        Arguments.of(BackendUnavailable.deadlineExceeded("x"), Status.Code.DEADLINE_EXCEEDED),
        Arguments.of(new IllegalStateException("x"), Status.Code.INTERNAL),
        Arguments.of(new NoClassDefFoundError("x"), Status.Code.INTERNAL));
  }

  @Test
  void v1IsServedWhileV2WaitsForTheKeyId() throws Exception {
    RingKey unnamed = ring.active();
    backEnd.isKnown = false;
    backEnd.condition = new KeyCondition.Impaired("its versions are not known yet");
    await().until(() -> unnamed.monitor().health() instanceof KeyHealth.Unnamed);
    assertThat(client.encryptV1(DEK)).isNotEmpty();
    assertStatus(client::status, Status.Code.UNAVAILABLE, "its versions are not known yet");
    assertStatus(() -> client.encryptV2(DEK), Status.Code.UNAVAILABLE, "see v2 Status");
    backEnd.isKnown = true;
    await().until(() -> unnamed.monitor().health() instanceof KeyHealth.Healthy);
    assertThat(client.encryptV2(DEK).keyId()).isEqualTo(client.status().getKeyId());
  }

  private static void assertStatus(Runnable call, Status.Code code, String reason) {
    Status status = catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus();
    assertThat(status.getCode()).isEqualTo(code);
    assertThat(status.getDescription()).contains(reason);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyKindOfFailureHasItsCode(Throwable failure, Status.Code code) {
    ByteString v1 = client.encryptV1(DEK);
    V2Ciphertext v2 = client.encryptV2(DEK);
    backEnd.unwrapping =
        _ -> {
          if (failure instanceof Error error) {
            throw error;
          }
          throw (RuntimeException) failure;
        };
    assertFails(code, () -> client.decryptV1(v1));
    assertFails(code, () -> client.decryptV2(v2));
  }

  @Test
  void aBackEndThatLiesAboutSuccessNeverBecomesASuccess() {
    backEnd.wrapping = plaintext -> new byte[plaintext.length];
    assertFails(Status.Code.INTERNAL, () -> client.encryptV1(DEK));
    assertThat(mismatches).hasPositiveValue();
    await().until(() -> ring.active().monitor().health() instanceof KeyHealth.Lost);
    assertFails(Status.Code.UNAVAILABLE, () -> client.encryptV2(DEK));
    assertFails(Status.Code.UNAVAILABLE, client::status);
  }

  @Test
  void duringAnOutageStatusIsNotOkButHasTheKeyId() {
    backEnd.wrapping =
        _ -> {
          throw new BackendUnavailable("the HSM is away", null);
        };
    await().until(() -> ring.active().monitor().health() instanceof KeyHealth.Outage);
    StatusResponse status = client.status();
    assertThat(status.getHealthz()).isEqualTo("the HSM is away");
    assertThat(status.getKeyId()).isEqualTo(FakeKeyWrapper.KEY_ID.toString());
    assertThat(status.getVersion()).isEqualTo("v2");
    assertFails(Status.Code.UNAVAILABLE, () -> client.encryptV2(DEK));
  }

  @Test
  void aHungBackEndHoldsUpNeitherStatusNorTheCaller() throws Exception {
    ByteString wrapped = client.encryptV1(DEK);
    CountDownLatch hanging = new CountDownLatch(1);
    backEnd.unwrapping =
        ciphertext -> {
          hanging.countDown();
          awaitRelease();
          return FakeKeyWrapper.reversed(ciphertext);
        };
    try (ExecutorService callers = Executors.newCachedThreadPool()) {
      List<Future<Status.Code>> calls = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        calls.add(callers.submit(() -> code(() -> client.decryptV1(wrapped))));
      }
      hanging.await();
      assertThat(client.status().getKeyId()).isEqualTo(FakeKeyWrapper.KEY_ID.toString());
      for (Future<Status.Code> call : calls) {
        assertThat(call.get()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      }
    }
    release.countDown();
    await().untilAsserted(() -> assertThat(client.decryptV1(wrapped)).isEqualTo(DEK));
  }

  @Test
  void aFullQueueRefusesAndStatusStillAnswers() throws Exception {
    ByteString wrapped = client.encryptV1(DEK);
    backEnd.unwrapping =
        ciphertext -> {
          awaitRelease();
          return FakeKeyWrapper.reversed(ciphertext);
        };
    try (ExecutorService callers = Executors.newCachedThreadPool()) {
      List<Future<Status.Code>> calls = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        calls.add(callers.submit(() -> code(() -> client.decryptV1(wrapped))));
      }
      List<Status.Code> codes = new ArrayList<>();
      for (Future<Status.Code> call : calls) {
        codes.add(call.get());
        assertThat(client.status().getVersion()).isEqualTo("v2");
      }
      assertThat(codes)
          .contains(Status.Code.RESOURCE_EXHAUSTED, Status.Code.DEADLINE_EXCEEDED)
          .doesNotContain(Status.Code.OK);
    }
  }

  private void awaitRelease() {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendUnavailable("interrupted", e);
    }
  }

  private static Status.Code code(ThrowingCallable call) {
    StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call);
    return failure == null ? Status.Code.OK : failure.getStatus().getCode();
  }

  private static void assertFails(Status.Code code, ThrowingCallable call) {
    assertThat(code(call)).isEqualTo(code);
  }
}
