package io.github.keywrap.jdcloud;

import io.github.keywrap.app.KeyRings;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.RingKey;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.fakekms.FakeKms;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A fake KMS and a ring with its key, whose probes run: calls as kube-apiserver makes them. */
final class JdCloudRing implements AutoCloseable {
  final JdCloudKey settings;
  final RingKey key;
  private final KeyRing ring;

  /** With settings as they are when nobody sets any, but for those of {@code changes}. */
  JdCloudRing(Path folder, String... changes) throws Exception {
    this(folder, FakeKms.start(), changes);
  }

  JdCloudRing(Path folder, FakeKms kms, String... changes) throws Exception {
    settings = new JdCloudKey(Files.createDirectories(folder), kms);
    settings.unset("keys.k.request-timeout").unset("health-interval");
    settings.unset("keys.k.version-interval");
    for (int i = 0; i < changes.length; i += 2) {
      settings.set(changes[i], changes[i + 1]);
    }
    ring = KeyRings.open(settings.load(), new SimpleMeterRegistry());
    key = ring.active();
    key.monitor().start();
    key.monitor().awaitFirstProbe(Duration.ofSeconds(10));
  }

  CompletableFuture<WrappedKey> wrap(Duration time) {
    return key.wrap(SecretBytes.owning(JdCloudKey.DEK.clone()), Deadline.after(time));
  }

  CompletableFuture<byte[]> unwrap(WrappedKey wrapped, Duration time) {
    return key.unwrap(wrapped, Deadline.after(time))
        .thenApply(
            plaintext -> {
              try (plaintext) {
                return plaintext.expose().clone();
              }
            });
  }

  /** Null if it went well. */
  static @Nullable KmsException failure(CompletableFuture<?> call) {
    try {
      var _ = call.join();
      return null;
    } catch (CompletionException failed) {
      return (KmsException) failed.getCause();
    }
  }

  @Override
  public void close() throws IOException {
    ring.close();
    settings.close();
  }
}
