package io.github.keywrap.pkcs11;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.LogBudget;
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

/**
 * Keeps the connection to one key, and has it made again when it is lost, on one thread of its own.
 * Callers wait for the first attempt after a loss; while the next ones go on, they fail at once.
 */
final class TokenLink<C extends Connection> implements AutoCloseable {
  private static final Logger LOG = System.getLogger(TokenLink.class.getName());
  private static final Duration PROOF = Duration.ofSeconds(5);
  private static final Duration MOST_CLOSING = Duration.ofSeconds(1);

  /** Longer than an HSM takes to start. */
  private static final Duration LONG_LOST = Duration.ofMinutes(5);

  /** A connection that is lost within this was not worth the login. */
  private static final Duration SOON = Duration.ofSeconds(10);

  private final String name;
  private final Driver<C> driver;
  private final Connector<C> connector;
  private final LongSupplier clock;
  private final ScheduledExecutorService thread;
  private final LogBudget lossesTold = new LogBudget(Duration.ofSeconds(30));
  private final Runnable prove = this::proveSoon;

  private LinkState<C> state = new LinkState.Connecting<>(new CountDownLatch(1));

  /** Connections in a row that were lost soon after they were made; guarded by this. */
  private int lostSoon;

  /**
   * @param driver this closes it
   */
  TokenLink(String name, Driver<C> driver) {
    this(name, driver, System::nanoTime);
  }

  TokenLink(String name, Driver<C> driver, LongSupplier clock) {
    this.name = name;
    this.driver = driver;
    this.connector = new Connector<>(driver);
    this.clock = clock;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("token-" + name).daemon().factory());
  }

  /** Begins to connect. */
  void start() {
    thread.execute(() -> attempt(1));
  }

  /** What tells the key from all others, once it was seen. */
  Optional<String> identity() {
    return connector.identity();
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
      lose(usable.connection(), e);
    } catch (UnusableOutputException e) {
      lose(usable.connection(), e);
    }
    Usable<C> again = await(deadline);
    try {
      return call.apply(again);
    } catch (Pkcs11Exception | UnusableOutputException e) {
      lose(again.connection(), e);
      throw Failures.translate(e);
    }
  }

  private Usable<C> await(Deadline deadline) {
    LinkState<C> now = state();
    if (now instanceof LinkState.Connecting<C>(CountDownLatch ended)) {
      awaitEnd(ended, deadline);
      now = state();
    }
    return switch (now) {
      case LinkState.Connected<C> connected -> connected.usable();
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

  /** Has the connection proved beside everything else, because another key's is lost. */
  private void proveSoon() {
    try {
      thread.execute(
          () -> {
            if (state() instanceof LinkState.Connected<C> connected) {
              prove(connected.usable());
            }
          });
    } catch (RejectedExecutionException closed) {
      // Nobody needs it any more.
    }
  }

  private void prove(Usable<C> usable) {
    try {
      usable.prove(Deadline.after(PROOF));
    } catch (Pkcs11Exception | UnusableOutputException e) {
      lose(usable.connection(), e);
    } catch (KmsException tooBusyToSay) {
      // Its calls will find out.
    }
  }

  /** Says that a connection does not work any more. The first to say so has it made again. */
  private void lose(C broken, RuntimeException why) {
    Duration pause;
    synchronized (this) {
      if (!(state instanceof LinkState.Connected<C> connected)
          || connected.usable().connection() != broken) {
        return;
      }
      lostSoon = isFlapping(connected, why) ? lostSoon + 1 : 0;
      pause = Pauses.afterLoss(lostSoon);
      state = new LinkState.Connecting<>(new CountDownLatch(1));
      driver.working().remove(prove);
    }
    if (lossesTold.take()) {
      LOG.log(
          Level.WARNING,
          "key \"{0}\": connection to the token lost: {1}{2}",
          name,
          why.getMessage(),
          lossesTold.leftOut());
    }
    if (why instanceof Pkcs11Exception e && e.tellsOfLostSession()) {
      broken.abandon();
    }
    broken.close();
    attemptAfter(pause, 1);
  }

  private boolean isFlapping(LinkState.Connected<C> connected, RuntimeException why) {
    boolean isOutdated = why instanceof Pkcs11Exception e && e.isOutdated();
    return !isOutdated && clock.getAsLong() - connected.since() < SOON.toNanos();
  }

  private void attemptAfter(Duration pause, int number) {
    try {
      ScheduledFuture<?> _ = thread.schedule(() -> attempt(number), pause.toNanos(), NANOSECONDS);
    } catch (RejectedExecutionException closedMeanwhile) {
      // The last state is Closed.
    }
  }

  private void attempt(int number) {
    if (state() instanceof LinkState.Closed<C>) {
      return;
    }
    try {
      Usable<C> usable = connector.connect();
      if (!become(new LinkState.Connected<>(usable, clock.getAsLong()))) {
        usable.connection().close();
      }
    } catch (RuntimeException failure) {
      KmsException cause = Failures.translate(failure);
      LOG.log(Level.DEBUG, "key \"{0}\": {1}", name, cause.getMessage());
      if (become(new LinkState.Lost<>(cause, lostSince()))) {
        attemptAfter(Pauses.after(cause, number), number + 1);
      }
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
      driver.working().add(prove);
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
      case LinkState.Connected<C> connected -> {
        driver.working().remove(prove);
        connected.usable().connection().close();
      }
      case LinkState.Connecting<C>(CountDownLatch ended) -> ended.countDown();
      case LinkState.Lost<C> _, LinkState.Closed<C> _ -> {}
    }
    driver.close();
  }
}
