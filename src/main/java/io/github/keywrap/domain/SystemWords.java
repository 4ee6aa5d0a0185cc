package io.github.keywrap.domain;

import java.io.IOException;
import java.net.SocketException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * What the operating system says of a file or socket, for messages. Other exceptions, such as those
 * of parsers, repeat what was read: of them only the kind is told.
 */
public final class SystemWords {
  private SystemWords() {}

  /** In a few words, without the path. */
  public static String of(IOException failure) {
    return switch (failure) {
      case NoSuchFileException _ -> "it or its folder does not exist";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "something else is in its place";
      case NotDirectoryException _ -> "it is no folder";
      case DirectoryNotEmptyException _ -> "it is a folder that is not empty";
      case FileSystemException e when e.getReason() != null -> e.getReason();
      case SocketException e -> String.valueOf(e.getMessage());
      case IOException e when e.getClass() == IOException.class -> String.valueOf(e.getMessage());
      default -> failure.getClass().getSimpleName();
    };
  }

  /** The same, and the path that it happened at, where it is known. */
  public static String withPath(IOException failure) {
    return failure instanceof FileSystemException e && e.getFile() != null
        ? of(failure) + ": " + e.getFile()
        : of(failure);
  }
}
