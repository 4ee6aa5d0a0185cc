package io.github.keywrap.fakekms;

/** What the fake can be asked for. */
public enum Operation {
  ENCRYPT,
  DECRYPT,
  DESCRIBE_KEY,
  DESCRIBE_KEY_DETAIL,
  ASSUME_ROLE
}
