package io.github.keywrap.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds what somebody probably meant. */
final class NearestName {
  private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

  private NearestName() {}

  /** So many are listed at most. */
  private static final int FEW = 8;

  private static final int NEAREST = 3;

  /** A hint that names the nearest known name; all where there are few and none is near. */
  static String hint(String unknown, Collection<String> known) {
    return of(unknown, known)
        .map(nearest -> "did you mean " + nearest + "?")
        .orElseGet(() -> several(unknown, known.stream().distinct().sorted().toList()));
  }

  /** The same, and all that are known: for what has few values. */
  static String hintAndAll(String unknown, Collection<String> known) {
    String all = "known: " + String.join(", ", known.stream().sorted().toList());
    return of(unknown, known).map(nearest -> "did you mean " + nearest + "? " + all).orElse(all);
  }

  private static String several(String unknown, List<String> known) {
    return known.size() <= FEW
        ? "known: " + String.join(", ", known)
        : "nearest: %s; docs/configuration.md has all"
            .formatted(String.join(", ", nearest(unknown, known)));
  }

  /** Those that have the last word of the unknown name in theirs come first. */
  private static List<String> nearest(String unknown, List<String> known) {
    String word = lastPart(unknown);
    return known.stream()
        .sorted(
            Comparator.comparing((String name) -> !lastPart(name).contains(word))
                .thenComparing(name -> DISTANCE.apply(unknown, name)))
        .limit(NEAREST)
        .toList();
  }

  private static String lastPart(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** The nearest known name, if one is near. */
  static Optional<String> of(String unknown, Collection<String> known) {
    int own = unknown.length() - common(unknown, known);
    return known.stream()
        .sorted()
        .min(Comparator.comparing(name -> DISTANCE.apply(unknown, name)))
        .filter(nearest -> DISTANCE.apply(unknown, nearest) <= Math.max(2, own / 3));
  }

  /** So many characters all of them begin with: those make none nearer. */
  private static int common(String unknown, Collection<String> known) {
    int length = 0;
    while (length < unknown.length() && beginAlike(unknown.substring(0, length + 1), known)) {
      length++;
    }
    return length;
  }

  private static boolean beginAlike(String prefix, Collection<String> known) {
    return known.stream().allMatch(name -> name.startsWith(prefix));
  }
}
