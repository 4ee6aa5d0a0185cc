package io.github.keywrap.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.github.keywrap.transport.KmsClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What surrounds the program neither configures its framework nor finds keys beside it. */
final class OutsideIT {
  private static final String DEK = "0123456789abcdef0123456789abcdef";

  private static final Map<String, String> WISHES =
      Map.of(
          "quarkus.log.level", "DEBUG",
          "quarkus.log.min-level", "TRACE",
          "quarkus.log.console.level", "TRACE",
          "quarkus.log.category.\"io.grpc\".level", "TRACE",
          "quarkus.log.category.\"io.netty\".level", "TRACE",
          "quarkus.http.host-enabled", "true");

  @TempDir private Path folder;

  @Test
  void nothingOutsideConfiguresTheFramework() throws Exception {
    int port = Program.freePort();
    Map<String, String> wishes = new TreeMap<>(WISHES);
    wishes.put("quarkus.http.port", Integer.toString(port));
    wishes.put("quarkus.http.test-port", Integer.toString(port));
    Map<String, String> environment = new TreeMap<>();
    List<String> lines = new ArrayList<>();
    wishes.forEach(
        (name, value) -> {
          environment.put(name.replaceAll("[^a-z0-9]", "_").toUpperCase(Locale.ROOT), value);
          lines.add(name.replace("\"", "\\\"") + "=" + value);
          lines.add("%prod." + name + "=" + value);
        });
    Files.write(folder.resolve(".env"), lines);
    Path config = Files.createDirectory(folder.resolve("config"));
    Files.write(config.resolve("application.properties"), lines);
    environment.put("QUARKUS_CONFIG_LOCATIONS", config.toString());
    environment.put("SMALLRYE_CONFIG_LOCATIONS", config.toString());
    environment.put("KEYWRAP_JAVA_OPTS", "-Dquarkus.log.level=DEBUG");
    try (Program program = Program.in(folder, Program.EXECUTABLE, environment)) {
      Process server = program.serve();
      try (KmsClient client = program.client()) {
        assertThat(client.decryptV1(client.encryptV1(ByteString.copyFromUtf8(DEK))))
            .isEqualTo(ByteString.copyFromUtf8(DEK));
      }
      assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
          .isInstanceOf(IOException.class);
      assertThat(program.terminate(server).succeeded().err())
          .doesNotContain("DEBUG", "TRACE", DEK, HexFormat.of().formatHex(DEK.getBytes(UTF_8)));
    }
  }

  @Test
  void aCrashLeavesNoMemoryInTheWorkingFolder() throws Exception {
    try (Program program = Program.in(folder)) {
      Process server = program.serve();
      List<String> before = names();
      assertThat(new ProcessBuilder("kill", "-SEGV", Long.toString(server.pid())).start().waitFor())
          .isZero();
      assertThat(server.waitFor(60, SECONDS)).isTrue();
      assertThat(server.exitValue()).isNotZero();
      assertThat(names()).isEqualTo(before);
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
