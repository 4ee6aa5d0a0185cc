package io.github.keywrap.fakekms;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/** The nonces of the latest requests: so many that no repetition in a test is older. */
final class Nonces {
  private static final int MAX = 200_000;

  private final Set<String> inOrder = new LinkedHashSet<>();

  /** False if it was there already. */
  synchronized boolean add(String nonce) {
    if (!inOrder.add(nonce)) {
      return false;
    }
    if (inOrder.size() > MAX) {
      Iterator<String> oldest = inOrder.iterator();
      oldest.next();
      oldest.remove();
    }
    return true;
  }
}
