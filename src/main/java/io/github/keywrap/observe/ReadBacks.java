package io.github.keywrap.observe;

import io.github.keywrap.domain.LogBudget;
import io.github.keywrap.domain.ReadBackKeyWrapper;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** Counts what the read-backs of one key find, and says when there is no time for them. */
final class ReadBacks implements ReadBackKeyWrapper.Findings {
  private static final Logger LOG = System.getLogger(ReadBacks.class.getName());
  private static final Duration PAUSE = Duration.ofMinutes(10);

  private final String name;
  private final Counter mismatches;
  private final Counter unread;
  private final LogBudget told = new LogBudget(PAUSE);

  ReadBacks(MeterRegistry registry, String name) {
    this.name = name;
    this.mismatches =
        counter(
            registry,
            "keywrap.read.back.mismatches",
            "Ciphertexts refused because they did not open, or showed what they wrapped"
                + "; never ignore one");
    this.unread =
        counter(
            registry,
            "keywrap.wraps.unread",
            "Wraps answered without a read-back, as there was no time for it");
  }

  private Counter counter(MeterRegistry registry, String meter, String description) {
    return Counter.builder(meter).description(description).tag("key", name).register(registry);
  }

  @Override
  public void mismatch() {
    mismatches.increment();
  }

  @Override
  public void unread(Duration took) {
    unread.increment();
    if (told.take()) {
      LOG.log(
          Level.WARNING,
          "key \"{0}\": a wrap took {1} ms, and there was no time left to read it back; raise"
              + " timeout in the EncryptionConfiguration to 10s, or set verify-wrap: always to"
              + " refuse such wraps{2}",
          name,
          took.toMillis(),
          told.leftOut());
    }
  }
}
