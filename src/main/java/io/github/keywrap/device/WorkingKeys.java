package io.github.keywrap.device;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The keys of a library that have a connection that works. As long as there is one, nobody may
 * initialize the library again.
 */
public final class WorkingKeys {
  private final Set<Runnable> keys = ConcurrentHashMap.newKeySet();

  /**
   * Says that a key works.
   *
   * @param prove has the key prove it again; returns at once
   */
  void add(Runnable prove) {
    boolean _ = keys.add(prove);
  }

  /** Says that a key has lost its connection. */
  void remove(Runnable prove) {
    boolean _ = keys.remove(prove);
  }

  /** Whether any key works, as far as it has noticed; each is asked to prove it. */
  boolean isAny() {
    keys.forEach(Runnable::run);
    return !keys.isEmpty();
  }
}
