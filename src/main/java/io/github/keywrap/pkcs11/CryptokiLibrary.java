package io.github.keywrap.pkcs11;

import io.github.keywrap.device.WorkingKeys;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.settings.LibrarySettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A PKCS#11 library. There is one in a process for each library, however many keys and names it
 * has: {@code C_Initialize} and {@code C_Finalize} are the process's, not a key's (PKCS #11 3.1,
 * section 5.4). Calls go in side by side; nobody is inside while it is initialized again.
 */
final class CryptokiLibrary implements AutoCloseable {
  private static final Map<Path, CryptokiLibrary> SHARED = new HashMap<>();

  /** What is done inside the library. */
  interface Call<T> {
    T in(Cryptoki library);
  }

  private final Path file;
  private final String parameters;
  private final CryptokiLoader.Loaded loaded;
  private final Entrance entrance;
  private final WorkingKeys working = new WorkingKeys();
  private volatile @Nullable Initialization current;
  private volatile boolean isHeld;

  /** Guarded by {@link #SHARED}. */
  private int users;

  private CryptokiLibrary(Path file, String parameters, CryptokiLoader.Loaded loaded) {
    this.file = file;
    this.parameters = parameters;
    this.loaded = loaded;
    this.entrance = new Entrance(file);
  }

  /**
   * The module of a library, loaded if it was not, not yet initialized; to be closed as often.
   *
   * @throws OperatorException if the library cannot be loaded, or is in use with other parameters
   */
  static CryptokiLibrary of(LibrarySettings library) {
    Path file = CryptokiLoader.file(library.path());
    synchronized (SHARED) {
      CryptokiLibrary module = SHARED.get(file);
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
  private static CryptokiLibrary load(Path file, String parameters) {
    CryptokiLoader.Loaded loaded = CryptokiLoader.load(file);
    return SHARED.values().stream()
        .filter(module -> module.loaded.functionList() == loaded.functionList())
        .findFirst()
        .orElseGet(() -> new CryptokiLibrary(file, parameters, loaded));
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
    return entrance.call(
        deadline,
        () -> {
          if (current != expected) {
            throw Pkcs11Exception.outdated("the library was initialized again");
          }
          return call.in(loaded.cryptoki());
        });
  }

  /**
   * The library as it is initialized now, and first initializes it if it is not.
   *
   * @throws Pkcs11Exception if it refuses
   * @throws BackendUnavailable if somebody else is about it until the deadline
   */
  Initialization initialized(Deadline deadline) {
    Initialization now = current;
    return now != null ? now : entrance.callAlone(deadline, this::initializedMeanwhile);
  }

  private Initialization initializedMeanwhile() {
    Initialization meanwhile = current;
    return meanwhile == null ? initialize() : meanwhile;
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
    boolean isDone =
        entrance.callOnceEmpty(
            () -> {
              if (current == seen && !isHeld) {
                finalizeNow();
                Initialization _ = initialize();
              }
            });
    if (!isDone) {
      throw new BackendUnavailable(
          "a call hangs in PKCS#11 library " + file + ", it cannot be initialized again", null);
    }
  }

  private Initialization initialize() {
    entrance.libraryLocks(
        Initialization.begin(loaded.cryptoki(), parameters, entrance.libraryLocks()));
    ProcessEnd.skipEarlierHandlers();
    Initialization next = new Initialization(this);
    current = next;
    return next;
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
    if (isUnused() && !isHeld) {
      boolean _ =
          entrance.callOnceEmpty(
              () -> {
                if (isUnused() && current != null) {
                  finalizeNow();
                }
              });
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
