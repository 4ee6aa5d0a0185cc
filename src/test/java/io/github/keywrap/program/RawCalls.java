package io.github.keywrap.program;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.MessageLite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A client that speaks just enough HTTP/2 (RFC 9113) to send calls, and keeps to no limit that the
 * server sets. It reads its answers only when it is told to.
 */
final class RawCalls implements AutoCloseable {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

  private final SocketChannel connection = SocketChannel.open(StandardProtocolFamily.UNIX);
  private final byte[] headers;
  private final byte[] message;
  private int stream = -1;

  /**
   * @param window bytes of answers that the client says it takes for each call
   */
  RawCalls(Path socket, String method, MessageLite request, int window) throws IOException {
    connection.connect(UnixDomainSocketAddress.of(socket));
    connection.configureBlocking(false);
    headers = headers(method);
    message = message(request);
    ByteBuffer begin = ByteBuffer.allocate(PREFACE.length + 9 + 6).put(PREFACE);
    frame(begin, SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) 4).putInt(window).array());
    connection.write(begin.flip());
  }

  /** Header fields without any compression (RFC 7541, 6.2.2), names of the static table but te. */
  private static byte[] headers(String method) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x83);
    out.write(0x86);
    out.write(0x04);
    text(out, "/" + method);
    out.write(0x01);
    text(out, "localhost");
    out.write(0x0f);
    out.write(0x10);
    text(out, "application/grpc");
    out.write(0x00);
    text(out, "te");
    text(out, "trailers");
    return out.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, String text) {
    out.write(text.length());
    out.writeBytes(text.getBytes(US_ASCII));
  }

  private static byte[] message(MessageLite request) {
    int size = request.getSerializedSize();
    return ByteBuffer.allocate(5 + size)
        .put((byte) 0)
        .putInt(size)
        .put(request.toByteArray())
        .array();
  }

  private static void frame(ByteBuffer out, int type, int flags, int stream, byte[] payload) {
    out.put((byte) 0).putShort((short) payload.length).put((byte) type).put((byte) flags);
    out.putInt(stream).put(payload);
  }

  /**
   * Sends calls.
   *
   * @param reads whether it takes what the server sends, and throws it away
   * @param time after which it gives up
   * @return whether all were sent; the server may have closed the connection, or read no more
   */
  boolean send(int calls, boolean reads, Duration time) {
    return send(calls, true, reads, time);
  }

  /** Sends the headers of calls, and nothing more of them; takes what the server sends. */
  boolean begin(int calls, Duration time) {
    return send(calls, false, true, time);
  }

  private boolean send(int calls, boolean ends, boolean reads, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    try {
      for (int i = 0; i < calls; i++) {
        stream += 2;
        ByteBuffer call = ByteBuffer.allocate(18 + headers.length + message.length);
        frame(call, HEADERS, END_HEADERS, stream, headers);
        if (ends) {
          frame(call, DATA, END_STREAM, stream, message);
        }
        if (!write(call.flip(), reads, end)) {
          return false;
        }
      }
      return true;
    } catch (IOException closed) {
      return false;
    }
  }

  private boolean write(ByteBuffer call, boolean reads, long end) throws IOException {
    while (call.hasRemaining() && System.nanoTime() < end) {
      if (connection.write(call) == 0) {
        Thread.onSpinWait();
      }
      if (reads) {
        discard();
      }
    }
    return !call.hasRemaining();
  }

  private void discard() throws IOException {
    if (connection.read(ByteBuffer.allocate(65_536)) < 0) {
      throw new IOException("closed by the server");
    }
  }

  /** Whether the server closes the connection within a time. */
  boolean isClosed(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    try {
      while (System.nanoTime() < end) {
        discard();
        Thread.onSpinWait();
      }
      return false;
    } catch (IOException closed) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
