package io.github.keywrap.settings;

/**
 * How a token wants Galois/Counter Mode.
 *
 * @param iv who makes the IV
 * @param ivLength in bytes, 12 to 16
 * @param parametersLength length of {@code CK_GCM_PARAMS} in bytes: 48 or 40
 */
public record GcmSettings(GcmIv iv, int ivLength, int parametersLength) {}
