package io.github.keywrap.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import java.util.function.UnaryOperator;

/**
 * A secret in an environment variable. The copy that the JVM keeps of its environment cannot be
 * wiped, and the user that runs keywrap can read it in {@code /proc}: a file is better.
 */
public final class EnvironmentSecret implements SecretSource {
  private final String variable;
  private final UnaryOperator<String> environment;

  /**
   * @param environment gives the value of a variable, empty if it is not set
   */
  public EnvironmentSecret(String variable, UnaryOperator<String> environment) {
    this.variable = variable;
    this.environment = environment;
  }

  @Override
  public SecretBytes read() {
    SecretBytes secret = TypedSecret.withoutNewline(environment.apply(variable).getBytes(UTF_8));
    if (secret.length() == 0) {
      throw new OperatorException(
          description() + " is not set or empty", "set " + variable + " for keywrap's process");
    }
    return TypedSecret.withoutStrays(
        secret,
        this,
        _ ->
            "set %s to the secret and nothing else; a secret that is really like that can be in a file, with as-is: true"
                .formatted(variable));
  }

  /** A new value cannot be told from the old one without keeping something that is made from it. */
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
