package io.github.keywrap.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A key in JD Cloud KMS ({@code type: jdcloud}).
 *
 * @param endpoint {@code https://host[:port][/path]}; {@code http} shows what is wrapped to the
 *     network
 * @param keyId of the key in the KMS
 * @param signing how requests are signed
 * @param credentials that requests are signed with
 * @param trust certificate authorities that the endpoint's certificate must come from
 * @param proxy that requests go through
 * @param requestTimeout after so long without an answer a request is sent once more, at the latest
 * @param versionInterval between two looks at the key's versions; empty: the key id has no version
 * @param stateDirectory where the versions that were seen are kept
 */
public record JdCloudKeySettings(
    String name,
    URI endpoint,
    String keyId,
    SigningSettings signing,
    CredentialSettings credentials,
    TrustSettings trust,
    ProxySettings proxy,
    Duration requestTimeout,
    Optional<Duration> versionInterval,
    Path stateDirectory,
    int generation,
    PoolSettings pool)
    implements KeySettings {
  @Override
  public List<SecretSource> secrets() {
    return Stream.concat(credentials.secrets(), proxy.secrets()).toList();
  }
}
