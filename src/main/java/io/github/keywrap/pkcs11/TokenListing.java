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
      List<Token> tokens = module.tokens(deadline);
      List<String> lines = new ArrayList<>();
      lines.add("%s: %d token(s)".formatted(library, tokens.size()));
      for (Token token : tokens) {
        describe(module, token, deadline, lines);
      }
      return lines;
    } catch (Pkcs11Exception e) {
      throw Connector.translate(e);
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
    try (Module module = Module.of(settings.library())) {
      module.initialize();
      Token token = new Connector(settings, module).token(deadline);
      List<String> lines = new ArrayList<>();
      lines.add("%s, as the user of key \"%s\":".formatted(token, settings.name()));
      try (Session session = Session.open(module, token, deadline)) {
        new PinGuard(settings).login(session, token, deadline);
        for (long key :
            session.find(
                List.of(Attribute.of(Attribute.Type.CLASS, Attribute.SECRET_KEY)), deadline)) {
          lines.add("  key       " + describe(session, key, deadline));
          lines.add("            " + attributes(session, key, deadline));
        }
      }
      return lines;
    } catch (Pkcs11Exception e) {
      throw Connector.translate(e);
    }
  }

  /** The attributes that are set, and those that the token does not tell. */
  private static String attributes(Session session, long key, Deadline deadline) {
    List<String> told = new ArrayList<>();
    for (Attribute.Type type : FLAGS) {
      session
          .flag(key, type, deadline)
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
    lines.add("  made by   %s, %s".formatted(token.manufacturer(), token.model()));
    lines.add(
        "  flags     "
            + Arrays.stream(Token.Flag.values())
                .filter(token::has)
                .map(Token.Flag::toString)
                .collect(Collectors.joining(", ")));
    String mechanisms =
        module.mechanisms(token, deadline).stream()
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
      long[] keys =
          session.find(List.of(Attribute.of(Attribute.Type.CLASS, Attribute.SECRET_KEY)), deadline);
      for (long key : keys) {
        lines.add("  key       " + describe(session, key, deadline));
      }
      lines.add(
          keys.length == 0
              ? "  key       none that can be seen without a login, as it should be"
              : "            these can be seen without a login: they are not private");
    }
  }

  private static String describe(Session session, long key, Deadline deadline) {
    String label =
        session
            .attribute(key, Attribute.Type.LABEL, deadline)
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
            .orElse("");
    String id =
        session
            .attribute(key, Attribute.Type.ID, deadline)
            .map(HexFormat.of()::formatHex)
            .orElse("");
    return "\"%s\", id %s".formatted(label, id);
  }
}
