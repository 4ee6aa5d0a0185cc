package io.github.keywrap.app;

import io.github.keywrap.settings.Settings;
import io.github.keywrap.settings.SocketSettings;
import io.github.keywrap.transport.SocketClaim;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Metrics;
import io.quarkus.runtime.Quarkus;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@code serve} needs from the start: settings, open keys, the claim on the socket. All that
 * an operator can get wrong is found here, before the framework is started and not beside it: two
 * threads that initialize classes of the logging at once can wait for each other for ever.
 */
public record Serving(
    Settings settings,
    Rings rings,
    SocketClaim claim,
    ProgramFiles files,
    Termination termination) {
  /** The framework makes its own objects; this hands them ours. One per process. */
  private static final AtomicReference<Serving> CURRENT = new AtomicReference<>();

  /**
   * Serves until SIGTERM or SIGINT.
   *
   * @param console told if another process still serves on the socket, or SIGHUP comes
   * @throws io.github.keywrap.config.ConfigurationException if a key cannot be opened
   * @throws io.github.keywrap.domain.OperatorException if the socket cannot be taken
   */
  @SuppressWarnings("EnumOrdinal") // written in this process
  public static Ending run(Settings settings, Console console) {
    Termination termination = new Termination(settings.shutdownGrace(), console);
    termination.ignoreHangups();
    termination.ignoreQuit();
    countDroppedLines(console);
    Thread.setDefaultUncaughtExceptionHandler(new UncaughtErrors(console));
    try (ProgramFiles files = ProgramFiles.watch();
        Rings rings = new Rings(KeyRings.open(settings, Metrics.globalRegistry));
        SocketClaim claim = claim(settings.socket(), console::tell)) {
      termination.catchSignals();
      FrameworkConfiguration.set(
          Map.of(
              "quarkus.log.category.\"io.github.keywrap\".level",
              settings.debug() ? "DEBUG" : "INFO"));
      CURRENT.set(new Serving(settings, rings, claim, files, termination));
      AtomicInteger ending = new AtomicInteger();
      AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
      Quarkus.run(
          ServeApplication.class,
          (code, cause) -> {
            ending.set(code);
            failure.set(cause);
          });
      rethrow(failure.get());
      return Ending.values()[ending.get()];
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

  private static void countDroppedLines(Console console) {
    FunctionCounter.builder("keywrap.log.lines.dropped", console, Console::droppedLines)
        .description("Lines of the log that were dropped, since nobody read them")
        .register(Metrics.globalRegistry);
  }

  private static SocketClaim claim(SocketSettings socket, Consumer<String> onWait) {
    return SocketClaim.acquire(
        socket.path(), socket.mode(), socket.group(), socket.takeoverWait(), onWait);
  }

  static Serving current() {
    return CURRENT.get();
  }
}
