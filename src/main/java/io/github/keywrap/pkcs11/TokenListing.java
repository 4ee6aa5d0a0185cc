package io.github.keywrap.pkcs11;

import io.github.keywrap.device.AbsentDeviceException;
import io.github.keywrap.device.DeviceErrors;
import io.github.keywrap.device.Foreground;
import io.github.keywrap.device.UnusableOutputException;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.settings.LibrarySettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** What a library and its tokens tell, in lines for an operator. */
final class TokenListing {
  private static final List<Attribute.Type> FLAGS =
      List.of(
          Attribute.Type.PRIVATE,
          Attribute.Type.SENSITIVE,
          Attribute.Type.ALWAYS_SENSITIVE,
          Attribute.Type.EXTRACTABLE,
          Attribute.Type.NEVER_EXTRACTABLE,
          Attribute.Type.ENCRYPT,
          Attribute.Type.DECRYPT,
          Attribute.Type.SIGN,
          Attribute.Type.WRAP,
          Attribute.Type.UNWRAP,
          Attribute.Type.DERIVE);

  private TokenListing() {}

  /**
   * Asks a library for its tokens.
   *
   * @throws io.github.keywrap.domain.OperatorException if the library cannot be loaded
   * @throws KmsException if it fails
   */
  static List<String> of(LibrarySettings library) {
    return Foreground.run(() -> list(library));
  }

  private static List<String> list(LibrarySettings library) {
    Deadline deadline = Deadline.after(Foreground.WORK_TIMEOUT);
    try (CryptokiLibrary module = CryptokiLibrary.of(library)) {
      Initialization initialized = module.initialized(deadline);
      List<Long> slots = Slots.withToken(initialized, deadline);
      List<String> lines = new ArrayList<>();
      lines.add("%s: %d token(s)".formatted(library.path(), slots.size()));
      for (long slot : slots) {
        goOn(
            "token in slot %d ".formatted(slot),
            lines,
            () -> describe(initialized, Slots.token(initialized, slot, deadline), deadline, lines));
      }
      return lines;
    } catch (Pkcs11Exception | UnusableOutputException e) {
      throw DeviceErrors.translate(e);
    }
  }

  /**
   * Describes the token of a key, logged in: all its secret keys and their attributes.
   *
   * @throws io.github.keywrap.domain.OperatorException if the library cannot be loaded
   * @throws KmsException if the token is not there, fails or refuses the PIN
   */
  static List<String> of(Pkcs11KeySettings settings) {
    return Foreground.run(() -> list(settings));
  }

  private static List<String> list(Pkcs11KeySettings settings) {
    Deadline deadline = Deadline.after(Foreground.WORK_TIMEOUT);
    List<String> lines = new ArrayList<>();
    try (NativeDriver driver = new NativeDriver(settings)) {
      driver.reading(
          deadline,
          (token, objects) -> {
            lines.add("%s, as the user of key \"%s\":".formatted(token, settings.name()));
            for (long key : objects.find(List.of(KeyFinder.SECRET_KEY))) {
              lines.add("  key       " + describe(objects, key));
              lines.add("            " + attributes(objects, key));
            }
          });
      return lines;
    } catch (Pkcs11Exception | AbsentDeviceException | UnusableOutputException e) {
      throw DeviceErrors.translate(e);
    }
  }

  /** The attributes that are set, and those that the token does not tell. */
  private static String attributes(TokenObjects objects, long key) {
    List<String> told = new ArrayList<>();
    for (Attribute.Type type : FLAGS) {
      objects
          .flag(key, type)
          .ifPresentOrElse(
              set -> {
                if (set) {
                  told.add("CKA_" + type);
                }
              },
              () -> told.add("CKA_" + type + " not told"));
    }
    return String.join(", ", told);
  }

  private static void describe(
      Initialization library, Token token, Deadline deadline, List<String> lines) {
    lines.add("");
    lines.add("token       " + token);
    lines.add("  slot      %d (changes; never use it in settings)".formatted(token.slot()));
    goOn(
        "  in list   ",
        lines,
        () ->
            lines.add(
                "  in list   slot-list-index %d (for driver: sunpkcs11 only)"
                    .formatted(Slots.all(library, deadline).indexOf(token.slot()))));
    lines.add("  made by   %s, %s".formatted(token.manufacturer(), token.model()));
    lines.add(
        "  flags     "
            + Arrays.stream(Token.Flag.values())
                .filter(token::has)
                .map(Token.Flag::toString)
                .collect(Collectors.joining(", ")));
    lines.add("  sessions  " + sessions(token));
    goOn(
        "  of use    ",
        lines,
        () -> lines.add("  of use    " + mechanisms(library, token, deadline)));
    if (token.has(Token.Flag.TOKEN_INITIALIZED)) {
      goOn("  key       ", lines, () -> describeKeys(library, token, deadline, lines));
    }
  }

  /** One token that refuses an answer must not keep the others from being seen. */
  private static void goOn(String what, List<String> lines, Runnable describe) {
    try {
      describe.run();
    } catch (Pkcs11Exception | UnusableOutputException refused) {
      lines.add(what + "not told: " + DeviceErrors.translate(refused).getMessage());
    }
  }

  private static String sessions(Token token) {
    int most = token.mostSessions(false);
    return most == Integer.MAX_VALUE ? "as many as it takes" : "%d at most".formatted(most);
  }

  private static String mechanisms(Initialization library, Token token, Deadline deadline) {
    String known =
        Slots.mechanisms(library, token, deadline).stream()
            .map(Mechanism::describe)
            .collect(Collectors.joining(", "));
    return known.isEmpty() ? "no mechanism that keywrap knows" : known;
  }

  private static void describeKeys(
      Initialization library, Token token, Deadline deadline, List<String> lines) {
    try (Session session = Session.open(library, token, false, deadline)) {
      TokenObjects objects = new TokenObjects(session, deadline);
      long[] keys = objects.find(List.of(KeyFinder.SECRET_KEY));
      for (long key : keys) {
        lines.add("  key       " + describe(objects, key));
      }
      lines.add(
          keys.length == 0
              ? "  key       none that can be seen without a login, as it should be"
              : "            these can be seen without a login: they are not private");
    }
  }

  private static String describe(TokenObjects objects, long key) {
    String label =
        objects
            .attribute(key, Attribute.Type.LABEL)
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
            .orElse("");
    String id = objects.attribute(key, Attribute.Type.ID).map(HexFormat.of()::formatHex).orElse("");
    return "\"%s\", id %s, %s".formatted(label, id, KeyKind.of(objects, key));
  }
}
