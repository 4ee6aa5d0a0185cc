package io.github.keywrap.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds what somebody probably meant. */
final class NearestName {
  private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

  private NearestName() {}

  /** A hint that names the nearest known name; lists all where there are few and none is near. */
  static String hint(String unknown, Collection<String> known) {
    return of(unknown, known)
        .map(nearest -> "did you mean " + nearest + "?")
        .orElse("known: " + String.join(", ", known.stream().sorted().toList()));
  }

  /** The nearest known name, if one is near. */
  static Optional<String> of(String unknown, Collection<String> known) {
    return known.stream()
        .sorted()
        .min(Comparator.comparing(name -> DISTANCE.apply(unknown, name)))
        .filter(nearest -> DISTANCE.apply(unknown, nearest) <= Math.max(2, unknown.length() / 3));
  }
}
