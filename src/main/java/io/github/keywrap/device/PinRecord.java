package io.github.keywrap.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywrap.files.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What came of the last try of one user's PIN from one place at one token, in a file that outlives
 * the process. Written before the PIN is tried, and over the same bytes afterwards: a disk that
 * fills up in between cannot lose a refusal. Holds what the PIN's source looked like (device,
 * inode, times and size), never the PIN nor anything made from it.
 */
public record PinRecord(StateDirectory directory, String name) {
  private static final int LENGTH = 4_096;
  private static final String SOURCE = "source ";
  private static final String ANSWER = "answer ";
  private static final String AT = "at ";
  private static final String REFUSED = "state refused";
  private static final String TRYING = "state trying ";
  private static final Pattern TRYING_TIMES = Pattern.compile(TRYING + "(\\d{1,9})");

  /** A process may end while it tries a PIN that is right; one that does so again has a reason. */
  private static final int MAX_UNFINISHED = 2;

  private static final Duration PAUSE = Duration.ofMinutes(10);

  Path file() {
    return directory.file(name);
  }

  /** Whether this source's PIN was refused. So was any that a damaged record could be about. */
  boolean forbids(String source) throws IOException {
    List<String> lines = lines();
    return !lines.isEmpty()
        && (isDamaged(lines) || lines.contains(SOURCE + source) && lines.contains(REFUSED));
  }

  /** What the token answered and when, for the end of a sentence; empty if that is not known. */
  String told() throws IOException {
    List<String> lines = lines();
    return value(lines, ANSWER)
        .flatMap(answer -> value(lines, AT).map(at -> ": %s, at %s".formatted(answer, at)))
        .orElse("");
  }

  private static Optional<String> value(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name) && line.length() > name.length())
        .map(line -> line.substring(name.length()))
        .findFirst();
  }

  private static boolean isDamaged(List<String> lines) {
    return lines.stream().noneMatch(line -> line.startsWith(SOURCE))
        || !lines.contains(REFUSED) && times(lines) == 0;
  }

  /** Whether processes have ended again and again while they tried it, and just now. */
  boolean pauses(String source) throws IOException {
    return unfinished(source) >= MAX_UNFINISHED
        && Files.getLastModifiedTime(file()).toInstant().plus(PAUSE).isAfter(Instant.now());
  }

  private int unfinished(String source) throws IOException {
    List<String> lines = lines();
    return lines.contains(SOURCE + source) ? times(lines) : 0;
  }

  private static int times(List<String> lines) {
    return lines.stream()
        .map(TRYING_TIMES::matcher)
        .filter(Matcher::matches)
        .mapToInt(line -> Integer.parseInt(line.group(1)))
        .max()
        .orElse(0);
  }

  /** None if there is no record; an empty one if the record is empty. */
  private List<String> lines() throws IOException {
    try {
      String text = new String(directory.read(name, LENGTH), UTF_8);
      return Stream.of(text.strip().split("\n", -1)).map(String::strip).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** Says, on disk, that the PIN is about to be tried. */
  void trying(String source, String about) throws IOException {
    write(TRYING + (unfinished(source) + 1), source, about);
  }

  /** Says, on disk, that the token may have refused it. */
  void refused(String source, String about) throws IOException {
    write(REFUSED, source, about);
  }

  /** Says that it was not refused. */
  void forget() throws IOException {
    directory.remove(name);
  }

  private void write(String state, String source, String about) throws IOException {
    String text = state + "\n" + SOURCE + source + "\n" + about + "\n";
    byte[] encoded = text.getBytes(UTF_8);
    byte[] bytes = new byte[LENGTH];
    Arrays.fill(bytes, (byte) '\n');
    System.arraycopy(encoded, 0, bytes, 0, Math.min(encoded.length, LENGTH - 1));
    directory.overwrite(name, bytes);
  }
}
