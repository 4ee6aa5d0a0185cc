package io.github.keywrap.jdcloud;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.client5.http.impl.io.LenientHttpResponseParser;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.HttpTransportMetrics;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * Reads the status line and the headers of a response, of {@value #MAX} bytes in all: limits of a
 * line and of their number alone would let 64 callers fill the memory with what a gateway sends.
 */
final class BoundedHead extends LenientHttpResponseParser {
  static final int MAX = 32_768;

  BoundedHead(Http1Config limits) {
    super(limits);
  }

  @Override
  public ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in)
      throws IOException, HttpException {
    return super.parse(new Counted(buffer), in);
  }

  /** For one head. */
  private static final class Counted implements SessionInputBuffer {
    private final SessionInputBuffer all;
    private int count;

    Counted(SessionInputBuffer all) {
      this.all = all;
    }

    @Override
    public int readLine(CharArrayBuffer line, InputStream in) throws IOException {
      int before = line.length();
      int result = all.readLine(line, in);
      count += line.length() - before;
      if (count > MAX) {
        throw new MessageConstraintException("headers of more than " + MAX + " bytes");
      }
      return result;
    }

    @Override
    public int length() {
      return all.length();
    }

    @Override
    public int capacity() {
      return all.capacity();
    }

    @Override
    public int available() {
      return all.available();
    }

    @Override
    public int read(byte[] bytes, int offset, int length, InputStream in) throws IOException {
      return all.read(bytes, offset, length, in);
    }

    @Override
    public int read(byte[] bytes, InputStream in) throws IOException {
      return all.read(bytes, in);
    }

    @Override
    public int read(InputStream in) throws IOException {
      return all.read(in);
    }

    @Override
    public HttpTransportMetrics getMetrics() {
      return all.getMetrics();
    }
  }
}
