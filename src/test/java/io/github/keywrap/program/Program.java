package io.github.keywrap.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.transport.KmsClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The packaged program in a folder of its own, with a local key, run as an operator runs it. Ends
 * every process that it started when it is closed.
 */
final class Program implements AutoCloseable {
  static final Path EXECUTABLE = Path.of(System.getProperty("keywrap.program"));
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path folder;
  private final Path executable;
  private final Map<String, String> environment;
  private final int managementPort = freePort();
  private final List<Process> processes = new ArrayList<>();
  private final Map<String, String> settings = new TreeMap<>();
  private final Map<Process, Path> logs = new HashMap<>();

  /** How a command ended. */
  record Result(int exitCode, String out, String err) {
    Result succeeded() {
      assertThat(exitCode).as("exit code; standard error: %s", err).isZero();
      return this;
    }
  }

  private Program(Path folder, Path executable, Map<String, String> environment)
      throws IOException {
    this.folder = folder;
    this.executable = executable;
    this.environment = environment;
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path passphrase = Files.writeString(folder.resolve("passphrase"), "a passphrase\n");
    Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
    set("socket.path", "kms.sock");
    set("socket.takeover-wait", "0s");
    set("management.port", Integer.toString(managementPort));
    set("active", "first");
    key("first", "aes-gcm");
    key("second", "sm4-gcm");
  }

  /** With two keys made, AES (active) and SM4. */
  static Program in(Path folder) throws Exception {
    return in(folder, EXECUTABLE, Map.of());
  }

  static Program in(Path folder, Path executable, Map<String, String> environment)
      throws Exception {
    Program program = new Program(folder, executable, environment);
    program
        .command("keygen", "--config", program.config().toString(), "--key", "first")
        .succeeded();
    program
        .command("keygen", "--config", program.config().toString(), "--key", "second")
        .succeeded();
    return program;
  }

  private void key(String name, String algorithm) {
    set("keys." + name + ".type", "local");
    set("keys." + name + ".algorithm", algorithm);
    set("keys." + name + ".keystore", name + ".jwe");
    set("keys." + name + ".passphrase.file", "passphrase");
  }

  /** Changes a setting for what is started after this. */
  Program set(String name, String value) {
    settings.put("keywrap." + name, value);
    return this;
  }

  /** Drops a setting. */
  Program unset(String name) {
    settings.remove("keywrap." + name);
    return this;
  }

  /** Drops a key from the settings. */
  Program without(String key) {
    settings.keySet().removeIf(name -> name.startsWith("keywrap.keys." + key + "."));
    return this;
  }

  Path folder() {
    return folder;
  }

  Path socket() {
    return folder.resolve("kms.sock");
  }

  int managementPort() {
    return managementPort;
  }

  Path config() throws IOException {
    StringBuilder properties = new StringBuilder();
    settings.forEach(
        (name, value) -> properties.append(name).append('=').append(value).append('\n'));
    // Whole at every moment: a program that was just started may be reading it.
    Path next = Files.writeString(folder.resolve("next.properties"), properties);
    return Files.move(next, folder.resolve("keywrap.properties"), ATOMIC_MOVE);
  }

  /** Runs a command to its end. */
  Result command(String... arguments) throws Exception {
    return command(new byte[0], arguments);
  }

  Result command(byte[] input, String... arguments) throws Exception {
    Process process = start(arguments);
    try (var in = process.getOutputStream()) {
      in.write(input);
    } catch (IOException endedBeforeItRead) {
      assertThat(process.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    }
    return result(process);
  }

  private Process start(String... arguments) throws IOException {
    return start(executable, arguments);
  }

  /** Starts the program by another of its names, and does not wait. */
  Process start(Path name, String... arguments) throws IOException {
    return start(_ -> {}, name, arguments);
  }

  private Process start(Consumer<ProcessBuilder> surroundings, Path name, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(name.toString()));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(folder, "out", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(Path.of(out + ".err").toFile());
    builder.environment().putAll(environment);
    surroundings.accept(builder);
    Process process = builder.start();
    processes.add(process);
    logs.put(process, out);
    return process;
  }

  Result result(Process process) throws Exception {
    assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("ends in time").isTrue();
    return new Result(process.exitValue(), read(logs.get(process)), log(process));
  }

  /** Standard error so far. */
  String log(Process process) throws IOException {
    return read(Path.of(logs.get(process) + ".err"));
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), UTF_8);
  }

  /** Starts serving and does not wait. */
  Process beginToServe() throws IOException {
    return start("serve", "--config", config().toString());
  }

  /** The same in other surroundings than usual. */
  Process beginToServe(Consumer<ProcessBuilder> surroundings) throws IOException {
    return start(surroundings, executable, "serve", "--config", config().toString());
  }

  /** Starts serving and waits until it does. */
  Process serve() throws Exception {
    Process process = beginToServe();
    awaitServing(process);
    return process;
  }

  void awaitServing(Process process) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !process.isAlive() || log(process).contains("serving KMS"));
    assertThat(process.isAlive()).as(() -> quietLog(process)).isTrue();
  }

  private String quietLog(Process process) {
    try {
      return log(process);
    } catch (IOException e) {
      return "no log";
    }
  }

  /** SIGTERM, and waits for the end. */
  Result terminate(Process process) throws Exception {
    process.destroy();
    return result(process);
  }

  /** SIGKILL, and waits for the end. */
  void kill(Process process) throws Exception {
    process.destroyForcibly();
    assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  /** That the whole check passes. */
  void assertServes() throws Exception {
    Result check = command("check", "--socket", socket().toString()).succeeded();
    assertThat(check.out().lines()).hasSize(4).allMatch(line -> line.startsWith("ok "));
  }

  KmsClient client() {
    return new KmsClient(socket());
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws Exception {
    for (Process process : processes) {
      process.destroyForcibly();
      process.waitFor();
    }
  }
}
