package io.github.keywrap.config;

/**
 * One thing that is wrong with the configuration.
 *
 * @param place where: file and line, or environment variable
 * @param message what
 * @param hint what mends it; empty if the message says it all
 */
public record Problem(String place, String message, String hint) {
  @Override
  public String toString() {
    return place + ": " + message;
  }
}
