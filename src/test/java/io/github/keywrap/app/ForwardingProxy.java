package io.github.keywrap.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Locale.ROOT;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy to one port of the loopback. */
final class ForwardingProxy implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<String> requestLines = new CopyOnWriteArrayList<>();
  private final int target;

  ForwardingProxy(int target) throws IOException {
    this.target = target;
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  List<String> requestLines() {
    return requestLines;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Thread.ofVirtual().start(() -> forward(client));
      }
    } catch (IOException closed) {
      requestLines.remove("");
    }
  }

  private void forward(Socket client) {
    try (client;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      while (pass(client.getInputStream(), server.getOutputStream(), true)) {
        boolean _ = pass(server.getInputStream(), client.getOutputStream(), false);
      }
    } catch (IOException ended) {
      requestLines.remove("");
    }
  }

  /** One message: its first line, headers, and a body of a length that they say. */
  private boolean pass(InputStream in, OutputStream out, boolean isRequest) throws IOException {
    String first = line(in);
    if (first.isEmpty()) {
      return false;
    }
    if (isRequest) {
      requestLines.add(first);
    }
    StringBuilder head = new StringBuilder(first.replaceFirst(" http://[^/]*", " ") + "\r\n");
    int length = 0;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      head.append(header).append("\r\n");
      if (header.toLowerCase(ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(header.substring("content-length:".length()).strip());
      }
    }
    out.write(head.append("\r\n").toString().getBytes(ISO_8859_1));
    out.write(in.readNBytes(length));
    out.flush();
    return true;
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
