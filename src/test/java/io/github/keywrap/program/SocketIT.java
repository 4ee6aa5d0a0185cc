package io.github.keywrap.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.transport.KmsClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The socket file, case by case. */
final class SocketIT {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  /** For a moment: what the umask leaves. To connect takes the right to write. */
  private static final Set<PosixFilePermission> JUST_BOUND =
      PosixFilePermissions.fromString("rwx------");

  @TempDir private Path folder;
  private Program program;

  @BeforeEach
  void prepare() throws Exception {
    program = Program.in(folder);
  }

  @AfterEach
  void endAll() throws Exception {
    program.close();
  }

  @Test
  void ofTwoStartersExactlyOneServesThirtyTimesOver() throws Exception {
    program.without("second").set("management.enabled", "false");
    int named = 0;
    for (int round = 0; round < 30; round++) {
      try (ModeWatch watch = new ModeWatch(program.socket())) {
        Process one = program.beginToServe();
        Process two = program.beginToServe();
        CompletableFuture.anyOf(one.onExit(), two.onExit()).get();
        Process winner = one.isAlive() ? one : two;
        Process loser = one.isAlive() ? two : one;
        Program.Result refused = program.result(loser);
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
            .containsPattern("error: socket .* is in use by (process \\d+|another keywrap)\n");
        named += refused.err().contains("process " + winner.pid()) ? 1 : 0;
        if (round % 10 == 0) {
          program.awaitServing(winner);
          program.assertServes();
          program.terminate(winner).succeeded();
        } else {
          program.kill(winner);
        }
        assertThat(watch.seen()).isSubsetOf(List.of(PRIVATE, JUST_BOUND));
      }
    }
    assertThat(named).as("rounds in which the loser named the winner").isGreaterThan(24);
  }

  @Test
  void hasItsModeAndGroupFromTheFirstMoment() throws Exception {
    String group = groupOtherThanOnesOwnIfPossible();
    program.set("socket.mode", "0660").set("socket.group", group);
    try (ModeWatch watch = new ModeWatch(program.socket())) {
      program.serve();
      Set<PosixFilePermission> meant = PosixFilePermissions.fromString("rw-rw----");
      await().until(() -> watch.seen().contains(meant));
      assertThat(watch.seen()).isSubsetOf(List.of(meant, JUST_BOUND));
    }
    assertThat(Files.readAttributes(program.socket(), PosixFileAttributes.class).group().getName())
        .isEqualTo(group);
  }

  /** Only root may give a file to a group that it is not in. */
  private String groupOtherThanOnesOwnIfPossible() throws IOException {
    PosixFileAttributes own = Files.readAttributes(folder, PosixFileAttributes.class);
    return own.owner().getName().equals("root") ? "daemon" : own.group().getName();
  }

