package io.github.keywrap.settings;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import java.util.Arrays;
import java.util.function.Function;

/**
 * A secret as somebody typed or copied it: its last newline is not part of it, and what else an
 * editor may have left is refused. Tried, it would be a wrong secret that looks right, and one of
 * the few tries that a token allows.
 */
final class TypedSecret {
  private TypedSecret() {}

  /**
   * Strips one trailing newline.
   *
   * @param typed taken over, and wiped
   */
  static SecretBytes withoutNewline(byte[] typed) {
    boolean endsLine = typed.length > 0 && typed[typed.length - 1] == '\n';
    byte[] secret = Arrays.copyOf(typed, endsLine ? typed.length - 1 : typed.length);
    Arrays.fill(typed, (byte) 0);
    return SecretBytes.owning(secret);
  }

  /**
   * Refuses a secret that has something in it which is probably not part of it.
   *
   * @param secret given back, or wiped
   * @param source that messages name
   * @param hint what takes it away
   * @throws OperatorException if something is there that was hardly meant
   */
  static SecretBytes withoutStrays(
      SecretBytes secret, SecretSource source, Function<Stray, String> hint) {
    Stray.firstIn(secret.expose())
        .ifPresent(
            stray -> {
              secret.close();
              throw new OperatorException(
                  source.description() + " " + stray.what(), hint.apply(stray));
            });
    return secret;
  }

  /** A hint for a place that has the setting {@code as-is}. */
  static String orAsIs(String mending, String place) {
    return "%s; or, if that is part of the secret, set as-is: true beside %s:, and then a newline at the end is part of it, too"
        .formatted(mending, place);
  }
}
