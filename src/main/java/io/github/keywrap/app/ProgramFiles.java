package io.github.keywrap.app;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.github.keywrap.domain.Watch;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The jars that this process runs from. One that is written over in place, as by {@code cp}, is
 * lost to the JVM that has it open: each class that it needs from then on fails. Only a restart
 * helps. A jar that another takes the place of, as an archive or a package is unpacked, stays what
 * it was.
 */
final class ProgramFiles implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ProgramFiles.class.getName());
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final Map<Path, Stamp> before;
  private final Watch watch = Watch.every(PAUSE, "program-files", this::look);
  private volatile boolean intact = true;

  private record Stamp(Object file, long size, FileTime time) {
    /** Whether it is the same file with another content. */
    boolean isWrittenOver(Stamp now) {
      return file.equals(now.file) && !equals(now);
    }
  }

  private ProgramFiles(Map<Path, Stamp> before) {
    this.before = before;
  }

  /** Watches over what bin/keywrap started; over nothing in a native executable. */
  static ProgramFiles watch() {
    Optional<Path> lib =
        Optional.ofNullable(System.getProperty("keywrap.bin"))
            .map(bin -> Path.of(bin).resolveSibling("lib"));
    ProgramFiles files = new ProgramFiles(lib.map(ProgramFiles::stamps).orElse(Map.of()));
    files.watch.startAfter(PAUSE);
    return files;
  }

  /** False once a jar was written over. */
  boolean areIntact() {
    return intact;
  }

  private void look() {
    if (intact) {
      before.entrySet().stream()
          .filter(jar -> stamp(jar.getKey()).map(jar.getValue()::isWrittenOver).orElse(false))
          .map(Map.Entry::getKey)
          .findFirst()
          .ifPresent(this::tell);
    }
  }

  private void tell(Path jar) {
    intact = false;
    LOG.log(
        Level.ERROR,
        "{0} was written over while this process runs from it: calls may fail from now on; restart"
            + " keywrap, and replace its files, not their content, the next time",
        jar);
  }

  private static Map<Path, Stamp> stamps(Path lib) {
    try (Stream<Path> files = Files.walk(lib)) {
      return files
          .filter(file -> file.toString().endsWith(".jar"))
          .flatMap(jar -> stamp(jar).map(stamp -> Map.entry(jar, stamp)).stream())
          .collect(toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    } catch (IOException notThere) {
      return Map.of();
    }
  }

  private static Optional<Stamp> stamp(Path jar) {
    try {
      BasicFileAttributes now = Files.readAttributes(jar, BasicFileAttributes.class);
      return Optional.ofNullable(now.fileKey())
          .map(file -> new Stamp(file, now.size(), now.lastModifiedTime()));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
