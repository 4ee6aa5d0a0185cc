package io.github.keywrap.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program where it can write to the folder of its socket and to nothing else. */
final class ReadOnlyIT {
  /**
   * Runs its arguments where every file system is read-only, except for the folder of the script.
   */
  private static final String SCRIPT =
      """
      #!/bin/sh
      exec unshare --mount sh -c '
        set -e
        mount --bind "$0" "$0"
        while read -r _ _ _ _ point _; do
          [ "$point" = "$0" ] || mount -o remount,bind,ro "$point" 2>/dev/null || true
        done </proc/self/mountinfo
        cd "$0"
        if touch /tmp/of-keywrap 2>/dev/null; then echo "error: /tmp is not read-only" >&2; exit 3; fi
        exec "$@"' "$(dirname "$0")" %s "$@"
      """;

  @TempDir private Path folder;

  @Test
  void servesAndWritesNothingButItsSocketAndItsLock() throws Exception {
    assumeTrue(mayMount(), "takes the right to mount");
    try (Program program = Program.in(folder, executable(), Map.of())) {
      Process server = program.serve();
      program.assertServes();
      try (Stream<Path> files = Files.list(folder)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .filteredOn(name -> !name.contains(".log") && !name.endsWith(".jwe"))
            .containsExactlyInAnyOrder(
                "read-only", "passphrase", "keywrap.properties", "kms.sock", "kms.sock.lock");
      }
      assertThat(program.terminate(server).succeeded().err()).doesNotContain("ERROR");
    }
  }

  @Test
  void checkAndServeAgreeThatNothingIsMissing() throws Exception {
    assumeTrue(mayMount(), "takes the right to mount");
    try (Program program = Program.in(folder, executable(), Map.of())) {
      String config = program.config().toString();
      assertThat(program.command("config", "check", "--config", config).succeeded().err())
          .isEmpty();
      assertThat(program.command("check", "--config", config).succeeded().err()).isEmpty();
      program.serve();
    }
  }

  private Path executable() throws IOException {
    Path script =
        Files.writeString(
            folder.resolve("read-only"), SCRIPT.formatted("\"" + Program.EXECUTABLE + "\""));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script;
  }

  private static boolean mayMount() throws Exception {
    return new ProcessBuilder(
                "unshare", "--mount", "sh", "-c", "mount --bind / / && mount -o remount,bind,ro /")
            .start()
            .waitFor()
        == 0;
  }
}
