package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.settings.JdCloudKeySettings;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Keys in JD Cloud KMS, as the settings describe them. */
public final class JdCloudKeys {
  private static final String TYPE = "jdcloud";
  private static final String KMS = "kms";
  private static final String STS = "sts";

  private JdCloudKeys() {}

  /** What names the key, whatever its version. */
  public static KeyId keyId(JdCloudKeySettings settings) {
    return KeyId.of(TYPE, settings.keyId()).withGeneration(settings.generation());
  }

  /**
   * Binds a wrapper to the key. Does not wait for the KMS.
   *
   * @throws io.github.keywrap.domain.OperatorException if credentials or certificates cannot be had
   */
  public static KeyWrapper open(JdCloudKeySettings settings) {
    return open(
        settings, Optional.of(new VersionStore(settings.stateDirectory(), settings.keyId())));
  }

  /**
   * Like {@link #open}, as at the first start on a node: the state directory is neither read nor
   * written.
   *
   * @throws io.github.keywrap.domain.OperatorException if credentials or certificates cannot be had
   */
  public static KeyWrapper openToTry(JdCloudKeySettings settings) {
    return open(settings, Optional.empty());
  }

  private static KeyWrapper open(JdCloudKeySettings settings, Optional<VersionStore> store) {
    CredentialSource files = new FileCredentials(settings.credentials());
    HttpTransport transport =
        new HttpTransport(settings.proxy(), TrustedAuthorities.of(settings.trust()));
    CredentialSource credentials =
        settings
            .credentials()
            .assumedRole()
            .map(
                role -> {
                  ApiClient sts = client(STS, role.endpoint(), transport, files, settings);
                  AssumedRole assumed =
                      new AssumedRole(new StsApi(sts, role), role, System::nanoTime);
                  assumed.start();
                  return (CredentialSource) assumed;
                })
            .orElse(files);
    ApiClient kms = client(KMS, settings.endpoint(), transport, credentials, settings);
    KmsApi api = new KmsApi(kms, settings.keyId());
    VersionWatch watch = new VersionWatch(settings.name(), api, settings.versionInterval(), store);
    watch.start();
    KeyVersions versions = new KeyVersions(keyId(settings), watch);
    return new JdCloudKeyWrapper(
        keyId(settings),
        api,
        versions,
        new Refusals(new KeyDiagnosis(api), versions, new VersionInquiry(api, watch)),
        List.of(files::condition, credentials::condition, versions::condition),
        List.of(watch::close, credentials::close, transport::close));
  }

  private static ApiClient client(
      String service,
      URI endpoint,
      HttpTransport transport,
      CredentialSource credentials,
      JdCloudKeySettings settings) {
    return new ApiClient(
        service,
        endpoint,
        transport,
        settings.signing(),
        credentials,
        settings.requestTimeout(),
        cooldown(settings.versionInterval()),
        InstantSource.system());
  }

  private static Duration cooldown(Optional<Duration> versionInterval) {
    Duration most = FirstLooks.WHILE_LIMITED;
    return versionInterval.filter(interval -> interval.compareTo(most) < 0).orElse(most);
  }
}
