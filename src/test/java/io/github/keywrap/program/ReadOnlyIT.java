package io.github.keywrap.program;

import static org.assertj.core.api.Assertions.assertThat;

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
  /** How that is had without a right to it, if need be, is in there. */
  private static final Path READ_ONLY = Path.of("src/test/scripts/read-only").toAbsolutePath();

  @TempDir private Path folder;

  @Test
  void servesAndWritesNothingButItsSocketAndItsLock() throws Exception {
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
            folder.resolve("read-only"),
            """
            #!/bin/sh
            exec "%s" "%s" "%s" "$@"
            """
                .formatted(READ_ONLY, folder, Program.EXECUTABLE));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script;
  }
}
