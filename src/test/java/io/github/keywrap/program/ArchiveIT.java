package io.github.keywrap.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive runs wherever it is unpacked, on whichever fitting Java there is. */
final class ArchiveIT {
  private static final Path ARCHIVE = Path.of(System.getProperty("keywrap.archive"));

  @TempDir private Path folder;

  @Test
  void runsAfterUnpackingAnywhere() throws Exception {
    Path place = Files.createDirectory(folder.resolve("a place with spaces"));
    run(Map.of(), "tar", "-xzf", ARCHIVE.toString(), "-C", place.toString());
    String program = place.resolve("keywrap/bin/keywrap").toString();
    assertThat(run(Map.of(), program, "version")).startsWith("keywrap ");
    Path link = Files.createSymbolicLink(folder.resolve("keywrap"), Path.of(program));
    assertThat(run(Map.of(), link.toString(), "version")).startsWith("keywrap ");
  }

  @Test
  void findsAJavaThatIsNotTheDefault() throws Exception {
    Path wrong = Files.createDirectories(folder.resolve("jdk-17/bin"));
    Files.writeString(wrong.resolveSibling("release"), "JAVA_VERSION=\"17.0.1\"\n");
    Path java = Files.writeString(wrong.resolve("java"), "#!/bin/sh\nexit 9\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Map<String, String> environment =
        Map.of("JAVA_HOME", wrong.getParent().toString(), "PATH", wrong + ":/usr/bin:/bin");
    String home = run(environment, finder(), "jre").strip();
    assertThat(Files.readString(Path.of(home, "release"))).containsPattern("JAVA_VERSION=\"2[5-9]");
  }

  private static String finder() {
    return Program.EXECUTABLE.resolveSibling("find-jdk").toString();
  }

  private static String run(Map<String, String> environment, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
