package io.github.keywrap.device;

import io.github.keywrap.domain.Steps;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Remembers which step is under way, so that one that hangs can be named. Thread-safe. */
public final class Progress implements Steps {
  private final Steps told;
  private volatile @Nullable UnderWay underWay;

  private record UnderWay(String name, long since) {}

  /**
   * @param told is told of the steps too
   */
  Progress(Steps told) {
    this.told = told;
  }

  @Override
  public <T> T step(String name, Supplier<T> step, Function<T, String> result) {
    underWay = new UnderWay(name, System.nanoTime());
    try {
      return told.step(name, step, result);
    } finally {
      underWay = null;
    }
  }

  /** Name of the step that is under way; empty if there is none. */
  String name() {
    UnderWay now = underWay;
    return now == null ? "" : now.name();
  }

  /** The same for the end of a sentence, with how long it lasts. */
  String words() {
    UnderWay now = underWay;
    return now == null
        ? ""
        : ": step \"%s\" has taken %d s so far"
            .formatted(now.name(), Duration.ofNanos(System.nanoTime() - now.since()).toSeconds());
  }
}
