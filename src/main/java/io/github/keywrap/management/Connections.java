package io.github.keywrap.management;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The open connections: few, and none for long. One more than there may be costs the oldest that
 * has not sent its request yet, or else the oldest, so that whoever holds connections open keeps
 * nobody out. For one event loop.
 */
final class Connections {
  /**
   * More than twice what is accepted before the next requests are read, so that a client that sends
   * its request with its connection is read before a flood of connections can push it out.
   */
  static final int MAX = 64;

  /** In all, from the first byte to the last. */
  static final Duration LONGEST = Duration.ofSeconds(5);

  private final Set<Connection> open = new LinkedHashSet<>();

  void add(Connection connection) {
    if (open.size() >= MAX) {
      Connection oldest =
          open.stream()
              .filter(other -> !other.hasAsked())
              .findFirst()
              .orElseGet(() -> open.iterator().next());
      open.remove(oldest);
      oldest.close();
    }
    open.add(connection);
  }

  void remove(Connection connection) {
    open.remove(connection);
  }

  /** Closes those that have had their time. */
  void sweep() {
    long now = System.nanoTime();
    List.copyOf(open).stream()
        .filter(connection -> now - connection.openedAt() >= LONGEST.toNanos())
        .forEach(Connection::close);
  }
}
