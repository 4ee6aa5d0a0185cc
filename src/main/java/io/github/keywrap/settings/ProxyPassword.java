package io.github.keywrap.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywrap.domain.SecretBytes;

/**
 * The password of a proxy, as it stood in an environment variable when the program started. Its
 * copy there cannot be wiped.
 */
public final class ProxyPassword implements SecretSource {
  private final String variable;
  private final String password;

  /**
   * @param variable that it was in
   * @param password decoded, at least one character
   */
  public ProxyPassword(String variable, String password) {
    this.variable = variable;
    this.password = password;
  }

  @Override
  public SecretBytes read() {
    return SecretBytes.owning(password.getBytes(UTF_8));
  }

  @Override
  public String identity() {
    return description();
  }

  @Override
  public String description() {
    return "environment variable " + variable;
  }

  @Override
  public String toString() {
    return description();
  }
}
