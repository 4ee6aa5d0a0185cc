package io.github.keywrap.settings;

import static java.nio.file.attribute.PosixFilePermission.GROUP_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_EXECUTE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_READ;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A secret in a file of 1 to 4,096 bytes that nobody but its owner may write and that only its
 * owner and group may read.
 */
public record SecretFile(Path path) implements SecretSource {
  private static final int MAX_LENGTH = 4_096;
  private static final Set<PosixFilePermission> FORBIDDEN =
      Set.of(GROUP_WRITE, OTHERS_READ, OTHERS_WRITE, OTHERS_EXECUTE);

  @Override
  public SecretBytes read() {
    requirePrivate();
    byte[] content = content();
    try {
      return withoutNewline(content);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
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
      throw unreadable();
    }
  }

  private byte[] content() {
    try (InputStream in = Files.newInputStream(path)) {
      return in.readNBytes(MAX_LENGTH + 1);
    } catch (IOException e) {
      throw unreadable();
    }
  }

  private SecretBytes withoutNewline(byte[] content) {
    int length = content.length;
    if (length > 0 && content[length - 1] == '\n') {
      length--;
    }
    if (length == 0 || length > MAX_LENGTH) {
      throw new OperatorException(
          description() + (length == 0 ? " is empty" : " is over " + MAX_LENGTH + " bytes"),
          "write the secret to the file, on one line");
    }
    return SecretBytes.owning(Arrays.copyOf(content, length));
  }

  @Override
  public String identity() {
    try {
      Map<String, Object> attributes =
          Files.readAttributes(path, "unix:dev,ino,lastModifiedTime,ctime,size");
      return "%s %s".formatted(description(), new TreeMap<>(attributes));
    } catch (IOException e) {
      throw unreadable();
    }
  }

  private OperatorException unreadable() {
    return Files.exists(path)
        ? new OperatorException(
            description() + " cannot be read", "run as its owner, or chown it to the right user")
        : new OperatorException(
            description() + " does not exist", "create it, mode 0600, with the secret on one line");
  }

  @Override
  public String description() {
    return "file " + path;
  }
}
