package io.github.keywrap.contract;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** All that is logged at any level, until it is closed. */
public final class WrittenLogs extends Handler implements AutoCloseable {
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final Logger root = Logger.getLogger("");
  private final Logger ours = Logger.getLogger("io.github.keywrap");
  private final Level levelBefore = root.getLevel();

  public WrittenLogs() {
    setLevel(Level.ALL);
    root.addHandler(this);
    root.setLevel(Level.ALL);
    ours.setLevel(Level.ALL);
  }

  public Queue<String> lines() {
    return lines;
  }

  @Override
  public void publish(LogRecord line) {
    lines.add(new SimpleFormatter().format(line));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    root.removeHandler(this);
    root.setLevel(levelBefore);
    ours.setLevel(null);
  }
}