  @Test
  void replacesADeadSocket() throws Exception {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(program.socket()));
    }
    assertThat(program.socket()).exists();
    program.serve();
    program.assertServes();
  }

  @Test
  void refusesALiveSocketOfAnotherProgram() throws Exception {
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(program.socket()));
      Object before = fileKey();
      assertRefused("is in use by another program");
      assertThat(fileKey()).isEqualTo(before);
    }
  }

  @Test
  void waitsForAnotherProgramToLetGo() throws Exception {
    program.set("socket.takeover-wait", "60s");
    Process server;
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(program.socket()));
      server = program.beginToServe();
      await().until(() -> program.log(server).contains("another program serves on"));
    }
    program.awaitServing(server);
  }

  @Test
  void waitsForTheOldProcessToDrain() throws Exception {
    program.set("socket.takeover-wait", "60s").set("management.enabled", "false");
    Process old = program.serve();
    Process next = program.beginToServe();
    await().until(() -> program.log(next).contains("process " + old.pid() + " serves on"));
    program.assertServes();
    program.terminate(old).succeeded();
    program.awaitServing(next);
    program.assertServes();
  }

  @Test
  void refusesAFileAndLeavesItAlone() throws Exception {
    Files.writeString(program.socket(), "precious");
    assertRefused("is a file, not a socket");
    assertThat(program.socket()).hasContent("precious");
  }

  @Test
  void refusesALinkAndLeavesItAndItsTargetAlone() throws Exception {
    Path target = Files.writeString(folder.resolve("target"), "precious");
    Files.createSymbolicLink(program.socket(), target);
    assertRefused("is a link, not a socket");
    assertThat(program.socket()).isSymbolicLink();
    assertThat(target).hasContent("precious");
  }

  @Test
  void refusesAFolder() throws Exception {
    Files.createDirectory(program.socket());
    assertRefused("is a folder, not a socket");
  }

  @Test
  void refusesAPipe() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", program.socket().toString()).start().waitFor())
        .isZero();
    assertRefused("is a file, not a socket");
  }

  @Test
  void refusesAMissingParent() throws Exception {
    program.set("socket.path", "missing/kms.sock");
    String error = assertRefused("folder " + folder + "/missing of the socket does not exist");
    assertThat(error).contains("hint: install -d -m 0755 " + folder + "/missing");
    assertThat(folder.resolve("missing")).doesNotExist();
  }

  @Test
  void refusesAParentThatOthersMayWrite() throws Exception {
    for (String mode : List.of("rwxrwxr-x", "rwxr-xrwx")) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
      String error = assertRefused("others may write to folder " + folder);
      assertThat(error).contains("hint: chmod go-w " + folder);
    }
  }

  @Test
  void refusesAPathThatIsTooLong() throws Exception {
    program.set("socket.path", "x".repeat(110));
    assertRefused("too many for a Unix domain socket");
  }

  @Test
  void servesOnTheLongestPath() throws Exception {
    int length = 106 - folder.toString().length() - 1;
    String name = "x".repeat(length);
    program.set("socket.path", name).serve();
    program.command("check", "--socket", folder.resolve(name).toString()).succeeded();
  }

  @Test
  void refusesAnAbstractSocket() throws Exception {
    program.set("socket.path", "@kms");
    Program.Result result = program.result(program.beginToServe());
    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.err()).contains("abstract socket", "hint: use a path");
  }

  @Test
  void removesTheSocketAtExitOnlyIfItIsStillItsOwn() throws Exception {
    Process server = program.serve();
    Files.delete(program.socket());
    Files.writeString(program.socket(), "somebody else's");
    program.terminate(server).succeeded();
    assertThat(program.socket()).hasContent("somebody else's");
  }

  @Test
  void theKernelKnowsItByItsPath() throws Exception {
    program.serve();
    try (Stream<String> sockets = Files.lines(Path.of("/proc/net/unix"))) {
      assertThat(sockets).anyMatch(line -> line.endsWith(" " + program.socket()));
    }
  }

  @Test
  void isPutBackWhereSomebodyRemovedIt() throws Exception {
    Process server = program.serve();
    try (KmsClient client = program.client()) {
      assertThat(client.status().getHealthz()).isEqualTo("ok");
      Files.delete(program.socket());
      await().until(() -> Files.exists(program.socket()));
      assertThat(client.status().getHealthz()).isEqualTo("ok");
    }
    program.assertServes();
    assertThat(program.terminate(server).succeeded().err()).containsOnlyOnce("it is there again");
    assertThat(program.socket()).doesNotExist();
  }

  @Test
  void isPutBackWithItsFolderAndItsLock() throws Exception {
    Path run = Files.createDirectory(folder.resolve("run"));
    program.set("socket.path", "run/kms.sock");
    Process server = program.serve();
    Files.delete(run.resolve("kms.sock"));
    Files.delete(run.resolve("kms.sock.lock"));
    Files.delete(run);
    await().until(() -> program.log(server).contains("it is there again"));
    program.command("check", "--socket", run.resolve("kms.sock").toString()).succeeded();
    assertThat(Files.getPosixFilePermissions(run))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
    assertRefused("is in use by process " + server.pid());
  }

  @Test
  void whatSomebodyPutInItsPlaceIsToldOnceAndLeftAlone() throws Exception {
    Process server = program.serve();
    Files.delete(program.socket());
    Files.writeString(program.socket(), "precious");
    await().until(() -> program.log(server).contains("is a file, not a socket"));
    await().pollDelay(Duration.ofSeconds(5)).until(() -> server.isAlive());
    assertThat(program.socket()).hasContent("precious");
    Files.delete(program.socket());
    await().until(() -> program.log(server).contains("it is there again"));
    program.assertServes();
    assertThat(program.log(server)).containsOnlyOnce("is gone, and cannot be put back");
  }

  @Test
  void leavesNothingBehindButItsLockFile() throws Exception {
    List<String> before = names();
    program.terminate(program.serve()).succeeded();
    assertThat(names())
        .filteredOn(name -> !name.contains(".log") && !before.contains(name))
        .containsExactly("kms.sock.lock");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private String assertRefused(String message) throws Exception {
    Program.Result result = program.result(program.beginToServe());
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("error: ").contains(message).contains("hint: ");
    assertThat(result.err()).doesNotContain("\tat ");
    return result.err();
  }

  private Object fileKey() throws IOException {
    return Files.readAttributes(program.socket(), PosixFileAttributes.class).fileKey();
  }

  /** Looks at the mode of a file all the time, while it comes and goes. */
  private static final class ModeWatch implements AutoCloseable {
    private final Set<Set<PosixFilePermission>> seen = new HashSet<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Thread thread;

    ModeWatch(Path path) {
      thread = Thread.ofPlatform().start(() -> watch(path));
    }

    private void watch(Path path) {
      while (!ended.get()) {
        try {
          Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
          synchronized (seen) {
            seen.add(mode);
          }
        } catch (NoSuchFileException notThere) {
          Thread.onSpinWait();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        LockSupport.parkNanos(100_000);
      }
    }

    Set<Set<PosixFilePermission>> seen() {
      synchronized (seen) {
        return Set.copyOf(seen);
      }
    }

    @Override
    public void close() throws InterruptedException {
      ended.set(true);
      thread.join();
    }
  }
}
