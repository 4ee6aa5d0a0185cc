package io.github.keywrap.device;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.Steps;

/**
 * The way to the library of a token.
 *
 * @param <C> what its connections can do
 */
public interface Driver<C extends Connection> extends AutoCloseable {
  /**
   * Connects: library, token, login, key. The round trip is the caller's to prove.
   *
   * @throws io.github.keywrap.domain.KmsException if the key is not there or the PIN is refused
   * @throws AbsentDeviceException if the token is not there
   * @throws DeviceException if the token fails
   */
  C connect(Deadline deadline, Steps steps);

  /** The keys of the library that work. */
  WorkingKeys working();

  /** Whether {@link #reinitialize} is possible at all. */
  boolean canReinitialize();

  /**
   * Finalizes the library and initializes it again, unless somebody did so since the last {@link
   * #connect} began.
   *
   * @throws DeviceException if it refuses to be initialized
   * @throws io.github.keywrap.domain.KmsException.BackendUnavailable if a call does not leave the
   *     library; it is then left alone
   */
  void reinitialize();

  /** Lets go of the library; may wait for a call to leave it. */
  @Override
  void close();
}
