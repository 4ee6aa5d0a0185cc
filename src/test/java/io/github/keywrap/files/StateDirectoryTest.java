package io.github.keywrap.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateDirectoryTest {
  @TempDir private Path folder;
  private StateDirectory state;

  @BeforeEach
  void open() {
    state = new StateDirectory(folder.resolve("above/state"));
  }

  @Test
  void isMadeWithTheFirstFileAndPrivate() throws IOException {
    assertThatThrownBy(() -> state.read("a", 10)).isInstanceOf(NoSuchFileException.class);
    assertThat(state.names("")).isEmpty();
    assertThat(state.path()).doesNotExist();
    state.replace("a", bytes("one"));
    assertThat(read("a")).isEqualTo("one");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.path())))
        .isEqualTo("rwx------");
  }

  @Test
  void leavesNothingBesideWhatItWrites() throws IOException {
    state.replace("a", bytes("one"));
    Files.writeString(state.file("next-a"), "of a process that was ended");
    state.replace("a", bytes("two"));
    state.overwrite("b", bytes("thr"));
    state.overwrite("b", bytes("fou"));
    assertThat(read("a")).isEqualTo("two");
    assertThat(read("b")).isEqualTo("fou");
    assertThat(state.names("")).containsExactlyInAnyOrder("a", "b");
    state.remove("a");
    state.remove("a");
    assertThat(state.names("")).containsExactly("b");
  }

  @Test
  void aFileThatCannotBeReplacedStaysAsItIs() throws IOException {
    state.replace("a", bytes("one"));
    Path inTheWay = Files.createDirectory(state.file("next-a"));
    Files.createFile(inTheWay.resolve("x"));
    assertThatThrownBy(() -> state.replace("a", bytes("two"))).isInstanceOf(IOException.class);
    assertThat(read("a")).isEqualTo("one");
  }

  @Test
  void readsNoMoreThanItIsAskedFor() throws IOException {
    state.replace("a", bytes("one"));
    assertThatThrownBy(() -> state.read("a", 2)).isInstanceOf(SmallFile.UnfitException.class);
  }

  private String read(String name) throws IOException {
    return new String(state.read(name, 100), UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
