package io.github.keywrap.jdcloud;

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

/**
 * An HTTP proxy to one port of the loopback, whatever the name that is asked for. It may want
 * credentials, and answers 407 without them.
 */
final class ForwardingProxy implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<String> requestLines = new CopyOnWriteArrayList<>();
  private final int target;
  private final String authorization;

  ForwardingProxy(int target) throws IOException {
    this(target, "");
  }

  /**
   * @param authorization value of Proxy-Authorization; empty: it may be absent
   */
  ForwardingProxy(int target, String authorization) throws IOException {
    this.target = target;
    this.authorization = authorization;
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
      while (true) {
        Message request = Message.read(client.getInputStream());
        if (request.first().isEmpty()) {
          return;
        }
        requestLines.add(request.first());
        if (!authorization.isEmpty() && !authorization.equals(request.authorization())) {
          answer(client, "407 Proxy Authentication Required");
        } else if (request.first().startsWith("CONNECT ")) {
          answer(client, "200 Connected");
          Thread.ofVirtual().start(() -> pump(server, client));
          pump(client, server);
          return;
        } else {
          request.write(server.getOutputStream());
          Message.read(server.getInputStream()).write(client.getOutputStream());
        }
      }
    } catch (IOException ended) {
      requestLines.remove("");
    }
  }

  private static void answer(Socket client, String status) throws IOException {
    String length = status.startsWith("2") ? "" : "Content-Length: 0\r\n";
    client
        .getOutputStream()
        .write(("HTTP/1.1 " + status + "\r\n" + length + "\r\n").getBytes(ISO_8859_1));
  }

  private void pump(Socket from, Socket to) {
    try (from;
        to) {
      long _ = from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException ended) {
      requestLines.remove("");
    }
  }

  /**
   * One message, with a body of a length that its headers say.
   *
   * @param authorization for the proxy, which is not passed on
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Message(String first, String head, String authorization, byte[] body) {
    static Message read(InputStream in) throws IOException {
      String first = line(in);
      StringBuilder head = new StringBuilder();
      String authorization = "";
      int length = 0;
      for (String header = first.isEmpty() ? "" : line(in); !header.isEmpty(); header = line(in)) {
        String name = header.substring(0, header.indexOf(':')).toLowerCase(ROOT);
        String value = header.substring(header.indexOf(':') + 1).strip();
        switch (name) {
          case "proxy-authorization" -> authorization = value;
          case "content-length" -> {
            length = Integer.parseInt(value);
            head.append(header).append("\r\n");
          }
          default -> head.append(header).append("\r\n");
        }
      }
      return new Message(first, head.toString(), authorization, in.readNBytes(length));
    }

    void write(OutputStream out) throws IOException {
      String relative = first.replaceFirst(" http://[^/]*", " ");
      out.write((relative + "\r\n" + head + "\r\n").getBytes(ISO_8859_1));
      out.write(body);
      out.flush();
    }
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
