package io.github.keywrap.program;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.github.keywrap.transport.KmsClient;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that holds connections to the socket of the packaged program, and nothing else. */
final class ConnectionsIT {
  private static final ByteString DEK = ByteString.copyFromUtf8("0123456789abcdef0123456789abcdef");

  @TempDir private Path folder;

  @Test
  void manyIdleConnectionsKeepNobodyOutAndLeaveTheProgramItsFiles() throws Exception {
    List<SocketChannel> held = new ArrayList<>();
    try (Program program = Program.in(folder, withFewFiles(), Map.of())) {
      Process server = program.serve();
      try (KmsClient early = program.client()) {
        ByteString wrapped = early.encryptV1(DEK);
        for (int i = 0; i < 1_000; i++) {
          SocketChannel connection = SocketChannel.open(StandardProtocolFamily.UNIX);
          held.add(connection);
          connection.connect(UnixDomainSocketAddress.of(program.socket()));
        }
        try (KmsClient late = program.client()) {
          assertThat(late.decryptV1(wrapped)).isEqualTo(DEK);
        }
        assertThat(early.decryptV1(wrapped)).isEqualTo(DEK);
        assertThat(files(server)).isLessThan(400);
        given().port(program.managementPort()).get("/livez").then().statusCode(200);
      }
      assertThat(program.terminate(server).succeeded().err())
          .contains("more than 128 connections to the socket");
    } finally {
      for (SocketChannel connection : held) {
        connection.close();
      }
    }
  }

  /** What is known of a connection goes with it, however it ends: memory would hold some 9,000. */
  @Test
  void connectionsThatComeAndGoCostNoMemory() throws Exception {
    try (Program program = Program.in(folder);
        ExecutorService callers = Executors.newFixedThreadPool(4)) {
      Process server = program.serve();
      List<Future<?>> floods = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        floods.add(callers.submit(() -> comeAndGo(program.socket(), 8_000)));
      }
      for (Future<?> flood : floods) {
        flood.get(2, TimeUnit.MINUTES);
      }
      assertThat(server.isAlive()).isTrue();
      program.assertServes();
    }
  }

  /** The last hundred stay open. */
  private static Void comeAndGo(Path socket, int times) throws IOException {
    Deque<SocketChannel> held = new ArrayDeque<>();
    for (int i = 0; i < times; i++) {
      SocketChannel connection = SocketChannel.open(StandardProtocolFamily.UNIX);
      held.add(connection);
      connection.connect(UnixDomainSocketAddress.of(socket));
      if (held.size() > 100) {
        held.remove().close();
      }
    }
    for (SocketChannel connection : held) {
      connection.close();
    }
    return null;
  }

  private static long files(Process process) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      return files.count();
    }
  }

  /** The program with as few files as it takes. */
  private Path withFewFiles() throws IOException {
    Path script =
        Files.writeString(
            folder.resolve("few-files"),
            "#!/bin/sh\nulimit -n 512\nexec \"%s\" \"$@\"\n".formatted(Program.EXECUTABLE));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script;
  }
}
