package io.github.keywrap.settings;

/** A version of JD Cloud's request signature: what differs between them is here. */
public enum SigningScheme {
  /** What the KMS is known to accept. */
  JDCLOUD2("JDCLOUD2", "jdcloud2_request"),
  /** What JD Cloud's Python SDK has begun to use. */
  JDCLOUD3("JDCLOUD3", "jdcloud3_request");

  private final String prefix;
  private final String terminator;

  SigningScheme(String prefix, String terminator) {
    this.prefix = prefix;
    this.terminator = terminator;
  }

  /** Stands before the secret key, and in the name of the algorithm. */
  public String prefix() {
    return prefix;
  }

  /** Ends the scope. */
  public String terminator() {
    return terminator;
  }

  /** As it stands in the Authorization header. */
  public String algorithm() {
    return prefix + "-HMAC-SHA256";
  }
}
