package io.github.keywrap.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * openCryptoki's software token, and the daemon that it needs, from start to close. The token has
 * no GCM.
 */
public final class OpenCryptoki implements AutoCloseable {
  private static final String DAEMON = "src/test/opencryptoki/slot-daemon";

  /** What every token of openCryptoki has at first. */
  private static final String SO_PIN = "87654321";

  private static final AtomicInteger TOKENS = new AtomicInteger();

  private final Process daemon;

  private OpenCryptoki(Process daemon) {
    this.daemon = daemon;
  }

  /** Whether the daemon can run on this machine; {@code make test} says why not. */
  public static boolean canRun() throws IOException, InterruptedException {
    return new ProcessBuilder(DAEMON, "check").redirectOutput(Redirect.DISCARD).start().waitFor()
        == 0;
  }

  /** Starts the daemon and waits until it serves. */
  public static OpenCryptoki start() throws IOException {
    Process daemon = new ProcessBuilder(DAEMON, "run").redirectError(Redirect.INHERIT).start();
    BufferedReader says = daemon.inputReader(UTF_8);
    assertThat(says.readLine()).isEqualTo("ready");
    return new OpenCryptoki(daemon);
  }

  public static Path library() {
    return SystemLibrary.named("opencryptoki/libopencryptoki.so.0");
  }

  /**
   * Makes the token anew, without what was on it. It lets nobody do so while a session is open, and
   * a key that was closed lets go of its sessions a moment later.
   */
  public String newToken() throws Exception {
    String label = "test-" + ProcessHandle.current().pid() + "-" + TOKENS.incrementAndGet();
    await().untilAsserted(() -> tool("--init-token", "--label", label));
    tool("--init-pin", "--login", "--login-type", "so", "--pin", SoftHsm.PIN);
    return label;
  }

  private static void tool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("pkcs11-tool", "--module", library().toString(), "--slot", "0"));
    command.addAll(List.of("--so-pin", SO_PIN));
    command.addAll(List.of(arguments));
    String _ = Command.run(Duration.ofMinutes(1), command);
  }

  /** Ends the daemon, and what is left of the token. */
  @Override
  public void close() throws IOException, InterruptedException {
    daemon.getOutputStream().close();
    assertThat(daemon.waitFor(Duration.ofSeconds(30))).isTrue();
  }
}
