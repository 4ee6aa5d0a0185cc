package io.github.keywrap.config;

import java.util.Collection;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A name as messages may show it. Where a quote or a colon is missing, a secret stands where a name
 * should: what does not look like the name of a setting is left out.
 */
final class ShownName {
  private static final String LEFT_OUT = "…";

  /** As settings are named, in dots; or as fields of the old plugin's JSON are. */
  private static final Pattern WORDS =
      Pattern.compile("[a-z]{1,20}(-[a-z0-9]{1,20}){0,3}|([A-Z]{1,4}[a-z]{2,20}){1,5}");

  private static final Pattern VALUE = Pattern.compile("[a-z]{1,20}[0-9]?(-[a-z0-9]{1,12}){0,3}");
  private static final Pattern KEY = Pattern.compile("[a-z0-9-]{1,63}");

  private ShownName() {}

  /** The name itself if it is near a known one or is made of words, or a stand-in for it. */
  static String of(String name, Collection<String> known) {
    boolean isNear =
        NearestName.of(name.toLowerCase(Locale.ROOT), lowerCase(known))
            .filter(nearest -> Math.abs(nearest.length() - name.length()) <= 2)
            .isPresent();
    return isNear || WORDS.matcher(name).matches() ? name : "a name that is not shown";
  }

  private static Collection<String> lowerCase(Collection<String> names) {
    return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
  }

  /** A value in quotes, if it looks like one that a setting has and not like a secret. */
  static String ofValue(String value) {
    return VALUE.matcher(value).matches() ? "\"" + value + "\"" : "a value that is not shown";
  }

  /**
   * A full name of the settings: parts that are no words are left out, and all that follows the
   * name of a secret but the places that one can be in.
   */
  static String ofSetting(String name) {
    StringBuilder shown = new StringBuilder();
    boolean isBelowSecret = false;
    for (String part : name.split("\\.", -1)) {
      boolean isKey = shown.length() + 1 == Setting.KEYS.length() && name.startsWith(Setting.KEYS);
      boolean isShown =
          isBelowSecret
              ? SecretSettings.PLACES.contains(part)
              : (isKey ? KEY : WORDS).matcher(part).matches();
      shown.append(shown.isEmpty() ? "" : ".").append(isShown ? part : LEFT_OUT);
      isBelowSecret |= SecretSettings.NAMES.contains(part);
    }
    return shown.toString();
  }
}
