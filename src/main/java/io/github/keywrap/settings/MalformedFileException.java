package io.github.keywrap.settings;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;

/**
 * A file is not what it should be, and where. Its words are ours: those of a parser repeat what it
 * read, and that may be a secret.
 */
public final class MalformedFileException extends IOException {
  private final String message;
  private final int line;
  private final int column;

  /**
   * @param message what is wrong, after "the file"
   * @param line from 1; 0 if it is not known
   * @param column from 1; 0 if it is not known
   */
  public MalformedFileException(String message, int line, int column) {
    super(message);
    this.message = message;
    this.line = line;
    this.column = column;
  }

  /** What a parser of Jackson's could not read, by its place alone. */
  public static MalformedFileException at(JsonProcessingException failure, String message) {
    JsonLocation place = failure.getLocation();
    return place == null
        ? new MalformedFileException(message, 0, 0)
        : new MalformedFileException(message, place.getLineNr(), place.getColumnNr());
  }

  @Override
  public String getMessage() {
    return message;
  }

  /** To be put after the name of the file: {@code :3:14}, or as much of it as is known. */
  public String place() {
    return (line > 0 ? ":" + line : "") + (line > 0 && column > 0 ? ":" + column : "");
  }
}
