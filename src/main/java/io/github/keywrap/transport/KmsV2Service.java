package io.github.keywrap.transport;

import io.github.keywrap.domain.KeyEncryptionService;
import io.github.keywrap.domain.KeyId;
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

  private final KeyEncryptionService service;
  private final Duration callTimeout;

  /**
   * @param callTimeout upper bound of a call
   */
  public KmsV2Service(KeyEncryptionService service, Duration callTimeout) {
    this.service = service;
    this.callTimeout = callTimeout;
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
    switch (service.status()) {
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
      Requests.answer(
          service.encryptNamed(
              Requests.secret(request.getPlaintext()), Requests.deadline(callTimeout)),
          KmsV2Service::response,
          observer);
    } catch (RuntimeException | Error refused) {
      observer.onError(GrpcErrors.translate(refused));
    }
  }

  private static EncryptResponse response(WrappedKey wrapped) {
    return EncryptResponse.newBuilder()
        .setCiphertext(Requests.message(wrapped.ciphertext()))
        .setKeyId(wrapped.keyId().toString())
        .build();
  }

  @Override
  public void decrypt(DecryptRequest request, StreamObserver<DecryptResponse> observer) {
    try {
      if (request.getAnnotationsCount() > 0) {
        throw GrpcErrors.invalidArgument(
            "the request carries annotations, and keywrap never makes any: not its ciphertext");
      }
      Requests.answer(
          service.decryptNamed(
              request.getCiphertext().toByteArray(),
              request.getKeyId(),
              Requests.deadline(callTimeout)),
          KmsV2Service::response,
          observer);
    } catch (RuntimeException | Error refused) {
      observer.onError(GrpcErrors.translate(refused));
    }
  }

  private static DecryptResponse response(SecretBytes plaintext) {
    try (plaintext) {
      return DecryptResponse.newBuilder().setPlaintext(Requests.message(plaintext)).build();
    }
  }
}
