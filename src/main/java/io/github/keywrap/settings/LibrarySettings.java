package io.github.keywrap.settings;

import java.nio.file.Path;

/**
 * A PKCS#11 library.
 *
 * @param path of the file
 * @param parameters text for {@code C_Initialize} ({@code pReserved}, which NSS calls
 *     LibraryParameters); empty: none
 */
public record LibrarySettings(Path path, String parameters) {
  @Override
  public String toString() {
    return path.toString();
  }
}
