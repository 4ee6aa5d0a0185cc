package io.github.keywrap.jdcloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.contract.WrittenLogs;
import io.github.keywrap.jdcloud.VersionState.Tracked;
import io.github.keywrap.jdcloud.VersionState.Unknown;
import io.github.keywrap.jdcloud.VersionState.Untracked;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The state directory holds whatever a disk, a person or another build has left there. */
@Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class VersionStoreTest {
  private static final Tracked KNOWN =
      Tracked.of(
          KeyVersion.of("key", "of any characters", Instant.ofEpochSecond(1), KeyStatus.ENABLED));

  @TempDir private Path folder;
  private Path file;
  private VersionStore store;

  @BeforeEach
  void name() {
    file = folder.resolve("state/jdcloud-versions-key.json");
    store = new VersionStore(folder.resolve("state"), "key");
  }

  @Test
  void readsWhatItWrote() {
    assertThat(store.read()).isInstanceOf(Unknown.class);
    store.write(KNOWN);
    assertThat(store.read()).isEqualTo(KNOWN);
    store.write(new Untracked());
    assertThat(store.read()).isEqualTo(new Untracked());
  }

  @Test
  void readsWhatAnEarlierBuildWroteWithEveryVersion() throws IOException {
    write(
        "{\"newest\":\"%s\",\"created\":\"%s\",\"listed\":[\"0123456789abcdef\"]}"
            .formatted(KNOWN.newest().fingerprint(), KNOWN.newest().created()));
    assertThat(store.read()).isEqualTo(KNOWN);
  }

  @Test
  void aDamagedFileIsNotUsedAndWrittenAnew() throws IOException {
    for (String damaged :
        List.of(
            "",
            "{",
            "[]",
            "null",
            "{\"newest\":1}",
            "{\"newest\":\"0123456789abcdef\",\"created\":\"tomorrow\"}",
            "[".repeat(100_000),
            "\0\0\0{\0\0\0",
            "{\"newest\":\"" + "a".repeat(100_000) + "\"}")) {
      write(damaged);
      assertThat(store.read()).isInstanceOf(Unknown.class);
      store.write(KNOWN);
      assertThat(store.read()).isEqualTo(KNOWN);
    }
  }

  @Test
  void aFileOf200MegabytesIsNotRead() throws IOException {
    write("");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(200_000_000);
    }
    assertThat(store.read()).isInstanceOf(Unknown.class);
    store.write(KNOWN);
    assertThat(store.read()).isEqualTo(KNOWN);
  }

  @Test
  void aDeviceWithoutAnEndIsNotRead() throws IOException {
    Files.createDirectories(file.getParent());
    Files.createSymbolicLink(file, Path.of("/dev/zero"));
    assertThat(store.read()).isInstanceOf(Unknown.class);
    store.write(KNOWN);
    assertThat(store.read()).isEqualTo(KNOWN);
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    Files.createDirectories(file.getParent());
    pipe(file);
    pipe(file.resolveSibling(file.getFileName() + ".next"));
    assertThat(store.read()).isInstanceOf(Unknown.class);
    store.write(KNOWN);
    assertThat(store.read()).isEqualTo(KNOWN);
  }

  @Test
  void aLinkIsReplacedAndWhatItNamesIsLeftAlone() throws IOException {
    Path precious = Files.writeString(folder.resolve("precious"), "data");
    Files.createDirectories(file.getParent());
    Files.createSymbolicLink(file, precious);
    Files.createSymbolicLink(file.resolveSibling(file.getFileName() + ".next"), precious);
    assertThat(store.read()).isInstanceOf(Unknown.class);
    store.write(KNOWN);
    assertThat(store.read()).isEqualTo(KNOWN);
    assertThat(precious).hasContent("data");
  }

  @Test
  void aFolderInTheWayCostsOnlyTheMemory() throws IOException {
    Files.createDirectories(file.resolve("something"));
    assertThat(store.read()).isInstanceOf(Unknown.class);
    store.write(KNOWN);
    assertThat(store.read()).isInstanceOf(Unknown.class);
  }

  @Test
  void whatCannotBeWrittenLeavesNothingBesideItAndIsToldOnceWithTheReason() throws IOException {
    store.write(KNOWN);
    byte[] before = Files.readAllBytes(file);
    Files.delete(file);
    Files.createDirectories(file.resolve("something"));
    try (WrittenLogs logs = new WrittenLogs()) {
      store.write(KNOWN);
      store.write(new Untracked());
      assertThat(logs.lines())
          .filteredOn(line -> line.contains("cannot be written"))
          .singleElement()
          .asString()
          .contains(file.toString(), "irectory");
      assertThat(file.getParent()).isDirectoryNotContaining("glob:**.next");
      Files.delete(file.resolve("something"));
      Files.delete(file);
      store.write(KNOWN);
      assertThat(file).hasBinaryContent(before);
    }
  }

  @Test
  void whatCannotBeReadIsToldWithTheReason() throws IOException {
    Files.createDirectories(file);
    try (WrittenLogs logs = new WrittenLogs()) {
      assertThat(store.read()).isInstanceOf(Unknown.class);
      assertThat(logs.lines())
          .anyMatch(line -> line.contains("cannot be read (is no regular file)"));
    }
  }

  private void write(String content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static void pipe(Path path) throws Exception {
    Process made = new ProcessBuilder("mkfifo", path.toString()).start();
    assertThat(made.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(made.exitValue()).isZero();
  }
}
