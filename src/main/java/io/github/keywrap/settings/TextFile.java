package io.github.keywrap.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywrap.files.SmallFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.file.Path;
import java.util.Optional;

/** Reads files that people write: UTF-8, and not without end. */
public final class TextFile {
  /** Longest file in bytes. */
  private static final int MAX_LENGTH = 1_048_576;

  private TextFile() {}

  /**
   * The bytes of a file, which are UTF-8.
   *
   * @throws MalformedFileException if they are not, with the place of the first that is wrong, if
   *     they are over 1 MiB, or if it is no regular file
   * @throws IOException if it cannot be read
   */
  public static byte[] read(Path path) throws IOException {
    byte[] content;
    try {
      content = SmallFile.read(path, MAX_LENGTH);
    } catch (SmallFile.UnfitException e) {
      throw new MalformedFileException(e.getReason(), 0, 0);
    }
    Optional<Stray> utf16 = Stray.ofUtf16(content);
    if (utf16.isPresent()) {
      throw new MalformedFileException(utf16.get().what(), 0, 0);
    }
    requireUtf8(content);
    return content;
  }

  private static void requireUtf8(byte[] content) throws MalformedFileException {
    CharsetDecoder decoder = UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(content);
    CharBuffer out = CharBuffer.allocate(4_096);
    CoderResult result;
    do {
      out.clear();
      result = decoder.decode(in, out, true);
    } while (result.isOverflow());
    if (result.isError()) {
      int bad = in.position();
      int line = 1;
      int start = 0;
      for (int i = 0; i < bad; i++) {
        if (content[i] == '\n') {
          line++;
          start = i + 1;
        }
      }
      throw new MalformedFileException(
          "is not UTF-8: byte %d of this line, 0x%02x, is none (GBK, perhaps, in a comment)"
              .formatted(bad - start + 1, content[bad]),
          line,
          0);
    }
  }
}
