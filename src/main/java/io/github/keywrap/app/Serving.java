package io.github.keywrap.app;

import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.settings.Settings;
import io.github.keywrap.settings.SocketSettings;
import io.github.keywrap.transport.SocketClaim;
import io.micrometer.core.instrument.Metrics;
import io.quarkus.runtime.Quarkus;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@code serve} needs from the start: settings, open keys, the claim on the socket. All that
 * an operator can get wrong is found here, before the framework is started and not beside it: two
 * threads that initialize classes of the logging at once can wait for each other for ever.
 */
public record Serving(Settings settings, KeyRing ring, SocketClaim claim, Termination termination) {
  /** The framework makes its own objects; this hands them ours. One per process. */
  private static final AtomicReference<Serving> CURRENT = new AtomicReference<>();

  /**
   * Serves until SIGTERM or SIGINT.
   *
   * @param onWait told if another process still serves on the socket
   * @return the exit code
   * @throws io.github.keywrap.config.ConfigurationException if a key cannot be opened
   * @throws io.github.keywrap.domain.OperatorException if the socket cannot be had
   */
  public static int run(Settings settings, Consumer<String> onWait) {
    Termination termination = new Termination();
    try (KeyRing ring = KeyRings.open(settings, Metrics.globalRegistry);
        SocketClaim claim = claim(settings.socket(), onWait)) {
      termination.catchSignals();
      ManagementEndpoints.configure(settings.management());
      if (settings.debug()) {
        System.setProperty("quarkus.log.category.\"io.github.keywrap\".level", "DEBUG");
      }
      CURRENT.set(new Serving(settings, ring, claim, termination));
      AtomicInteger exitCode = new AtomicInteger(1);
      AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
      Quarkus.run(
          ServeApplication.class,
          (code, cause) -> {
            exitCode.set(code);
            failure.set(cause);
          });
      rethrow(failure.get());
      return exitCode.get();
    }
  }

  /** Does what SIGTERM does. */
  public static void stop() {
    current().termination().request();
  }

  private static void rethrow(@Nullable Throwable failure) {
    switch (failure) {
      case null -> {}
      case RuntimeException known -> throw known;
      default -> throw new IllegalStateException("could not serve", failure);
    }
  }

  private static SocketClaim claim(SocketSettings socket, Consumer<String> onWait) {
    return SocketClaim.acquire(
        socket.path(), socket.mode(), socket.group(), socket.takeoverWait(), onWait);
  }

  static Serving current() {
    return CURRENT.get();
  }
}
