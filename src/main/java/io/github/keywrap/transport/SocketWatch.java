package io.github.keywrap.transport;

import io.github.keywrap.domain.DefectTrace;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.domain.Watch;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Looks every few seconds whether the socket is still where it was published. If somebody has
 * removed it or its folder, that is told once, and the socket is published again.
 */
final class SocketWatch implements AutoCloseable {
  private static final Logger LOG = System.getLogger(SocketWatch.class.getName());
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final Path path;
  private final BooleanSupplier isInPlace;
  private final Publication again;
  private final Watch watch = Watch.every(PAUSE, "socket-watch", this::lookAndGoOn);

  /** What was told last; empty while the socket is in its place. Only the thread uses it. */
  private String told = "";

  /** Publishes the socket again. */
  @FunctionalInterface
  interface Publication {
    void run() throws IOException;
  }

  /**
   * @param isInPlace true also when the socket is no longer meant to be there
   */
  SocketWatch(Path path, BooleanSupplier isInPlace, Publication again) {
    this.path = path;
    this.isInPlace = isInPlace;
    this.again = again;
  }

  void start() {
    watch.startAfter(PAUSE);
  }

  /** Whatever goes wrong is told, and the next look is made all the same. */
  private void lookAndGoOn() {
    try {
      look();
    } catch (Throwable defect) {
      tell("socket {0} cannot be put back, a defect in keywrap: {1}", DefectTrace.of(defect));
    }
  }

  private void look() {
    if (isInPlace.getAsBoolean()) {
      told = "";
      return;
    }
    try {
      again.run();
      LOG.log(
          Level.WARNING,
          "socket {0} was gone: somebody had removed or replaced it; it is there again",
          path);
      told = "";
    } catch (OperatorException e) {
      tell("socket {0} is gone, and cannot be put back: {1}", e.getMessage() + "; " + e.hint());
    } catch (IOException e) {
      tell("socket {0} is gone, and cannot be put back: {1}", SystemWords.of(e));
    }
  }

  private void tell(String message, String reason) {
    if (!told.equals(reason)) {
      told = reason;
      LOG.log(Level.ERROR, message, path, reason);
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
