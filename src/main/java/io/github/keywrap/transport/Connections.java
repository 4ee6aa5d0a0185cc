package io.github.keywrap.transport;

import static java.util.Comparator.comparingLong;
import static java.util.concurrent.TimeUnit.SECONDS;
import static java.util.function.Predicate.not;

import io.github.keywrap.domain.LogBudget;
import io.netty.channel.Channel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * The open connections to the socket: a fixed number, so that whoever holds many leaves the back
 * ends their file descriptors. One more costs the one that nothing came from for the longest: of
 * those without a call, or, where more than half have one, of those with a call. So whoever is new
 * always gets in, and a call that is under way is not cut off by connections that only stand open.
 *
 * <p>A client whose idle connection is closed is told so by HTTP/2, and makes a new one with its
 * next call; only one that it sends in that very moment fails, as UNAVAILABLE.
 */
final class Connections {
  /** A kube-apiserver has one for each provider that its encryption configuration names. */
  static final int MAX = 128;

  /** Told to close, and not closed yet: while there are more, nobody is let in. */
  private static final int MAX_LEAVING = 32;

  private static final Logger LOG = System.getLogger(Connections.class.getName());
  private static final LogBudget LINES = new LogBudget(Duration.ofSeconds(10));

  private final Duration callTimeout;
  private final Set<ConnectionGuard> open = ConcurrentHashMap.newKeySet();
  private final Semaphore leaving = new Semaphore(MAX_LEAVING);

  /**
   * @param callTimeout after which every call is answered
   */
  Connections(Duration callTimeout) {
    this.callTimeout = callTimeout;
  }

  /**
   * Takes in a connection that was accepted and is on no event loop yet, and closes another if
   * there are too many. For one thread, which may have to wait for that.
   *
   * @return false if there is no room: the caller closes it
   */
  boolean admit(Channel connection) {
    if (open.size() >= MAX && !makeRoom()) {
      return false;
    }
    ConnectionGuard guard = new ConnectionGuard(connection, callTimeout);
    connection.pipeline().addFirst(guard);
    open.add(guard);
    connection.closeFuture().addListener(_ -> remove(guard));
    return true;
  }

  private boolean makeRoom() {
    if (LINES.take()) {
      LOG.log(
          Level.WARNING,
          "more than {0} connections to the socket: for each new one, one that is idle is closed;"
              + " ss -xp shows who holds them{1}",
          MAX,
          LINES.leftOut());
    }
    Optional<ConnectionGuard> longestIdle = longestIdle();
    if (longestIdle.isEmpty() || !mayLeave()) {
      return false;
    }
    if (open.remove(longestIdle.get())) {
      longestIdle.get().leave(longestIdle.get().hasCalls());
    } else {
      leaving.release();
    }
    return true;
  }

  private boolean mayLeave() {
    try {
      return leaving.tryAcquire(1, SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Optional<ConnectionGuard> longestIdle() {
    List<ConnectionGuard> registered = open.stream().filter(ConnectionGuard::canLeave).toList();
    List<ConnectionGuard> busy = registered.stream().filter(ConnectionGuard::hasCalls).toList();
    long now = System.nanoTime();
    return (busy.size() > MAX / 2
            ? busy.stream()
            : registered.stream().filter(not(ConnectionGuard::hasCalls)))
        .min(comparingLong(guard -> guard.lastRead() - now));
  }

  private void remove(ConnectionGuard guard) {
    if (!open.remove(guard)) {
      leaving.release();
    }
  }
}
