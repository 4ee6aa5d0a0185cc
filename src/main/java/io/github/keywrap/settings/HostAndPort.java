package io.github.keywrap.settings;

import java.net.URI;

/**
 * Where a server is.
 *
 * @param host name, which may have underscores, or address, without brackets
 */
public record HostAndPort(String host, int port) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  /** As it stands in an address. */
  public String text() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  /** Of a URI whose host {@link URI} itself may not know: it takes no underscores. */
  public static HostAndPort of(URI uri) {
    String authority = uri.getRawAuthority();
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon > authority.lastIndexOf(']');
    String host = hasPort ? authority.substring(0, colon) : authority;
    boolean isBracketed = host.startsWith("[") && host.endsWith("]");
    int schemesOwn = uri.getScheme().equals("https") ? HTTPS_PORT : HTTP_PORT;
    return new HostAndPort(
        isBracketed ? host.substring(1, host.length() - 1) : host,
        hasPort ? Integer.parseInt(authority.substring(colon + 1)) : schemesOwn);
  }
}
