package io.github.keywrap.pkcs11;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the connection to one key, and makes it again when it is lost, on one thread of its own: at
 * first a new session and login, and if that does not do, {@code C_Finalize} and {@code
 * C_Initialize}. Callers wait for the first attempt after a loss; while the next ones go on, they
 * fail at once.
 */
final class TokenLink implements AutoCloseable {
  private static final Logger LOG = System.getLogger(TokenLink.class.getName());
  private static final Duration ATTEMPT = Duration.ofSeconds(10);
  private static final Duration RARELY = Duration.ofSeconds(30);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  /** Where the link is. */
  private sealed interface State {
    /** The first attempt of a series is under way. */
    record Connecting(CountDownLatch ended) implements State {}

    record Connected(Connection connection, KnownGood knownGood) implements State {}

    /** An attempt failed; the next one follows. */
    record Lost(KmsException cause) implements State {}

    record Closed() implements State {}
  }

  private final String name;
  private final Connector connector;
  private final Module module;
  private final ScheduledExecutorService thread;

  /** Only the thread of this link uses it. Begins as now: the first attempt is not to do it. */
  private long lastReinitialized = System.nanoTime();

  private State state = new State.Connecting(new CountDownLatch(1));
  private volatile @Nullable KnownGood provenBefore;
  private volatile @Nullable String identity;

  TokenLink(String name, Connector connector, Module module) {
    this.name = name;
    this.connector = connector;
    this.module = module;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("token-" + name).daemon().factory());
  }

  /** Begins to connect. */
  void start() {
    thread.execute(() -> attempt(0));
  }

  /** What tells the key from all others, once it was seen. */
  Optional<String> identity() {
    return Optional.ofNullable(identity);
  }

  /** A connection, and a ciphertext that it is known to open. */
  record Usable(Connection connection, KnownGood knownGood) {}

  /**
   * The connection that is in force.
   *
   * @throws KmsException if there is none, and the first attempt to make one failed or did not end
   *     before the deadline
   */
  Usable await(Deadline deadline) {
    State now = state();
    if (now instanceof State.Connecting(CountDownLatch ended)) {
      awaitEnd(ended, deadline);
      now = state();
    }
    return switch (now) {
      case State.Connected(Connection connection, KnownGood knownGood) ->
          new Usable(connection, knownGood);
      case State.Lost(KmsException cause) -> throw cause;
      case State.Connecting _ ->
          throw BackendUnavailable.deadlineExceeded("no connection to the token yet");
      case State.Closed _ -> throw new BackendUnavailable("the token is closed", null);
    };
  }

  private static void awaitEnd(CountDownLatch ended, Deadline deadline) {
    try {
      boolean _ = ended.await(deadline.remaining().toNanos(), NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized State state() {
    return state;
  }

  /** Says that a connection does not work any more. The first to say so has it made again. */
  void lose(Connection broken, String why) {
    synchronized (this) {
      if (!(state instanceof State.Connected connected) || connected.connection() != broken) {
        return;
      }
      state = new State.Connecting(new CountDownLatch(1));
      module.connected(false);
    }
    LOG.log(Level.WARNING, "key \"{0}\": connection to the token lost: {1}", name, why);
    try {
      thread.execute(
          () -> {
            broken.close();
            attempt(0);
          });
    } catch (RejectedExecutionException closedMeanwhile) {
      broken.close();
    }
  }

  private void attempt(int failures) {
    if (state() instanceof State.Closed) {
      return;
    }
    KmsException cause;
    try {
      connect();
      return;
    } catch (RuntimeException failure) {
      cause = Connector.translate(failure);
    }
    if (cause instanceof BackendUnavailable && mayReinitialize()) {
      try {
        module.reinitialize(module.epoch());
        connect();
        return;
      } catch (RuntimeException failure) {
        cause = Connector.translate(failure);
      }
    }
    fail(cause, failures);
  }

  /**
   * Initializing the library again breaks what other keys have with it: they connect again and lose
   * no call, but it is done rarely, as long as any of them works.
   */
  private boolean mayReinitialize() {
    long now = System.nanoTime();
    if (module.isInUse() && now - lastReinitialized < RARELY.toNanos()) {
      return false;
    }
    lastReinitialized = now;
    return true;
  }

  private void connect() {
    Deadline deadline = Deadline.after(ATTEMPT);
    Connection connection = connector.connect(deadline, Steps.UNTOLD);
    try {
      KnownGood knownGood = connection.proveRoundTrip(deadline);
      KnownGood before = provenBefore;
      if (before != null && !connection.opens(before, deadline)) {
        throw new KeyUnavailable(
            "the key on the token is not the one that was there before: it does not open what that"
                + " wrapped",
            null);
      }
      provenBefore = knownGood;
      identity = connection.identity();
      if (!become(new State.Connected(connection, knownGood))) {
        connection.close();
      }
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private void fail(KmsException cause, int failures) {
    if (failures == 0 || cause instanceof AccessDenied) {
      LOG.log(Level.DEBUG, "key \"{0}\": {1}", name, cause.getMessage());
    }
    if (become(new State.Lost(cause))) {
      long pause = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
      ScheduledFuture<?> _ = thread.schedule(() -> attempt(failures + 1), pause, MILLISECONDS);
    }
  }

  /** Goes to a state, unless the link is closed. */
  private synchronized boolean become(State next) {
    if (state instanceof State.Closed) {
      return false;
    }
    State before = state;
    state = next;
    if (next instanceof State.Connected) {
      module.connected(true);
    }
    if (before instanceof State.Connecting(CountDownLatch ended)) {
      ended.countDown();
    }
    return true;
  }

  @Override
  public void close() {
    State before;
    synchronized (this) {
      before = state;
      state = new State.Closed();
    }
    thread.shutdownNow();
    switch (before) {
      case State.Connected(Connection connection, KnownGood _) -> {
        module.connected(false);
        connection.close();
      }
      case State.Connecting(CountDownLatch ended) -> ended.countDown();
      case State.Lost _, State.Closed _ -> {}
    }
  }
}
