package io.github.keywrap.program;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
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

  @Test
  void serveMakesNoAotCacheAndSaysWhatDoes() throws Exception {
    Path program = unpack();
    Path maker = program.resolveSibling("aot-cache");
    assertThat(serveForAMoment(program, Map.of()))
        .contains("without an AOT cache", "make one: " + maker + " make");
    assertThat(caches(program)).isEmpty();
    assertThat(serveForAMoment(program, Map.of("KEYWRAP_AOT_CACHE", "off"))).doesNotContain("AOT");
  }

  @Test
  void theAotCacheIsUsedOnlyWhileItIsWholeAndFits() throws Exception {
    Path program = unpack();
    Path maker = program.resolveSibling("aot-cache");
    assertThat(run(Map.of("KEYWRAP_ACTIVE", "none"), maker.toString(), "make"))
        .contains("making an AOT cache");
    assertThat(caches(program)).hasSize(1);
    assertThat(leftovers(program)).isEmpty();
    assertThat(serveForAMoment(program, Map.of("KEYWRAP_JAVA_OPTS", "-Xlog:class+load:stderr")))
        .doesNotContain("without an AOT cache")
        .containsPattern("io\\.github\\.keywrap\\.cli\\.Main source: shared objects file");
    assertThat(check(program)).containsPattern("note +AOT cache +used");

    Path cache = caches(program).getFirst();
    byte[] whole = Files.readAllBytes(cache);
    byte[] torn = whole.clone();
    Arrays.fill(torn, torn.length / 2, torn.length, (byte) 0);
    Files.write(cache, torn);
    assertThat(serveForAMoment(program, Map.of())).contains(cache + " is damaged; make one: ");
    assertThat(check(program)).contains("AOT cache", "not used: " + cache + " is damaged");

    Files.write(cache, whole);
    assertThat(check(program)).containsPattern("note +AOT cache +used");
    Path jar = program.resolve("../../lib/quarkus-run.jar").normalize();
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now()));
    assertThat(check(program)).contains("not used: none was made");
  }

  @Test
  void anAotCacheThatCouldNotBeMadeIsRememberedAndTold() throws Exception {
    Path program = unpack();
    Path maker = program.resolveSibling("aot-cache");
    Files.writeString(
        maker, Files.readString(maker).replace(" training-run ", " no-such-training-run "));
    Process making = new ProcessBuilder(maker.toString(), "make").redirectErrorStream(true).start();
    assertThat(new String(making.getInputStream().readAllBytes(), UTF_8))
        .contains("error: Unmatched argument", "made no AOT cache: the training run failed");
    assertThat(making.waitFor()).isEqualTo(1);
    assertThat(leftovers(program)).isEmpty();
    assertThat(serveForAMoment(program, Map.of()))
        .contains("making it failed: the training run failed; make one: " + maker + " make");
    assertThat(check(program)).contains("not used: making it failed");
  }

  @Test
  void anAotCacheOfAnotherBuildDoesNotFit() throws Exception {
    Path program = unpack();
    Path maker = program.resolveSibling("aot-cache");
    String before = run(Map.of(), maker.toString(), "identity");
    Path jar = program.resolve("../../lib/quarkus/generated-bytecode.jar").normalize();
    FileTime time = Files.getLastModifiedTime(jar);
    byte[] other = Files.readAllBytes(jar);
    other[other.length / 2] ^= 1;
    Files.write(jar, other);
    Files.setLastModifiedTime(jar, time);
    assertThat(run(Map.of(), maker.toString(), "identity")).isNotEqualTo(before);
  }

  private String check(Path executable) throws Exception {
    try (Program program =
        Program.in(Files.createTempDirectory(folder, "check"), executable, Map.of())) {
      return program.command("check", "--config", program.config().toString()).succeeded().out();
    }
  }

  @Test
  void jarsThatAreWrittenOverInPlaceAreToldAndCallForARestart() throws Exception {
    Path executable = unpack();
    try (Program program =
        Program.in(Files.createTempDirectory(folder, "serve"), executable, Map.of())) {
      Process server = program.serve();
      run(Map.of(), "cp", jar(executable), folder.resolve("other.jar").toString());
      run(Map.of(), "cp", folder.resolve("other.jar").toString(), jar(executable));
      await().until(() -> program.log(server).contains(jar(executable) + " was written over"));
      given().port(program.managementPort()).get("/livez").then().statusCode(503);
    }
  }

  private static String jar(Path executable) {
    return executable.resolve("../../lib/quarkus-run.jar").normalize().toString();
  }

  private Path unpack() throws Exception {
    run(Map.of(), "tar", "-xzf", ARCHIVE.toString(), "-C", folder.toString());
    return folder.resolve("keywrap/bin/keywrap");
  }

  /** Serves with a program until it answers, and returns what it wrote. */
  private String serveForAMoment(Path executable, Map<String, String> environment)
      throws Exception {
    try (Program program =
        Program.in(Files.createTempDirectory(folder, "serve"), executable, environment)) {
      Process server = program.serve();
      program.assertServes();
      return program.terminate(server).succeeded().err();
    }
  }

  private static List<Path> caches(Path program) throws IOException {
    return inLib(program, "keywrap-*.aot");
  }

  private static List<Path> leftovers(Path program) throws IOException {
    return inLib(program, ".aot-*");
  }

  private static List<Path> inLib(Path program, String pattern) throws IOException {
    Path lib = program.resolve("../../lib").normalize();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(lib, pattern)) {
      return StreamSupport.stream(found.spliterator(), false).toList();
    }
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
