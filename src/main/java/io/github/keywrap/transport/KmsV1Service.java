package io.github.keywrap.transport;

import io.github.keywrap.domain.KeyEncryptionService;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.transport.v1beta1.DecryptRequest;
import io.github.keywrap.transport.v1beta1.DecryptResponse;
import io.github.keywrap.transport.v1beta1.EncryptRequest;
import io.github.keywrap.transport.v1beta1.EncryptResponse;
import io.github.keywrap.transport.v1beta1.KeyManagementServiceGrpc;
import io.github.keywrap.transport.v1beta1.VersionRequest;
import io.github.keywrap.transport.v1beta1.VersionResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/**
 * KMS v1: one Encrypt per object that kube-apiserver writes, one Decrypt per read that misses its
 * cache. The request names no key: the envelope does.
 */
public final class KmsV1Service implements KeyManagementServiceGrpc.AsyncService {
  /** The only version that kube-apiserver accepts. */
  static final String VERSION = "v1beta1";

  private final KeyEncryptionService service;
  private final Duration callTimeout;
  private final VersionResponse version;

  /**
   * @param callTimeout upper bound of a call
   * @param programVersion of keywrap, a semantic version
   */
  public KmsV1Service(KeyEncryptionService service, Duration callTimeout, String programVersion) {
    this.service = service;
    this.callTimeout = callTimeout;
    this.version =
        VersionResponse.newBuilder()
            .setVersion(VERSION)
            .setRuntimeName("keywrap")
            .setRuntimeVersion(programVersion)
            .build();
  }

  @Override
  public void version(VersionRequest request, StreamObserver<VersionResponse> observer) {
    try {
      requireVersion(request.getVersion());
      observer.onNext(version);
      observer.onCompleted();
    } catch (StatusRuntimeException refused) {
      observer.onError(refused);
    }
  }

  @Override
  public void encrypt(EncryptRequest request, StreamObserver<EncryptResponse> observer) {
    try {
      requireVersion(request.getVersion());
      Requests.requirePlaintext(request.getPlain());
      Requests.answer(
          service.encrypt(Requests.secret(request.getPlain()), Requests.deadline(callTimeout)),
          KmsV1Service::response,
          observer);
    } catch (RuntimeException | Error refused) {
      observer.onError(GrpcErrors.translate(refused));
    }
  }

  @Override
  public void decrypt(DecryptRequest request, StreamObserver<DecryptResponse> observer) {
    try {
      requireVersion(request.getVersion());
      Requests.answer(
          service.decrypt(request.getCipher().toByteArray(), Requests.deadline(callTimeout)),
          KmsV1Service::response,
          observer);
    } catch (RuntimeException | Error refused) {
      observer.onError(GrpcErrors.translate(refused));
    }
  }

  private static EncryptResponse response(WrappedKey wrapped) {
    return EncryptResponse.newBuilder().setCipher(Requests.message(wrapped.ciphertext())).build();
  }

  private static DecryptResponse response(SecretBytes plaintext) {
    try (plaintext) {
      return DecryptResponse.newBuilder().setPlain(Requests.message(plaintext)).build();
    }
  }

  private static void requireVersion(String requested) {
    if (!requested.equals(VERSION)) {
      throw GrpcErrors.invalidArgument(
          "the request is of another API version than " + VERSION + ", which this service speaks");
    }
  }
}
