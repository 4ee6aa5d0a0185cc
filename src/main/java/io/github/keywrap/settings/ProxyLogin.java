package io.github.keywrap.settings;

import java.util.Optional;

/**
 * Who uses a proxy.
 *
 * @param password empty: an empty one
 */
public record ProxyLogin(String user, Optional<SecretSource> password) {
  @Override
  public String toString() {
    return "ProxyLogin[redacted]";
  }
}
