package io.github.keywrap.app;

import io.github.keywrap.domain.KmsException;
import io.github.keywrap.pkcs11.Pkcs11Keys;
import io.github.keywrap.pkcs11.Steps;
import io.github.keywrap.pkcs11.SunPkcs11Keys;
import io.github.keywrap.pkcs11.TokenListing;
import io.github.keywrap.settings.JdCloudKeySettings;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LibrarySettings;
import io.github.keywrap.settings.LocalKeySettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.Settings;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
    return settings.keys().stream().flatMap(key -> list(key).stream()).toList();
  }

  private static List<String> list(KeySettings key) {
    return switch (key) {
      case LocalKeySettings _, JdCloudKeySettings _ -> List.of();
      case Pkcs11KeySettings pkcs11 -> listOrTell(pkcs11);
      case SunPkcs11KeySettings _ ->
          List.of(
              "key \"%s\": driver: sunpkcs11 sees no CKA_ID and no attributes; use driver: native"
                  .formatted(key.name()));
    };
  }

  /** One token that refuses must not keep the others from being seen. */
  private static List<String> listOrTell(Pkcs11KeySettings key) {
    try {
      return TokenListing.of(key);
    } catch (KmsException refused) {
      return List.of("key \"%s\": not told: %s".formatted(key.name(), refused.getMessage()));
    }
  }

  /** Describes the tokens of a library, in lines for people. Does not log in. */
  public static List<String> list(LibrarySettings library) {
    return TokenListing.of(library);
  }

  /**
   * Lets refused PINs be tried again.
   *
   * @return how many there were
   */
  public static int retryPins(Settings settings) {
    return settings.keys().stream()
        .flatMap(key -> stateDirectory(key).stream())
        .distinct()
        .mapToInt(Pkcs11Keys::retryPins)
        .sum();
  }

  private static Optional<Path> stateDirectory(KeySettings key) {
    return switch (key) {
      case LocalKeySettings _, JdCloudKeySettings _ -> Optional.empty();
      case Pkcs11KeySettings pkcs11 -> Optional.of(pkcs11.token().stateDirectory());
      case SunPkcs11KeySettings sunPkcs11 -> Optional.of(sunPkcs11.stateDirectory());
    };
  }

  /** Goes the way to a key, step by step; a key that is not on a token has no steps. */
  public static void tryOut(KeySettings key, Report report) {
    Steps steps =
        new Steps() {
          @Override
          public <T> T step(String name, Supplier<T> step, Function<T, String> result) {
            return report.step(name, step, result);
          }
        };
    switch (key) {
      case LocalKeySettings _, JdCloudKeySettings _ -> {}
      case Pkcs11KeySettings pkcs11 -> Pkcs11Keys.tryOut(pkcs11, steps);
      case SunPkcs11KeySettings sunPkcs11 -> SunPkcs11Keys.tryOut(sunPkcs11, steps);
    }
  }
}
