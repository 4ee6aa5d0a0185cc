package io.github.keywrap.pkcs11;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.settings.LibrarySettings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A PKCS#11 library. There is one in a process for each library, however many keys and names it
 * has: {@code C_Initialize} and {@code C_Finalize} are the process's, not a key's (PKCS #11 3.1,
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

  private final Path file;
  private final String parameters;
  private final CryptokiLoader.Loaded loaded;
  private final ReentrantReadWriteLock inside = new ReentrantReadWriteLock();
  private final ReentrantLock alone = new ReentrantLock();
  private final WorkingKeys working = new WorkingKeys();
  private volatile @Nullable Initialization current;
  private volatile boolean locks = true;
  private volatile boolean isHeld;

  /** Guarded by {@link #SHARED}. */
  private int users;

  private Module(Path file, String parameters, CryptokiLoader.Loaded loaded) {
    this.file = file;
    this.parameters = parameters;
    this.loaded = loaded;
  }

  /**
   * The module of a library, loaded if it was not, not yet initialized; to be closed as often.
   *
   * @throws OperatorException if the library cannot be loaded, or is in use with other parameters
   */
  static Module of(LibrarySettings library) {
    Path file = CryptokiLoader.file(library.path());
    synchronized (SHARED) {
      Module module = SHARED.get(file);
      if (module == null) {
        module = load(file, library.parameters());
        SHARED.put(file, module);
      }
      if (!module.parameters.equals(library.parameters())) {
        throw new OperatorException(
            "two keys have different library-parameters for library " + file,
            "a process initializes a library once: set the same for both");
      }
      module.users++;
      return module;
    }
  }

  /** A copy under another name is another library; a second name of one that is there is not. */
  private static Module load(Path file, String parameters) {
    CryptokiLoader.Loaded loaded = CryptokiLoader.load(file);
    return SHARED.values().stream()
        .filter(module -> module.loaded.functionList() == loaded.functionList())
        .findFirst()
        .orElseGet(() -> new Module(file, parameters, loaded));
  }

  /** The file itself, not a link to it. */
  Path file() {
    return file;
  }

  /** The keys that have a connection that works, which initializing again would break. */
  WorkingKeys working() {
    return working;
  }

  /**
   * From now on the library is never finalized: others in this process hold handles in it that this
   * cannot see.
   */
  void hold() {
    isHeld = true;
  }

  /** Whether somebody else holds handles in it. */
  boolean isHeld() {
    return isHeld;
  }

  /** Calls the library; see {@link Initialization#call}. */
  <T> T call(Initialization expected, Deadline deadline, Call<T> call) {
    lock(inside.readLock(), deadline);
    try {
      if (current != expected) {
        throw Pkcs11Exception.outdated("the library was initialized again");
      }
      return locks ? call.in(loaded.cryptoki()) : callAlone(deadline, call);
    } finally {
      inside.readLock().unlock();
    }
  }

  /** For a library that cannot lock: it is never entered by two threads. */
  private <T> T callAlone(Deadline deadline, Call<T> call) {
    lock(alone, deadline);
    try {
      return call.in(loaded.cryptoki());
    } finally {
      alone.unlock();
    }
  }

  private void lock(Lock lock, Deadline deadline) {
    try {
      if (!lock.tryLock(deadline.remaining().toNanos(), NANOSECONDS)) {
        throw BackendUnavailable.deadlineExceeded(
            "PKCS#11 library " + file + " was busy for all the time of the call");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendUnavailable("interrupted", e);
    }
  }

  /**
   * The library as it is initialized now, and first initializes it if it is not.
   *
   * @throws Pkcs11Exception if it refuses
   * @throws BackendUnavailable if somebody else is about it until the deadline
   */
  Initialization initialized(Deadline deadline) {
    Initialization now = current;
    if (now != null) {
      return now;
    }
    lock(inside.writeLock(), deadline);
    try {
      Initialization meanwhile = current;
      return meanwhile == null ? initialize() : meanwhile;
    } finally {
      inside.writeLock().unlock();
    }
  }

  /**
   * Finalizes the library and initializes it again, unless somebody did so since {@code seen}.
   *
   * @throws Pkcs11Exception if it refuses to be initialized
   * @throws BackendUnavailable if a call does not leave the library, or others hold handles in it;
   *     it is then left alone
   */
  void reinitialize(@Nullable Initialization seen) {
    if (isHeld) {
      throw new BackendUnavailable(
          "PKCS#11 library " + file + " is also the JDK's and cannot be initialized again", null);
    }
    if (!awaitNobodyInside()) {
      throw new BackendUnavailable(
          "a call hangs in PKCS#11 library " + file + ", it cannot be initialized again", null);
    }
    try {
      if (current == seen && !isHeld) {
        finalizeNow();
        Initialization _ = initialize();
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

  private Initialization initialize() {
    try (Arena arena = Arena.ofConfined()) {
      loaded.cryptoki().initialize(Layouts.initializeArguments(arena, parameters));
      locks = true;
    } catch (Pkcs11Exception e) {
      initializeWithout(e);
    }
    ProcessEnd.skipEarlierHandlers();
    Initialization next = new Initialization(this);
    current = next;
    return next;
  }

  /** What was meant to be CKR_CANT_LOCK has other names in some libraries. */
  private void initializeWithout(Pkcs11Exception refusal) {
    switch (refusal.value()) {
      case CRYPTOKI_ALREADY_INITIALIZED -> {}
      case CANT_LOCK, NEED_TO_CREATE_THREADS, ARGUMENTS_BAD, FUNCTION_NOT_SUPPORTED -> {
        if (!parameters.isEmpty()) {
          throw refusal;
        }
        loaded.cryptoki().initialize(MemorySegment.NULL);
        locks = false;
      }
      default -> throw refusal;
    }
  }

  private void finalizeNow() {
    current = null;
    try {
      loaded.cryptoki().finalizeModule();
    } catch (Pkcs11Exception alreadyGone) {
      // What it returns changes nothing: it is initialized again next.
    }
  }

  /** The last one to close finalizes the library, unless a call hangs in it. */
  @Override
  public void close() {
    synchronized (SHARED) {
      users--;
    }
    if (isUnused() && !isHeld && awaitNobodyInside()) {
      try {
        if (isUnused() && current != null) {
          finalizeNow();
        }
      } finally {
        inside.writeLock().unlock();
      }
    }
  }

  private boolean isUnused() {
    synchronized (SHARED) {
      return users == 0;
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
