package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SoftHSM, the real one, and the same with a vendor's SM4 and with faults. Its configuration, the
 * control file of the faults and the record of logins are where the build's environment variables
 * say.
 */
public final class SoftHsm {
  public static final Path LIBRARY = Path.of("/usr/lib/softhsm/libsofthsm2.so");
  public static final String PIN = "1234";

  private static final Path FOLDER = Path.of(System.getenv("SOFTHSM2_CONF")).getParent();
  private static final Path FAULTY = FOLDER.resolve("faulty-token.so");
  private static final Path CONTROL = Path.of(System.getenv("FAULTY_TOKEN_CONTROL"));
  private static final Path LOGINS = Path.of(System.getenv("FAULTY_TOKEN_LOGINS"));
  private static final AtomicInteger RESETS = new AtomicInteger();
  private static final AtomicInteger TOKENS = new AtomicInteger();

  static {
    try {
      Files.createDirectories(FOLDER.resolve("tokens"));
      Files.writeString(
          FOLDER.resolve("softhsm2.conf"),
          """
          directories.tokendir = %s
          objectstore.backend = file
          log.level = ERROR
          """
              .formatted(FOLDER.resolve("tokens")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SoftHsm() {}

  /** The folder of this run's tokens of every kind. */
  static Path folder() {
    return FOLDER;
  }

  /** The folder that all tokens are in. */
  public static Path tokens() {
    return FOLDER.resolve("tokens");
  }

  /** Makes a new token. Before a library is initialized: SoftHSM sees no later ones. */
  public static String newToken() throws Exception {
    String label = "test-" + ProcessHandle.current().pid() + "-" + TOKENS.incrementAndGet();
    run(
        List.of(
            "softhsm2-util",
            "--init-token",
            "--free",
            "--label",
            label,
            "--so-pin",
            "12345678",
            "--pin",
            PIN));
    return label;
  }

  /** The library with SM4 and faults, built if it is not. */
  public static synchronized Path faultyLibrary() throws Exception {
    if (!Files.exists(FAULTY) || isOlderThanSources(FAULTY)) {
      run(List.of("src/test/c/build-token", FAULTY.toString()));
    }
    return FAULTY;
  }

  /** Sets faults of a copy of the library, which has them instead of the common ones. */
  public static void faultsOf(Path copy, String... lines) {
    Path control = copy.resolveSibling(copy.getFileName() + ".control");
    write(control, lines);
  }

  /** A copy, which the process loads beside the original, with a state of its own. */
  public static Path copyOfLibrary(Path library) throws IOException {
    String name =
        "copy-%d-%d.so".formatted(ProcessHandle.current().pid(), TOKENS.incrementAndGet());
    Path _ = Files.copy(LIBRARY, FOLDER.resolve(name + ".softhsm"));
    return Files.copy(library, FOLDER.resolve(name));
  }

  /** Place of a token's slot in the list of all slots, from what {@code token list} prints. */
  public static int slotListIndex(List<String> listing, String token) {
    int line = 0;
    while (!listing.get(line).contains("\"" + token + "\"")) {
      line++;
    }
    Matcher matcher = Pattern.compile("slot-list-index (\\d+)").matcher(listing.get(line + 2));
    assertThat(matcher.find()).isTrue();
    return Integer.parseInt(matcher.group(1));
  }

  private static boolean isOlderThanSources(Path file) throws IOException {
    FileTime built = Files.getLastModifiedTime(file);
    try (DirectoryStream<Path> sources = Files.newDirectoryStream(Path.of("src/test/c"))) {
      for (Path source : sources) {
        if (built.compareTo(Files.getLastModifiedTime(source)) < 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** Sets the faults from now on; none: all is well. */
  public static void faults(String... lines) {
    write(CONTROL, lines);
  }

  private static void write(Path control, String... lines) {
    try {
      Path next =
          Files.writeString(
              control.resolveSibling(control.getFileName() + ".next"),
              String.join("\n", lines) + "\n");
      Files.move(next, control, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The fault that closes all sessions once. */
  public static String reset() {
    return "reset " + (ProcessHandle.current().pid() * 1_000 + RESETS.incrementAndGet());
  }

  /** How often somebody has logged in to the library with faults. */
  public static long logins() throws IOException {
    return Files.exists(LOGINS) ? Files.readAllLines(LOGINS).size() : 0;
  }

  /** Runs a tool to its good end. */
  public static String run(List<String> command) throws Exception {
    return Command.run(Duration.ofMinutes(1), command);
  }
}
