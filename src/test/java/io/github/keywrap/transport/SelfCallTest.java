package io.github.keywrap.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SelfCallTest {
  @TempDir private Path folder;

  /** The system takes the connection, as it does for a server whose event loops all hang. */
  @Test
  void aSocketThatAcceptsAndNeverAnswersIsUnansweredSinceTheFirstCall() throws Exception {
    Path socket = folder.resolve("s");
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(UnixDomainSocketAddress.of(socket));
      SelfCall call = new SelfCall(socket);
      Duration first = call.unanswered();
      assertThat(first).isBetween(Duration.ofMillis(400), Duration.ofSeconds(5));
      assertThat(call.unanswered()).isGreaterThan(first.plus(Duration.ofMillis(400)));
    }
  }

  @Test
  void aSocketThatNobodyListensOnIsUnanswered() {
    assertThat(new SelfCall(folder.resolve("s")).unanswered()).isPositive();
  }
}
