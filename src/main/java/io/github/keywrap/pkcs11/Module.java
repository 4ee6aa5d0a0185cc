package io.github.keywrap.pkcs11;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A PKCS#11 library, initialized. There is one in a process for each library, however many keys use
 * it: {@code C_Initialize} and {@code C_Finalize} are the process's, not a key's (PKCS #11 3.1,
 * section 5.4). Calls go in side by side; nobody is inside while it is initialized again.
 */
final class Module implements AutoCloseable {
  private static final Map<Path, Module> SHARED = new HashMap<>();

  /** How long to wait for calls to leave the library before it is finalized. */
  private static final long LEAVE_MILLIS = 500;

  /** What is done inside the library. */
  interface Call<T> {
    T in(Cryptoki library);
  }

  private final Path library;
  private final Cryptoki cryptoki;
  private final ReentrantReadWriteLock inside = new ReentrantReadWriteLock();
  private final ReentrantLock alone = new ReentrantLock();
  private final AtomicInteger connected = new AtomicInteger();
  private int users;
  private volatile boolean initialized;
  private volatile boolean locks = true;
  private volatile long epoch;

  private Module(Path library, Cryptoki cryptoki) {
    this.library = library;
    this.cryptoki = cryptoki;
  }

  /**
   * The module of a library, loaded if it was not, not yet initialized; to be closed as often.
   *
   * @throws io.github.keywrap.domain.OperatorException if the library cannot be loaded
   */
  static Module of(Path library) {
    synchronized (SHARED) {
      Module module =
          SHARED.computeIfAbsent(library, path -> new Module(path, CryptokiLoader.load(path)));
      module.users++;
      return module;
    }
  }

  /** Says that a key has a connection that works, or that it has lost it. */
  void connected(boolean works) {
    connected.addAndGet(works ? 1 : -1);
  }

  /** Whether a key has a connection that works, which initializing again would break. */
  boolean isInUse() {
    return connected.get() > 0;
  }

  /** Changes whenever the library was initialized: sessions and handles of before are gone. */
  long epoch() {
    return epoch;
  }

  /**
   * Calls the library.
   *
   * @throws Pkcs11Exception if a function fails
   * @throws BackendUnavailable if it is being initialized again until the deadline
   */
  <T> T call(Deadline deadline, Call<T> call) {
    enter(deadline);
    try {
      if (!initialized) {
        throw new BackendUnavailable("PKCS#11 library " + library + " is not initialized", null);
      }
      return locks ? call.in(cryptoki) : callAlone(deadline, call);
    } finally {
      inside.readLock().unlock();
    }
  }

  /** For a library that cannot lock: it is never entered by two threads. */
  private <T> T callAlone(Deadline deadline, Call<T> call) {
    lock(alone, deadline);
    try {
      return call.in(cryptoki);
    } finally {
      alone.unlock();
    }
  }

  private void enter(Deadline deadline) {
    lock(inside.readLock(), deadline);
  }

  private void lock(Lock lock, Deadline deadline) {
    try {
      if (!lock.tryLock(deadline.remaining().toNanos(), NANOSECONDS)) {
        throw BackendUnavailable.deadlineExceeded(
            "PKCS#11 library " + library + " was busy for all the time of the call");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendUnavailable("interrupted", e);
    }
  }

  /**
   * Initializes the library if it is not.
   *
   * @throws Pkcs11Exception if it refuses
   */
  void initialize() {
    if (initialized) {
      return;
    }
    inside.writeLock().lock();
    try {
      if (!initialized) {
        initializeNow();
      }
    } finally {
      inside.writeLock().unlock();
    }
  }

  /**
   * Finalizes the library and initializes it again, unless somebody did so since {@code seen}.
   *
   * @throws Pkcs11Exception if it refuses to be initialized
   * @throws BackendUnavailable if a call does not leave the library; it is then left alone
   */
  void reinitialize(long seen) {
    if (!awaitNobodyInside()) {
      throw new BackendUnavailable(
          "a call hangs in PKCS#11 library " + library + ", it cannot be initialized again", null);
    }
    try {
      if (epoch == seen || !initialized) {
        finalizeNow();
        initializeNow();
      }
    } finally {
      inside.writeLock().unlock();
    }
  }

  private boolean awaitNobodyInside() {
    try {
      return inside.writeLock().tryLock(LEAVE_MILLIS, MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void initializeNow() {
    try (Arena arena = Arena.ofConfined()) {
      cryptoki.initialize(Layouts.initializeArguments(arena));
      locks = true;
    } catch (Pkcs11Exception e) {
      switch (e.value()) {
        case CRYPTOKI_ALREADY_INITIALIZED -> {}
        case CANT_LOCK -> {
          cryptoki.initialize(MemorySegment.NULL);
          locks = false;
        }
        default -> throw e;
      }
    }
    initialized = true;
    epoch++;
  }

  private void finalizeNow() {
    initialized = false;
    try {
      cryptoki.finalizeModule();
    } catch (Pkcs11Exception alreadyGone) {
      // What it returns changes nothing: it is initialized again next.
    }
  }

  /** The last one to close finalizes the library, unless a call hangs in it. */
  @Override
  public void close() {
    synchronized (SHARED) {
      if (--users == 0 && awaitNobodyInside()) {
        try {
          if (initialized) {
            finalizeNow();
          }
        } finally {
          inside.writeLock().unlock();
        }
      }
    }
  }

  @Override
  public String toString() {
    return library.toString();
  }
}
