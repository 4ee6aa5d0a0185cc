package io.github.keywrap.token;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * p11-kit's proxy, a PKCS#11 library that passes on to others: here to SoftHSM alone, as a user's
 * configuration says where the build's environment variable points to. For root, p11-kit reads no
 * such configuration: then it is all that the distribution's packages have registered, SoftHSM
 * among them.
 */
public final class P11KitProxy {
  private static final Path CONFIGURATION =
      Path.of(System.getenv("XDG_CONFIG_HOME")).resolve("pkcs11");

  private P11KitProxy() {}

  /** The library, configured. */
  public static Path library() {
    try {
      Path modules = Files.createDirectories(CONFIGURATION.resolve("modules"));
      Files.writeString(CONFIGURATION.resolve("pkcs11.conf"), "user-config: only\n");
      Files.writeString(modules.resolve("softhsm.module"), "module: " + SoftHsm.LIBRARY + "\n");
      return SystemLibrary.named("p11-kit-proxy.so");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
