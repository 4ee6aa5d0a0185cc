package io.github.keywrap.app;

import io.github.keywrap.pkcs11.Pkcs11Keys;
import io.github.keywrap.pkcs11.Steps;
import io.github.keywrap.pkcs11.TokenListing;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LocalKeySettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** What operators do with PKCS#11 tokens, besides serving from them. */
public final class Tokens {
  private Tokens() {}

  /** Is told of the steps to a key: runs each, and prints what came of it. */
  public interface Report {
    <T> T step(String name, Supplier<T> step, Function<T, String> result);
  }

  /** Describes the keys on the tokens that the settings name, logged in as they say. */
  public static List<String> list(Settings settings) {
    return settings.keys().stream()
        .filter(Pkcs11KeySettings.class::isInstance)
        .flatMap(key -> TokenListing.of((Pkcs11KeySettings) key).stream())
        .toList();
  }

  /** Describes the tokens of a library, in lines for people. Does not log in. */
  public static List<String> list(Path library) {
    return TokenListing.of(library);
  }

  /**
   * Lets refused PINs be tried again.
   *
   * @return how many there were
   */
  public static int retryPins(Settings settings) {
    return settings.keys().stream()
        .filter(Pkcs11KeySettings.class::isInstance)
        .map(key -> ((Pkcs11KeySettings) key).stateDirectory())
        .distinct()
        .mapToInt(Pkcs11Keys::retryPins)
        .sum();
  }

  /** Goes the way to a key, step by step; a key that is not on a token has no steps. */
  public static void tryOut(KeySettings key, Report report) {
    switch (key) {
      case LocalKeySettings _ -> {}
      case Pkcs11KeySettings pkcs11 ->
          Pkcs11Keys.tryOut(
              pkcs11,
              new Steps() {
                @Override
                public <T> T step(String name, Supplier<T> step, Function<T, String> result) {
                  return report.step(name, step, result);
                }
              });
    }
  }
}
