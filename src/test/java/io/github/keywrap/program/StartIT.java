package io.github.keywrap.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the start of the program makes of its surroundings. */
final class StartIT {
  @TempDir private Path folder;

  @Test
  void aPathThatIsNotAsciiNeedsNoLocale() throws Exception {
    assertThat(
            run("""
                d="$2/$(printf 'schl\\303\\274ssel')"; mkdir "$d"; cd "$d"
                (umask 077; echo secret >pass)
                printf 'keywrap.active=k\\nkeywrap.keys.k.type=local\\n' >k.properties
                printf 'keywrap.keys.k.keystore=%s/k.jwe\\n' "$d" >>k.properties
                printf 'keywrap.keys.k.passphrase.file=pass\\n' >>k.properties
                unset LANG LC_ALL LC_CTYPE
                "$1" keygen --config "$d/k.properties" --key k
                LC_ALL=C "$1" check --config "$d/k.properties"
                LANG=xx_YY.UTF-8 "$1" check --config "$d/k.properties"
                LANG=C.UTF-8 LC_TIME=xx_YY "$1" check --config "$d/k.properties"
                LC_ALL=xx_YY.UTF-8 "$1" check --config "$d/k.properties"
                """)
                .lines()
                .filter(line -> line.startsWith("ok    k (active)")))
        .hasSize(4);
  }

  @Test
  void tooFewFileDescriptorsAreTold() throws Exception {
    for (String files : List.of("20", "100", "150", "511")) {
      assertThat(run("ulimit -n " + files + "; \"$1\" version"))
          .isEqualTo(
              """
              error: this process may open %s files, and needs 512
              hint: ulimit -n 4096; under systemd: LimitNOFILE=4096
              exit 1
              """
                  .formatted(files));
    }
  }

  @Test
  void whatKeepsItFromStartingEndsItThoughNobodyReadsIt() throws Exception {
    try (UnreadPipe pipe = UnreadPipe.at(folder.resolve("pipe"))) {
      pipe.fill();
      assertThat(run("ulimit -n 100; timeout 20 \"$1\" version 2>\"$2/pipe\""))
          .contains("exit 1\n");
      assertThat(
              run(
                  "cp -r \"${1%/*}\" \"$2/bin\"; rm \"$2/bin/find-jdk\"; timeout 20 \"$2/bin/keywrap\" version 2>\"$2/pipe\""))
          .contains("exit 1\n");
    }
  }

  @Test
  void helpAndVersionAreWhereEverybodyLooksForThem() throws Exception {
    assertThat(run("\"$1\" --help")).contains("serve", "exit 0");
    assertThat(run("\"$1\" -h")).contains("serve", "exit 0");
    assertThat(run("\"$1\" --version")).startsWith("keywrap ").contains("exit 0");
    assertThat(run("\"$1\" serve --version")).startsWith("keywrap ").contains("exit 0");
  }

  /** Runs a script with the program as $1 and the folder as $2; returns what both wrote. */
  private String run(String script) throws Exception {
    Process process =
        new ProcessBuilder(
                "bash",
                "-c",
                script + "\necho exit $?",
                "test",
                Program.EXECUTABLE.toString(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }
}
