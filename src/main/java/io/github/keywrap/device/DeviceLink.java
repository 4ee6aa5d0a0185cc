package io.github.keywrap.device;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.FatalErrors;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
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
public final class DeviceLink<C extends Connection> implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DeviceLink.class.getName());
  private static final Duration PROOF = Duration.ofSeconds(5);
  private static final Duration MAX_CLOSING = Duration.ofSeconds(1);

  /** Longer than an HSM takes to start. */
  private static final Duration LONG_LOST = Duration.ofMinutes(5);

  private final String name;
  private final Driver<C> driver;
  private final Connector<C> connector;
  private final LongSupplier clock;
  private final ScheduledExecutorService thread;
  private final Losses losses;
  private final LinkStates<C> states;

  /**
   * @param driver this closes it
   */
  public DeviceLink(String name, Driver<C> driver) {
    this(name, driver, System::nanoTime);
  }

  DeviceLink(String name, Driver<C> driver, LongSupplier clock) {
    this.name = name;
    this.driver = driver;
    this.connector = new Connector<>(driver);
    this.clock = clock;
    this.losses = new Losses(name);
    this.states = new LinkStates<>(connector.progress(), driver.working(), this::proveSoon);
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("token-" + name).daemon().factory());
  }

  /** Begins to connect. */
  public void start() {
    thread.execute(() -> attempt(1));
  }

  /** What tells the key from all others, once it was seen. */
  Optional<String> identity() {
    return connector.identity();
  }

  /** Whether only another process could connect. */
  KeyCondition condition() {
    boolean isStuck =
        states.now() instanceof LinkState.Lost<C> lost
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
  public <T> T call(Deadline deadline, Function<ProvenConnection<C>, T> call) {
    ProvenConnection<C> usable = states.await(deadline);
    try {
      return call.apply(usable);
    } catch (DeviceException e) {
      if (e.isOfTheCall()) {
        throw DeviceErrors.translate(e);
      }
      lose(usable.connection(), e);
    } catch (UnusableOutputException e) {
      lose(usable.connection(), e);
    }
    ProvenConnection<C> again = states.await(deadline);
    try {
      return call.apply(again);
    } catch (DeviceException | UnusableOutputException e) {
      lose(again.connection(), e);
      throw DeviceErrors.translate(e);
    }
  }

  /** Has the connection proved beside everything else, because another key's is lost. */
  private void proveSoon() {
    onThread(
        Duration.ZERO,
        () -> {
          if (states.now() instanceof LinkState.Connected<C> connected) {
            prove(connected.usable());
          }
        });
  }

  private void prove(ProvenConnection<C> usable) {
    try {
      usable.prove(Deadline.after(PROOF));
    } catch (DeviceException | UnusableOutputException e) {
      lose(usable.connection(), e);
    } catch (KmsException tooBusyToSay) {
      // Its calls will find out.
    }
  }

  /** Says that a connection does not work any more. The first to say so has it made again. */
  private void lose(C broken, RuntimeException why) {
    Optional<LinkState.Connected<C>> lost = states.lose(broken);
    if (lost.isEmpty()) {
      return;
    }
    long lasted = clock.getAsLong() - lost.get().since();
    Duration pause = losses.lost(why, Duration.ofNanos(lasted));
    if (why instanceof DeviceException e && e.isOfLostConnection()) {
      broken.abandon();
    }
    broken.close();
    onThread(pause, () -> attempt(1));
  }

  /** Does nothing once this is closed. */
  private void onThread(Duration pause, Runnable work) {
    try {
      ScheduledFuture<?> _ = thread.schedule(work, pause.toNanos(), NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      // Nobody needs it any more.
    }
  }

  private void attempt(int number) {
    if (states.now() instanceof LinkState.Closed<C>) {
      return;
    }
    try {
      ProvenConnection<C> usable = connector.connect();
      if (states.become(new LinkState.Connected<>(usable, clock.getAsLong()))) {
        losses.connected();
      } else {
        usable.connection().close();
      }
    } catch (RuntimeException | Error failure) {
      FatalErrors.raise(failure);
      KmsException cause = DeviceErrors.translate(failure);
      LOG.log(Level.DEBUG, "key \"{0}\": {1}", name, cause.getMessage());
      if (states.become(new LinkState.Lost<>(cause, lostSince()))) {
        onThread(Pauses.after(cause, number), () -> attempt(number + 1));
      }
    }
  }

  private long lostSince() {
    return states.now() instanceof LinkState.Lost<C> lost ? lost.since() : clock.getAsLong();
  }

  /**
   * Waits for the library only for a moment: one that hangs must not hold the end of the process.
   */
  @Override
  public void close() {
    LinkState<C> before = states.close();
    thread.shutdownNow();
    if (before instanceof LinkState.Closed<C>) {
      return;
    }
    Thread closing =
        Thread.ofPlatform().name("close-" + name).daemon().start(() -> release(before));
    try {
      boolean _ = closing.join(MAX_CLOSING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void release(LinkState<C> before) {
    if (before instanceof LinkState.Connected<C> connected) {
      connected.usable().connection().close();
    }
    driver.close();
  }
}
