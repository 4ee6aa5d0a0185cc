package io.github.keywrap.settings;

import java.nio.file.Path;

/** Where a sealed key is kept. */
public sealed interface SealedKeyPlace {
  /** In a private data object of the token that opens it. */
  record OnToken() implements SealedKeyPlace {}

  /** In a file, which each node has. */
  record InFile(Path path) implements SealedKeyPlace {}
}
