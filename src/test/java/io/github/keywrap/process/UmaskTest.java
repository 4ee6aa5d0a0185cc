package io.github.keywrap.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UmaskTest {
  @TempDir private Path folder;

  @Test
  void whatIsMadeMeanwhileIsTheOwnersAloneAndOnlyThat() throws IOException {
    String before = modeOfNew("before");
    Umask.whileOwnersAlone(() -> assertThat(modeOfNew("meanwhile")).isEqualTo("rw-------"));
    assertThat(modeOfNew("after")).isEqualTo(before);
  }

  @Test
  void aFailureLeavesItAsItWas() throws IOException {
    String before = modeOfNew("before");
    assertThatThrownBy(
            () ->
                Umask.whileOwnersAlone(
                    () -> {
                      throw new IOException("no room");
                    }))
        .hasMessage("no room");
    assertThat(modeOfNew("after")).isEqualTo(before);
  }

  private String modeOfNew(String name) throws IOException {
    Path made = Files.writeString(folder.resolve(name), "");
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(made));
  }
}
