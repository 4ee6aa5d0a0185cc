package io.github.keywrap.pkcs11;

import io.github.keywrap.device.AbsentDeviceException;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.settings.TokenName;
import java.util.List;
import java.util.stream.Collectors;

/** Chooses the one token of a name. */
final class TokenChoice {
  private static final int MAX_LISTED = 10;

  private TokenChoice() {}

  /**
   * The one token of that name.
   *
   * @throws AbsentDeviceException if there is none
   * @throws KeyUnavailable if there are several
   */
  static Token of(TokenName name, List<Token> present) {
    List<Token> fitting = present.stream().filter(token -> isOf(name, token)).toList();
    return switch (fitting.size()) {
      case 0 ->
          throw new AbsentDeviceException(
              present.isEmpty()
                  ? "token %s is not there; the library shows no token at all".formatted(name)
                  : "token %s is not there; the library shows %s".formatted(name, list(present)));
      case 1 -> fitting.getFirst();
      default ->
          throw new KeyUnavailable(
              "%d tokens are called %s: %s; %s"
                  .formatted(fitting.size(), name, list(fitting), otherName(name)),
              null);
    };
  }

  private static String otherName(TokenName name) {
    return switch (name) {
      case TokenName.Label _ -> "set token: serial:NUMBER";
      case TokenName.Serial _ -> "name it by its label, and give each token another one";
    };
  }

  /** Whether a token has that name. */
  static boolean isOf(TokenName name, Token token) {
    return switch (name) {
      case TokenName.Label(String label) -> token.label().equals(label);
      case TokenName.Serial(String serial) -> token.serial().equals(serial);
    };
  }

  private static String list(List<Token> tokens) {
    int more = tokens.size() - MAX_LISTED;
    return tokens.stream().limit(MAX_LISTED).map(Token::toString).collect(Collectors.joining(", "))
        + (more > 0 ? ", and " + more + " more" : "");
  }
}
