package io.github.keywrap.settings;

import io.github.keywrap.domain.ReadBackKeyWrapper;
import io.github.keywrap.domain.StatusPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * All settings, checked.
 *
 * @param active the key that wraps, one of {@code keys}
 * @param bareKey name of the key that v1 ciphertexts are of that are no envelope; empty: none
 * @param verifyWrap which v1 wraps are read back (v2: all)
 * @param callTimeout upper bound of a call, and the deadline of one that brings none
 * @param shutdownGrace how long calls in flight may take at SIGTERM
 * @param healthInterval between two probes of a key
 * @param debug whether each request to a back end is logged
 */
public record Settings(
    SocketSettings socket,
    KeySettings active,
    List<KeySettings> keys,
    Optional<String> bareKey,
    ReadBackKeyWrapper.Policy verifyWrap,
    Duration callTimeout,
    Duration shutdownGrace,
    Duration healthInterval,
    StatusPolicy status,
    ManagementSettings management,
    boolean debug) {
  public Settings {
    keys = List.copyOf(keys);
  }
}
