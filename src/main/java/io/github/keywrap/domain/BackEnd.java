package io.github.keywrap.domain;

import java.nio.file.Path;
import java.util.List;

/**
 * What keeps one key and wraps with it, bound to the settings of that key. The whole program asks
 * it what depends on the type of the key; nobody asks for the type.
 */
public interface BackEnd {
  /**
   * Binds a wrapper to the key. Does not wait for what is away: the wrapper looks for it.
   *
   * @throws OperatorException if the settings, or what they name on this node, keep it from that
   */
  KeyWrapper open();

  /**
   * Like {@link #open}, for a look at the key that leaves nothing behind on this node.
   *
   * @throws OperatorException likewise
   */
  default KeyWrapper openToTry() {
    return open();
  }

  /** What the ciphertexts of the key look like, known before the key is open. */
  CiphertextForm form();

  /**
   * Whether the key is at a service behind a network, which limits calls, and costs each call its
   * time while it is away. A token finds out by itself.
   */
  boolean isRemote();

  /**
   * Makes the key of the settings. Never replaces one, and leaves nothing behind if it fails.
   *
   * @return what was made, for people
   * @throws OperatorException if there is one already, or it is not made by keywrap
   * @throws KmsException if the back end fails
   */
  String generate();

  /**
   * Loads a backup of the key.
   *
   * @return what was loaded, for people
   * @throws OperatorException if there is one already, it cannot be stored, or it is of a kind that
   *     has no backup of keywrap's
   * @throws KmsException if the back end fails
   */
  default String restore(Path backup) {
    throw new OperatorException(
        "only keys with algorithm: sm4-sealed can be restored by keywrap",
        "restore any other by putting back its file, or with its vendor's means");
  }

  /**
   * Goes the way to the key once, in the foreground, step by step; a key that is opened in one has
   * none.
   *
   * @throws KmsException if a step fails
   * @throws OperatorException as {@link #open} does
   */
  default void tryOut(Steps steps) {}

  /** Describes the keys there, in lines for people; empty where there is nothing to see. */
  default List<String> describe() {
    return List.of();
  }

  /**
   * Lets a PIN be tried again that was refused.
   *
   * @return how many refusals there were
   * @throws OperatorException if the record of them cannot be written
   */
  default int retryPins() {
    return 0;
  }
}
