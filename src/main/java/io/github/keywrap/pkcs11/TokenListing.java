package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** What a library and its tokens tell, in lines for an operator. */
public final class TokenListing {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

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
          Attribute.Type.UNWRAP);

  private TokenListing() {}

  /**
   * Asks a library for its tokens.
   *
   * @throws io.github.keywrap.domain.OperatorException if the library cannot be loaded
   * @throws KmsException if it fails
   */
  public static List<String> of(Path library) {
    Deadline deadline = Deadline.after(PATIENCE);
    try (Module module = Module.of(library)) {
      module.initialize();
      List<Token> tokens = Slots.tokens(module, deadline);
      List<String> lines = new ArrayList<>();
      lines.add("%s: %d token(s)".formatted(library, tokens.size()));
      for (Token token : tokens) {
        describe(module, token, deadline, lines);
      }
      return lines;
    } catch (Pkcs11Exception e) {
      throw Failures.translate(e);
    }
  }

  /**
   * Describes the token of a key, logged in: all its secret keys and their attributes.
   *
   * @throws io.github.keywrap.domain.OperatorException if the library cannot be loaded
   * @throws KmsException if the token is not there, fails or refuses the PIN
   */
  public static List<String> of(Pkcs11KeySettings settings) {
    Deadline deadline = Deadline.after(PATIENCE);
    try (Module module = Module.of(settings.token().library());
        NativeDriver driver = new NativeDriver(settings)) {
      module.initialize();
      Token token = driver.token(deadline);
      List<String> lines = new ArrayList<>();
      lines.add("%s, as the user of key \"%s\":".formatted(token, settings.name()));
      try (Session session = Session.open(module, token, deadline)) {
        new TokenLogin(settings.token()).logIn(session, token, deadline);
        TokenObjects objects = new TokenObjects(session, deadline);
        for (long key : objects.find(List.of(KeyFinder.SECRET_KEY))) {
          lines.add("  key       " + describe(objects, key));
          lines.add("            " + attributes(objects, key));
        }
      }
      return lines;
    } catch (Pkcs11Exception e) {
      throw Failures.translate(e);
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

  private static void describe(Module module, Token token, Deadline deadline, List<String> lines) {
    lines.add("");
    lines.add("token       " + token);
    lines.add("  slot      %d (changes; never use it in settings)".formatted(token.slot()));
    lines.add(
        "  in list   slot-list-index %d (for driver: sunpkcs11 only)"
            .formatted(Slots.indexOf(module, token, deadline)));
    lines.add("  made by   %s, %s".formatted(token.manufacturer(), token.model()));
    lines.add(
        "  flags     "
            + Arrays.stream(Token.Flag.values())
                .filter(token::has)
                .map(Token.Flag::toString)
                .collect(Collectors.joining(", ")));
    String mechanisms =
        Slots.mechanisms(module, token, deadline).stream()
            .map(Mechanism::describe)
            .collect(Collectors.joining(", "));
    lines.add(
        "  of use    " + (mechanisms.isEmpty() ? "no mechanism that keywrap knows" : mechanisms));
    if (token.has(Token.Flag.TOKEN_INITIALIZED)) {
      describeKeys(module, token, deadline, lines);
    }
  }

  private static void describeKeys(
      Module module, Token token, Deadline deadline, List<String> lines) {
    try (Session session = Session.open(module, token, deadline)) {
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
    return "\"%s\", id %s, %s".formatted(label, id, keyType(objects, key));
  }

  private static String keyType(TokenObjects objects, long key) {
    return objects
        .attribute(key, Attribute.Type.KEY_TYPE)
        .filter(value -> value.length == Long.BYTES)
        .map(Attribute::number)
        .map(type -> type == Attribute.AES ? "AES" : "key type 0x" + Long.toHexString(type))
        .orElse("of a type that the token does not tell");
  }
}
