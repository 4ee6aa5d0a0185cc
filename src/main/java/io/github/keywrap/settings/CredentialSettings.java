package io.github.keywrap.settings;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * What requests to JD Cloud are signed with.
 *
 * @param sessionToken of temporary credentials
 * @param assumedRole role to assume with them; empty: they are used themselves
 */
public record CredentialSettings(
    SecretSource accessKey,
    SecretSource secretKey,
    Optional<SecretSource> sessionToken,
    Optional<AssumedRoleSettings> assumedRole) {
  /** What they are made of. */
  Stream<SecretSource> secrets() {
    return Stream.concat(Stream.of(accessKey, secretKey), sessionToken.stream());
  }
}
