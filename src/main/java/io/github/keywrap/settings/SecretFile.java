package io.github.keywrap.settings;

import static java.nio.file.attribute.PosixFilePermission.GROUP_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_EXECUTE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_READ;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.SystemWords;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A secret in a file of 1 to 4,096 bytes that nobody but its owner may write and that only its
 * owner and group may read.
 *
 * @param asIs whether each byte of the file is part of the secret
 */
public record SecretFile(Path path, boolean asIs) implements SecretSource {
  private static final int MAX_LENGTH = 4_096;
  private static final Set<PosixFilePermission> FORBIDDEN =
      Set.of(GROUP_WRITE, OTHERS_READ, OTHERS_WRITE, OTHERS_EXECUTE);

  /** A file that somebody typed. */
  public SecretFile(Path path) {
    this(path, false);
  }

  @Override
  public SecretBytes read() {
    return readFor(this, stray -> TypedSecret.orAsIs(stray.mending(path), "file"));
  }

  /**
   * Reads it for a source that keeps its secret in this file.
   *
   * @param named source that messages about its text name
   * @param hint what takes a stray away
   */
  SecretBytes readFor(SecretSource named, Function<Stray, String> hint) {
    requirePrivate();
    byte[] content = content();
    if (asIs) {
      return ofFittingLength(SecretBytes.owning(content));
    }
    SecretBytes secret = ofFittingLength(TypedSecret.withoutNewline(content));
    return TypedSecret.withoutStrays(secret, named, hint);
  }

  private void requirePrivate() {
    try {
      PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class);
      if (!attributes.isRegularFile()) {
        throw new OperatorException(
            description() + " is not a regular file", "name a file that holds the secret");
      }
      if (!Collections.disjoint(attributes.permissions(), FORBIDDEN)) {
        throw new OperatorException(
            description() + " can be read or written by others", "chmod 0600 " + path);
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private byte[] content() {
    try (InputStream in = Files.newInputStream(path)) {
      return in.readNBytes(MAX_LENGTH + 1);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private SecretBytes ofFittingLength(SecretBytes secret) {
    int length = secret.length();
    if (length == 0 || length > MAX_LENGTH) {
      secret.close();
      throw new OperatorException(
          description() + (length == 0 ? " is empty" : " is over " + MAX_LENGTH + " bytes"),
          "write the secret to the file, on one line");
    }
    return secret;
  }

  /**
   * The same by any path, and whether {@code asIs} or not: a PIN that a token refused stays one.
   */
  @Override
  public String identity() {
    try {
      Map<String, Object> attributes =
          Files.readAttributes(path, "unix:dev,ino,lastModifiedTime,ctime,size");
      return new TreeMap<>(attributes).toString();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public boolean isMissingYet() {
    Path folder = path.toAbsolutePath().getParent();
    return Files.notExists(path) && folder != null && Files.isDirectory(folder);
  }

  private OperatorException unreadable(IOException failure) {
    return failure instanceof NoSuchFileException
        ? new OperatorException(
            description() + " does not exist", "create it, mode 0600, with the secret on one line")
        : new OperatorException(
            description() + " cannot be read: " + SystemWords.of(failure),
            "run as its owner, or chown it to the right user");
  }

  @Override
  public String description() {
    return "file " + path;
  }
}
