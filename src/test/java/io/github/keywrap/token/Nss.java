package io.github.keywrap.token;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The software token of NSS, Mozilla's library. It learns from a text at {@code C_Initialize} where
 * its database is, and does nothing without.
 */
public final class Nss {
  private static final Path DATABASE = SoftHsm.folder().resolve("nss");

  private Nss() {}

  public static Path library() {
    return SystemLibrary.named("libsoftokn3.so");
  }

  /** What {@code C_Initialize} wants. */
  public static String parameters() {
    return "configdir='sql:%s' certPrefix='' keyPrefix='' secmod='secmod.db'".formatted(DATABASE);
  }

  /**
   * Makes a new token, from the next {@code C_Initialize} on. Its label is NSS's own; the serial is
   * no name for it, NSS's other token has the same.
   */
  public static String newToken() throws Exception {
    Files.createDirectories(DATABASE);
    for (String old : List.of("cert9.db", "key4.db", "pkcs11.txt")) {
      boolean _ = Files.deleteIfExists(DATABASE.resolve(old));
    }
    Path pin = Files.writeString(DATABASE.resolve("pin"), SoftHsm.PIN + "\n");
    String _ =
        Command.run(
            Duration.ofMinutes(1),
            List.of("certutil", "-N", "-d", "sql:" + DATABASE, "-f", pin.toString()));
    return "NSS Certificate DB";
  }
}
