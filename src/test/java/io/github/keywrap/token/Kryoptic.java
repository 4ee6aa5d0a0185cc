package io.github.keywrap.token;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * kryoptic, a software token that has nothing of SoftHSM's: in Rust, with its objects in SQLite.
 * Its configuration is where the build's environment variable says, and read at {@code
 * C_Initialize}.
 */
public final class Kryoptic {
  private static final Path CONFIGURATION = Path.of(System.getenv("KRYOPTIC_CONF"));
  private static final String SLOT = "42";
  private static final String SO_PIN = "12345678";
  private static final AtomicInteger TOKENS = new AtomicInteger();

  private Kryoptic() {}

  /** The library, built if it is not. */
  public static Path library() throws Exception {
    String output = Command.run(Duration.ofMinutes(20), List.of("scripts/build-kryoptic"));
    return Path.of(output.lines().toList().getLast());
  }

  /** Makes a new token, from the next {@code C_Initialize} on the only one. */
  public static String newToken() throws Exception {
    String label = "test-" + ProcessHandle.current().pid() + "-" + TOKENS.incrementAndGet();
    Files.createDirectories(CONFIGURATION.getParent());
    Files.writeString(
        CONFIGURATION,
        """
        [[slots]]
        slot = %s
        dbtype = "sqlite"
        dbargs = "%s"
        """
            .formatted(SLOT, CONFIGURATION.resolveSibling("kryoptic-" + label + ".sql")));
    tool("--init-token", "--label", label);
    tool("--init-pin", "--login", "--login-type", "so", "--pin", SoftHsm.PIN);
    return label;
  }

  private static void tool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("pkcs11-tool", "--module", library().toString(), "--slot", SLOT));
    command.addAll(List.of("--so-pin", SO_PIN));
    command.addAll(List.of(arguments));
    String _ = Command.run(Duration.ofMinutes(1), command);
  }
}
