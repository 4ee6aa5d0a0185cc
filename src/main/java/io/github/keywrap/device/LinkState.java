package io.github.keywrap.device;

import io.github.keywrap.domain.KmsException;
import java.util.concurrent.CountDownLatch;

/** Where the link to a key is. */
sealed interface LinkState<C extends Connection> {
  /** The first attempt of a series is under way. */
  record Connecting<C extends Connection>(CountDownLatch ended) implements LinkState<C> {}

  record Connected<C extends Connection>(ProvenConnection<C> usable, long since)
      implements LinkState<C> {}

  /** An attempt failed; the next one follows. */
  record Lost<C extends Connection>(KmsException cause, long since) implements LinkState<C> {}

  record Closed<C extends Connection>() implements LinkState<C> {}
}
