package io.github.keywrap.settings;

/** Who makes the IV of an AES-GCM encryption on a token, and where it is found. */
public enum GcmIv {
  /** keywrap, at random. */
  CLIENT,
  /** The token, which writes it over the one in the parameters. */
  WRITTEN_BACK,
  /** The token, which appends it to the ciphertext. */
  APPENDED,
  /** As {@link #APPENDED}, by a token that wants no room for an IV in the parameters. */
  APPENDED_NULL
}
