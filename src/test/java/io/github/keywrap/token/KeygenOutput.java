package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What keygen prints of a key on a token, as an operator copies it. */
final class KeygenOutput {
  private static final Pattern KEY_ID = Pattern.compile("key-id: ([0-9a-f]+)\n");
  private static final Pattern SEALED_KEY =
      Pattern.compile("-----BEGIN [^-]+-----\n.*?-----END [^-]+-----\n", Pattern.DOTALL);

  private KeygenOutput() {}

  /** CKA_ID in hex. */
  static String keyId(String printed) {
    Matcher matcher = KEY_ID.matcher(printed);
    assertThat(matcher.find()).as(printed).isTrue();
    return matcher.group(1);
  }

  /** In PEM. */
  static String sealedKey(String printed) {
    Matcher matcher = SEALED_KEY.matcher(printed);
    assertThat(matcher.find()).as(printed).isTrue();
    return matcher.group();
  }
}
