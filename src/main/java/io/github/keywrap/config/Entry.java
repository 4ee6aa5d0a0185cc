package io.github.keywrap.config;

/**
 * A value as it was written.
 *
 * @param place file and line, environment variable, or {@code default}
 */
public record Entry(String value, String place) {}
