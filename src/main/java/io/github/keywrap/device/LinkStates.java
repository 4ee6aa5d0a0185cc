package io.github.keywrap.device;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.device.LinkState.Closed;
import io.github.keywrap.device.LinkState.Connected;
import io.github.keywrap.device.LinkState.Connecting;
import io.github.keywrap.device.LinkState.Lost;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * Where the link to a key is, and who waits for the next state. The connection is among the working
 * keys of its library for as long as the state says that it works. Thread-safe.
 */
final class LinkStates<C extends Connection> {
  private final Progress progress;
  private final WorkingKeys working;
  private final Runnable prove;
  private LinkState<C> state = new Connecting<>(new CountDownLatch(1));

  /**
   * @param progress of connecting, for messages
   * @param prove has the connection proved, beside the caller
   */
  LinkStates(Progress progress, WorkingKeys working, Runnable prove) {
    this.progress = progress;
    this.working = working;
    this.prove = prove;
  }

  synchronized LinkState<C> now() {
    return state;
  }

  /**
   * The connection, once the first attempt after a loss has ended.
   *
   * @throws io.github.keywrap.domain.KmsException why there is none, or if there is none until the
   *     deadline
   */
  ProvenConnection<C> await(Deadline deadline) {
    LinkState<C> now = now();
    if (now instanceof Connecting<C>(CountDownLatch ended)) {
      awaitEnd(ended, deadline);
      now = now();
    }
    return switch (now) {
      case Connected<C> connected -> connected.usable();
      case Lost<C> lost -> throw lost.cause();
      case Connecting<C> _ ->
          throw BackendUnavailable.deadlineExceeded(
              "no connection to the token yet" + progress.words());
      case Closed<C> _ -> throw new BackendUnavailable("the token is closed", null);
    };
  }

  private static void awaitEnd(CountDownLatch ended, Deadline deadline) {
    try {
      boolean _ = ended.await(deadline.remaining().toNanos(), NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Goes on to connect; empty if this is not the connection any more. */
  @SuppressWarnings("ReferenceEquality") // this one, not one like it
  synchronized Optional<Connected<C>> lose(C broken) {
    if (!(state instanceof Connected<C> connected) || connected.usable().connection() != broken) {
      return Optional.empty();
    }
    state = new Connecting<>(new CountDownLatch(1));
    working.remove(prove);
    return Optional.of(connected);
  }

  /** Goes to a state after an attempt to connect; false if the link is closed. */
  synchronized boolean become(LinkState<C> next) {
    if (state instanceof Closed<C>) {
      return false;
    }
    LinkState<C> before = state;
    state = next;
    if (next instanceof Connected<C>) {
      working.add(prove);
    }
    if (before instanceof Connecting<C>(CountDownLatch ended)) {
      ended.countDown();
    }
    return true;
  }

  /** Ends every wait; the state before. */
  synchronized LinkState<C> close() {
    LinkState<C> before = state;
    state = new Closed<>();
    working.remove(prove);
    if (before instanceof Connecting<C>(CountDownLatch ended)) {
      ended.countDown();
    }
    return before;
  }
}
