package io.github.keywrap.cli;

import com.google.protobuf.ByteString;
import io.github.keywrap.app.Serving;
import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.transport.KmsClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * What the JVM watches in order to make an AOT cache: a short life of {@code serve} under load,
 * with a key that is thrown away. {@code bin/aot-cache} calls it, and ends it if it takes too long.
 */
@Command(name = "training-run", hidden = true, description = "Serves itself for a moment.")
final class TrainingRunCommand implements Callable<Integer> {
  /** Enough for the compiler to have seen the path of a call. */
  private static final int CALLS = 3_000;

  /** Of a call: this runs at the lowest priority, beside whatever the machine has to do. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final ByteString DEK = ByteString.copyFromUtf8("0123456789abcdef0123456789abcdef");

  @Parameters(paramLabel = "FOLDER", description = "An empty folder that nobody else may enter.")
  private Path folder;

  @Override
  public Integer call() throws Exception {
    int port = freePort();
    Path config = writeConfig(port);
    run("keygen", "--config", config.toString(), "--key", "k");
    FutureTask<Void> load = new FutureTask<>(() -> load(port), null);
    Thread.ofPlatform().daemon().start(load);
    run("serve", "--config", config.toString());
    load.get();
    return ExitCode.OK;
  }

  private static void run(String... command) {
    CommandLine keywrap = Main.commandLine();
    if (keywrap.execute(command) != ExitCode.OK) {
      throw new CheckFailedException("the training run failed at " + command[0]);
    }
  }

  private Path writeConfig(int port) throws IOException {
    Path passphrase = Files.writeString(folder.resolve("passphrase"), "of no value");
    Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
    return Files.writeString(
        folder.resolve("keywrap.yaml"),
        """
        keywrap:
          socket: { path: kms.sock }
          call-timeout: %ds
          management: { port: %d }
          active: k
          keys:
            k: { type: local, algorithm: aes-gcm, keystore: k.jwe, passphrase: { file: passphrase } }
        """
            .formatted(TIMEOUT.toSeconds(), port));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void load(int port) {
    try {
      Path socket = folder.resolve("kms.sock");
      while (!Files.exists(socket)) {
        Thread.sleep(5);
      }
      try (KmsClient client = KmsClient.patient(socket, TIMEOUT)) {
        for (int call = 0; call < CALLS; call++) {
          client.decryptV1(client.encryptV1(DEK));
          client.decryptV2(client.encryptV2(DEK));
          client.status();
        }
      }
      for (String endpoint : List.of("livez", "readyz", "healthz", "metrics")) {
        get(URI.create("http://127.0.0.1:" + port + "/" + endpoint));
      }
    } catch (IOException e) {
      throw new CheckFailedException("the training run failed: " + SystemWords.of(e));
    } catch (RuntimeException e) {
      throw new CheckFailedException(
          "the training run failed: " + KmsClient.refusal(e).orElseThrow(() -> e));
    } catch (InterruptedException e) {
      throw new CheckFailedException("the training run was interrupted");
    } finally {
      Serving.stop();
    }
  }

  private static void get(URI endpoint) throws IOException {
    try (InputStream body = endpoint.toURL().openStream()) {
      body.readAllBytes();
    }
  }
}
