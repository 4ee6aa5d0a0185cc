package io.github.keywrap.cli;

import com.google.protobuf.ByteString;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.transport.KmsClient;
import io.github.keywrap.transport.KmsClient.V2Ciphertext;
import io.github.keywrap.transport.v1beta1.VersionResponse;
import io.github.keywrap.transport.v2.StatusResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/** Calls a plugin the way kube-apiserver does, and holds its answers to kube-apiserver's rules. */
final class SocketCheck {
  private static final int DEK_LENGTH = 32;
  private static final int V2_LIMIT = 1_024;

  private final CheckReport report;

  SocketCheck(CheckReport report) {
    this.report = report;
  }

  void run(Path socket) {
    requireReachable(socket);
    try (KmsClient client = new KmsClient(socket)) {
      report.line("v1 Version", () -> version(client.version()));
      report.line("v1 round trip", () -> roundTripV1(client));
      report.line("v2 Status", () -> status(client.status()));
      report.line("v2 round trip", () -> roundTripV2(client));
    }
  }

  private static void requireReachable(Path socket) {
    if (Files.notExists(socket)) {
      throw new OperatorException(
          "nothing is at " + socket, "is the plugin running? see keywrap.socket.path");
    }
    if (!Files.isWritable(socket)) {
      throw new OperatorException(
          "this user may not connect to " + socket + ", or not look at its folder",
          "run as root, or as the user or a member of the group that the socket belongs to");
    }
    if (!isSocket(socket)) {
      throw new OperatorException(
          socket + " is no socket", "name the plugin's socket; see keywrap.socket.path");
    }
  }

  private static boolean isSocket(Path path) {
    try {
      return KmsClient.isSocket(path);
    } catch (IOException e) {
      throw new OperatorException(
          "cannot look at %s: %s".formatted(path, SystemWords.of(e)), "ls -l " + path);
    }
  }

  private static String version(VersionResponse response) {
    require(response.getVersion().equals("v1beta1"), "version is not v1beta1");
    return "%s, %s %s"
        .formatted(response.getVersion(), response.getRuntimeName(), response.getRuntimeVersion());
  }

  private static String status(StatusResponse response) {
    require(response.getVersion().equals("v2"), "version is not v2");
    require(response.getHealthz().equals("ok"), "healthz: " + response.getHealthz());
    require(isWithinLimit(response.getKeyId().length()), "key_id is not 1 to 1024 bytes long");
    return "%s, healthz ok, key_id %s".formatted(response.getVersion(), response.getKeyId());
  }

  private static String roundTripV1(KmsClient client) {
    ByteString dek = randomKey();
    ByteString ciphertext = client.encryptV1(dek);
    require(!ciphertext.isEmpty(), "Encrypt said success and returned nothing");
    require(client.decryptV1(ciphertext).equals(dek), "Decrypt returned something else");
    return "%d bytes wrapped to %d".formatted(dek.size(), ciphertext.size());
  }

  private static String roundTripV2(KmsClient client) {
    ByteString seed = randomKey();
    V2Ciphertext wrapped = client.encryptV2(seed);
    int length = wrapped.ciphertext().size();
    require(isWithinLimit(length), "the ciphertext is not 1 to 1024 bytes long");
    require(
        wrapped.keyId().equals(client.status().getKeyId()), "key_id is not the one Status answers");
    require(client.decryptV2(wrapped).equals(seed), "Decrypt returned something else");
    return "%d bytes wrapped to %d".formatted(seed.size(), length);
  }

  private static ByteString randomKey() {
    byte[] bytes = new byte[DEK_LENGTH];
    new SecureRandom().nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private static boolean isWithinLimit(int length) {
    return length >= 1 && length <= V2_LIMIT;
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new CheckFailedException(otherwise);
    }
  }
}
