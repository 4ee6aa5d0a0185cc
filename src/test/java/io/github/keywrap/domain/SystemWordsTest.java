package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's own message of many of these is a path, and nothing else. */
final class SystemWordsTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file = Files.writeString(folder.resolve("file"), "content");
  }

  private static void assertTold(ThrowingCallable action, String words, Path path) {
    IOException failure = catchThrowableOfType(IOException.class, action);
    assertThat(SystemWords.of(failure)).isEqualTo(words);
    assertThat(SystemWords.withPath(failure)).isEqualTo(words + ": " + path);
  }

  @Test
  void whatIsMissing() {
    Path missing = folder.resolve("missing/file");
    assertTold(() -> Files.readString(missing), "it or its folder does not exist", missing);
  }

  @Test
  void aFileInTheWayOfAFolder() {
    assertTold(() -> Files.createDirectory(file), "something else is in its place", file);
    Path below = file.resolve("below");
    assertTold(() -> Files.createFile(below), "Not a directory", below);
  }

  @Test
  void aFolderInTheWayOfAFile() {
    assertTold(() -> Files.delete(folder), "it is a folder that is not empty", folder);
  }

  /** Made by hand, because root may read everything. */
  @Test
  void whatMayNotBeRead() {
    assertTold(
        () -> {
          throw new AccessDeniedException(file.toString());
        },
        "permission denied",
        file);
  }

  @Test
  void whatHasNoPath() {
    IOException failure = new IOException("No space left on device");
    assertThat(SystemWords.withPath(failure)).isEqualTo("No space left on device");
  }
}
