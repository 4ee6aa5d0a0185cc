package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.settings.LibrarySettings;
import java.nio.file.Path;
import java.time.Duration;

/** What a key does to a library when its token is lost, under keys that work. */
public final class Reinitialization {
  private Reinitialization() {}

  /** Finalizes the library and initializes it again. */
  public static void of(Path library) {
    try (CryptokiLibrary module = CryptokiLibrary.of(new LibrarySettings(library, ""))) {
      module.reinitialize(module.initialized(Deadline.after(Duration.ofSeconds(10))));
    }
  }
}
