package io.github.keywrap.app;

import java.util.Optional;

/**
 * Whether this process began with an AOT cache; without, all works and only the start is slower.
 */
public final class AotCache {
  /** By bin/keywrap: why it gives the JVM none; empty if it gives one. */
  private static final String WITHOUT = "keywrap.without-aot-cache";

  /** By bin/keywrap: its folder. */
  private static final String BIN = "keywrap.bin";

  private AotCache() {}

  /**
   * Used or not, and why not, in words; empty where there can be none, as in a native executable.
   */
  public static Optional<String> inWords() {
    return Optional.ofNullable(System.getProperty(WITHOUT))
        .map(_ -> whyNot().map(why -> "not used: " + why).orElse("used"));
  }

  /** Why none is used, and what makes one; empty if one is used, can not be, or is not wanted. */
  static Optional<String> advice() {
    return whyNot()
        .filter(_ -> !"off".equals(System.getenv("KEYWRAP_AOT_CACHE")))
        .map(why -> "%s; make one: %s/aot-cache make".formatted(why, System.getProperty(BIN)));
  }

  private static Optional<String> whyNot() {
    String without = System.getProperty(WITHOUT);
    if (without == null) {
      return Optional.empty();
    }
    if (!without.isEmpty()) {
      return Optional.of(without);
    }
    // What it says of its archive of classes: with an AOT cache that is given, it is that or none.
    return System.getProperty("java.vm.info", "").contains("sharing")
        ? Optional.empty()
        : Optional.of("the Java runtime refused it");
  }
}
