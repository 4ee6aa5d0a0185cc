package io.github.keywrap.pkcs11;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyCondition;
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
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the connection to one key, and makes it again when it is lost, on one thread of its own: at
 * first a new session and login, and if that does not do, {@code C_Finalize} and {@code
 * C_Initialize}. Callers wait for the first attempt after a loss; while the next ones go on, they
 * fail at once.
 */
final class TokenLink<C extends Connection> implements AutoCloseable {
  private static final Logger LOG = System.getLogger(TokenLink.class.getName());
  private static final Duration ATTEMPT = Duration.ofSeconds(10);
  private static final Duration RARELY = Duration.ofSeconds(30);
  private static final Duration MOST_CLOSING = Duration.ofSeconds(1);

  /** Longer than an HSM takes to start. */
  private static final Duration LONG_LOST = Duration.ofMinutes(5);

  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  private final String name;
  private final Driver<C> driver;
  private final LongSupplier clock;
  private final ScheduledExecutorService thread;

  /** Only the thread of this link uses it. Begins as now: the first attempt is not to do it. */
  private long lastReinitialized = System.nanoTime();

  private LinkState<C> state = new LinkState.Connecting<>(new CountDownLatch(1));
  private volatile @Nullable KnownGood provenBefore;
  private volatile @Nullable String identity;

  /**
   * @param driver this closes it
   */
  TokenLink(String name, Driver<C> driver) {
    this(name, driver, System::nanoTime);
  }

  TokenLink(String name, Driver<C> driver, LongSupplier clock) {
    this.name = name;
    this.driver = driver;
    this.clock = clock;
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

  /** Whether only another process could connect. */
  KeyCondition condition() {
    boolean isStuck =
        state() instanceof LinkState.Lost<C> lost
            && lost.cause() instanceof BackendUnavailable
            && !driver.canReinitialize()
            && clock.getAsLong() - lost.since() > LONG_LOST.toNanos();
    return isStuck
        ? new KeyCondition.NeedsRestart(
            "the token has been away for over %d minutes, and this driver cannot initialize the"
                    .formatted(LONG_LOST.toMinutes())
                + " library again")
        : new KeyCondition.Sound();
  }

  /**
   * Runs a call, and once more on a new connection if the first one proves to be lost.
   *
   * @throws KmsException if there is no connection until the deadline, or the second one fails too
   */
  <T> T call(Deadline deadline, Function<Usable<C>, T> call) {
    Usable<C> usable = await(deadline);
    try {
      return call.apply(usable);
    } catch (Pkcs11Exception e) {
      if (e.refusesPlaintext()) {
        throw Failures.translate(e);
      }
      lose(usable.connection(), String.valueOf(e.getMessage()));
    } catch (UnusableOutputException lost) {
      lose(usable.connection(), String.valueOf(lost.getMessage()));
    }
    Usable<C> again = await(deadline);
    try {
      return call.apply(again);
    } catch (Pkcs11Exception | UnusableOutputException lost) {
      lose(again.connection(), String.valueOf(lost.getMessage()));
      throw Failures.translate(lost);
    }
  }

  private Usable<C> await(Deadline deadline) {
    LinkState<C> now = state();
    if (now instanceof LinkState.Connecting<C>(CountDownLatch ended)) {
      awaitEnd(ended, deadline);
      now = state();
    }
    return switch (now) {
      case LinkState.Connected<C>(Usable<C> usable) -> usable;
      case LinkState.Lost<C> lost -> throw lost.cause();
      case LinkState.Connecting<C> _ ->
          throw BackendUnavailable.deadlineExceeded("no connection to the token yet");
      case LinkState.Closed<C> _ -> throw new BackendUnavailable("the token is closed", null);
    };
  }

  private static void awaitEnd(CountDownLatch ended, Deadline deadline) {
    try {
      boolean _ = ended.await(deadline.remaining().toNanos(), NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized LinkState<C> state() {
    return state;
  }

  /** Says that a connection does not work any more. The first to say so has it made again. */
  private void lose(Connection broken, String why) {
    synchronized (this) {
      if (!(state instanceof LinkState.Connected<C>(Usable<C> usable))
          || usable.connection() != broken) {
        return;
      }
      state = new LinkState.Connecting<>(new CountDownLatch(1));
      driver.connected(false);
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
    if (state() instanceof LinkState.Closed<C>) {
      return;
    }
    KmsException cause;
    try {
      connect();
      return;
    } catch (RuntimeException failure) {
      cause = Failures.translate(failure);
    }
    if (cause instanceof BackendUnavailable && driver.canReinitialize() && mayReinitialize()) {
      try {
        driver.reinitialize();
        connect();
        return;
      } catch (RuntimeException failure) {
        cause = Failures.translate(failure);
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
    if (driver.isInUse() && now - lastReinitialized < RARELY.toNanos()) {
      return false;
    }
    lastReinitialized = now;
    return true;
  }

  private void connect() {
    Deadline deadline = Deadline.after(ATTEMPT);
    C connection = driver.connect(deadline, Steps.UNTOLD);
    try {
      KnownGood knownGood = KnownGood.prove(connection, deadline);
      KnownGood before = provenBefore;
      if (before != null && !before.opensWith(connection, deadline)) {
        throw new KeyUnavailable(
            "the key on the token is not the one that was there before: it does not open what that"
                + " wrapped",
            null);
      }
      provenBefore = knownGood;
      identity = connection.identity();
      if (!become(new LinkState.Connected<>(new Usable<>(connection, knownGood)))) {
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
    if (become(new LinkState.Lost<>(cause, lostSince()))) {
      long pause = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
      ScheduledFuture<?> _ = thread.schedule(() -> attempt(failures + 1), pause, MILLISECONDS);
    }
  }

  private long lostSince() {
    return state() instanceof LinkState.Lost<C> lost ? lost.since() : clock.getAsLong();
  }

  /** Goes to a state, unless the link is closed. */
  private synchronized boolean become(LinkState<C> next) {
    if (state instanceof LinkState.Closed<C>) {
      return false;
    }
    LinkState<C> before = state;
    state = next;
    if (next instanceof LinkState.Connected<C>) {
      driver.connected(true);
    }
    if (before instanceof LinkState.Connecting<C>(CountDownLatch ended)) {
      ended.countDown();
    }
    return true;
  }

  /**
   * Waits for the library only for a moment: one that hangs must not hold the end of the process.
   */
  @Override
  public void close() {
    LinkState<C> before;
    synchronized (this) {
      before = state;
      state = new LinkState.Closed<>();
    }
    thread.shutdownNow();
    if (before instanceof LinkState.Closed<C>) {
      return;
    }
    Thread closing =
        Thread.ofPlatform().name("close-" + name).daemon().start(() -> release(before));
    try {
      boolean _ = closing.join(MOST_CLOSING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void release(LinkState<C> before) {
    switch (before) {
      case LinkState.Connected<C>(Usable<C> usable) -> {
        driver.connected(false);
        usable.connection().close();
      }
      case LinkState.Connecting<C>(CountDownLatch ended) -> ended.countDown();
      case LinkState.Lost<C> _, LinkState.Closed<C> _ -> {}
    }
    driver.close();
  }
}
