package io.github.keywrap.transport;

import com.google.protobuf.ByteString;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.StatusPolicy;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.transport.v2.DecryptRequest;
import io.github.keywrap.transport.v2.DecryptResponse;
import io.github.keywrap.transport.v2.EncryptRequest;
import io.github.keywrap.transport.v2.EncryptResponse;
import io.github.keywrap.transport.v2.KeyManagementServiceGrpc;
import io.github.keywrap.transport.v2.StatusRequest;
import io.github.keywrap.transport.v2.StatusResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/**
 * KMS v2: one Encrypt per start of kube-apiserver and per change of key, each read back before it
 * is answered. Status answers from memory, whatever the back end does.
 */
public final class KmsV2Service implements KeyManagementServiceGrpc.AsyncService {
  static final String VERSION = "v2";

  /** kube-apiserver refuses a longer ciphertext. */
  private static final int MAX_CIPHERTEXT = 1_024;

  private final KeyRing ring;
  private final StatusPolicy statusPolicy;
  private final Duration callTimeout;

  /**
   * @param callTimeout upper bound of a call
   */
  public KmsV2Service(KeyRing ring, StatusPolicy statusPolicy, Duration callTimeout) {
    this.ring = ring;
    this.statusPolicy = statusPolicy;
    this.callTimeout = callTimeout;
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
    StatusPolicy.Answer answer =
        statusPolicy.answer(ring.active().monitor().health(), System.nanoTime());
    switch (answer) {
      case StatusPolicy.Answer.Ok(KeyId keyId) -> reply(observer, "ok", keyId);
      case StatusPolicy.Answer.Degraded(KeyId keyId, String reason) ->
          reply(observer, reason, keyId);
      case StatusPolicy.Answer.Refused(String reason) ->
          observer.onError(Status.UNAVAILABLE.withDescription(reason).asRuntimeException());
    }
  }

  private static void reply(StreamObserver<StatusResponse> observer, String healthz, KeyId keyId) {
    observer.onNext(
        StatusResponse.newBuilder()
            .setVersion(VERSION)
            .setHealthz(healthz)
            .setKeyId(keyId.toString())
            .build());
    observer.onCompleted();
  }

  @Override
  public void encrypt(EncryptRequest request, StreamObserver<EncryptResponse> observer) {
    try {
      Requests.requirePlaintext(request.getPlaintext());
      KeyId current = currentKeyId();
      Deadline deadline = Requests.deadline(callTimeout);
      Requests.answer(
          ring.active()
              .wrapVerified(key -> wrap(key, request.getPlaintext(), current, deadline), deadline),
          observer);
    } catch (RuntimeException | Error refused) {
      observer.onError(GrpcErrors.translate(refused));
    }
  }

  /** The id that Status answers: kube-apiserver compares the two. */
  private KeyId currentKeyId() {
    return ring.active()
        .monitor()
        .health()
        .lastKeyId()
        .orElseThrow(
            () -> new BackendUnavailable("the active key is not usable; see v2 Status", null));
  }

  private EncryptResponse wrap(KeyWrapper key, ByteString plain, KeyId current, Deadline deadline) {
    try (SecretBytes plaintext = Requests.secret(plain)) {
      WrappedKey wrapped = key.wrap(plaintext, deadline);
      if (!wrapped.keyId().equals(current)) {
        ring.active().monitor().probeNow();
        throw new BackendUnavailable("the key has just changed; ask for Status again", null);
      }
      byte[] ciphertext = wrapped.ciphertext();
      if (ciphertext.length > MAX_CIPHERTEXT) {
        throw GrpcErrors.invalidArgument(
            "the ciphertext would be %d bytes long, and kube-apiserver accepts at most %d"
                .formatted(ciphertext.length, MAX_CIPHERTEXT));
      }
      return EncryptResponse.newBuilder()
          .setCiphertext(Requests.message(ciphertext))
          .setKeyId(current.toString())
          .build();
    }
  }

  @Override
  public void decrypt(DecryptRequest request, StreamObserver<DecryptResponse> observer) {
    try {
      if (request.getAnnotationsCount() > 0) {
        throw GrpcErrors.invalidArgument(
            "the request carries annotations, and keywrap never makes any: not its ciphertext");
      }
      KeyRing.Route route = ring.route(request.getCiphertext().toByteArray(), request.getKeyId());
      Deadline deadline = Requests.deadline(callTimeout);
      Requests.answer(
          route.key().unwrap(key -> unwrap(key, route.wrapped(), deadline), deadline), observer);
    } catch (RuntimeException | Error refused) {
      observer.onError(GrpcErrors.translate(refused));
    }
  }

  private static DecryptResponse unwrap(KeyWrapper key, WrappedKey wrapped, Deadline deadline) {
    try (SecretBytes plaintext = key.unwrap(wrapped, deadline)) {
      return DecryptResponse.newBuilder().setPlaintext(Requests.message(plaintext)).build();
    }
  }
}
