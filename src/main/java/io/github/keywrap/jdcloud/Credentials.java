package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.settings.SigningScheme;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What requests are signed with, as one set. Calls in flight may use it at any time, so that its
 * secret is not wiped but left to the garbage collector when a new set takes its place.
 */
final class Credentials {
  private final String accessKey;
  private final byte[] secretKey;
  private final Optional<String> sessionToken;

  /** The key for one scope: the same for a day. */
  private volatile @Nullable SigningKey lastKey;

  @SuppressWarnings("ArrayRecordComponent") // never compared, and private to this class
  private record SigningKey(SigningScheme scheme, String scope, byte[] key) {}

  /**
   * @param secretKey copied; stays the caller's to close
   * @param sessionToken of temporary credentials, not encoded
   */
  Credentials(String accessKey, SecretBytes secretKey, Optional<String> sessionToken) {
    this.accessKey = accessKey;
    this.secretKey = secretKey.expose().clone();
    this.sessionToken = sessionToken;
  }

  String accessKey() {
    return accessKey;
  }

  Optional<String> sessionToken() {
    return sessionToken;
  }

  /**
   * The key that requests of a scope are signed with: a chain of HMAC-SHA-256 over its parts.
   *
   * @param date {@code yyyyMMdd}
   */
  byte[] signingKey(SigningScheme scheme, String date, String region, String service) {
    String scope = date + "/" + region + "/" + service;
    SigningKey last = lastKey;
    if (last != null && last.scheme() == scheme && last.scope().equals(scope)) {
      return last.key();
    }
    byte[] prefix = scheme.prefix().getBytes(UTF_8);
    byte[] start = new byte[prefix.length + secretKey.length];
    System.arraycopy(prefix, 0, start, 0, prefix.length);
    System.arraycopy(secretKey, 0, start, prefix.length, secretKey.length);
    byte[] key = Hashes.hmac(start, date);
    for (String part : new String[] {region, service, scheme.terminator()}) {
      key = Hashes.hmac(key, part);
    }
    lastKey = new SigningKey(scheme, scope, key);
    return key;
  }

  @Override
  public String toString() {
    return "Credentials[redacted]";
  }
}
