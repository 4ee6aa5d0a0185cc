package io.github.keywrap.transport;

import com.google.protobuf.ByteString;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KeyWrapper;
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

  private final KeyRing ring;
  private final Duration callTimeout;
  private final VersionResponse version;

  /**
   * @param callTimeout upper bound of a call
   * @param programVersion of keywrap, a semantic version
   */
  public KmsV1Service(KeyRing ring, Duration callTimeout, String programVersion) {
    this.ring = ring;
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
      Deadline deadline = Requests.deadline(callTimeout);
      Requests.answer(
          ring.active().wrap(key -> wrap(key, request.getPlain(), deadline), deadline), observer);
    } catch (RuntimeException | Error refused) {
      observer.onError(GrpcErrors.translate(refused));
    }
  }

  @Override
  public void decrypt(DecryptRequest request, StreamObserver<DecryptResponse> observer) {
    try {
      requireVersion(request.getVersion());
      KeyRing.Route route = ring.route(request.getCipher().toByteArray());
      Deadline deadline = Requests.deadline(callTimeout);
      Requests.answer(
          route.key().unwrap(key -> unwrap(key, route.wrapped(), deadline), deadline), observer);
    } catch (RuntimeException | Error refused) {
      observer.onError(GrpcErrors.translate(refused));
    }
  }

  private static EncryptResponse wrap(KeyWrapper key, ByteString plain, Deadline deadline) {
    try (SecretBytes plaintext = Requests.secret(plain)) {
      byte[] ciphertext = key.wrap(plaintext, deadline).ciphertext();
      return EncryptResponse.newBuilder().setCipher(Requests.message(ciphertext)).build();
    }
  }

  private static DecryptResponse unwrap(KeyWrapper key, WrappedKey wrapped, Deadline deadline) {
    try (SecretBytes plaintext = key.unwrap(wrapped, deadline)) {
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
