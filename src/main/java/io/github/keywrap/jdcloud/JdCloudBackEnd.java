package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.BackEnd;
import io.github.keywrap.domain.CiphertextForm;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.settings.JdCloudKeySettings;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** A key of {@code type: jdcloud}, in JD Cloud KMS. */
public final class JdCloudBackEnd implements BackEnd {
  private static final String TYPE = "jdcloud";
  private static final String KMS = "kms";
  private static final String STS = "sts";

  private final JdCloudKeySettings settings;

  /** Without a version. */
  private final KeyId keyId;

  public JdCloudBackEnd(JdCloudKeySettings settings) {
    this.settings = settings;
    this.keyId = KeyId.of(TYPE, settings.keyId()).withGeneration(settings.generation());
  }

  /**
   * {@inheritDoc}
   *
   * @throws OperatorException if credentials or certificates cannot be read
   */
  @Override
  public KeyWrapper open() {
    return open(Optional.of(new VersionStore(settings.stateDirectory(), settings.keyId())));
  }

  /** As at the first start on a node: the state directory is neither read nor written. */
  @Override
  public KeyWrapper openToTry() {
    return open(Optional.empty());
  }

  private KeyWrapper open(Optional<VersionStore> store) {
    CredentialSource files = new FileCredentials(settings.credentials());
    HttpTransport transport =
        new HttpTransport(settings.proxy(), TrustedAuthorities.of(settings.trust()));
    CredentialSource credentials =
        settings
            .credentials()
            .assumedRole()
            .map(
                role -> {
                  ApiClient sts = client(STS, role.endpoint(), transport, files);
                  AssumedRole assumed =
                      new AssumedRole(new StsApi(sts, role), role, System::nanoTime);
                  assumed.start();
                  return (CredentialSource) assumed;
                })
            .orElse(files);
    ApiClient kms = client(KMS, settings.endpoint(), transport, credentials);
    KmsApi api = new KmsApi(kms, settings.keyId());
    VersionWatch watch = new VersionWatch(settings.name(), api, settings.versionInterval(), store);
    watch.start();
    KeyVersions versions = new KeyVersions(keyId, watch);
    return new JdCloudKeyWrapper(
        keyId,
        api,
        versions,
        new Refusals(new KeyDiagnosis(api), versions, new VersionInquiry(api, watch)),
        List.of(files::condition, credentials::condition, versions::condition),
        List.of(watch::close, credentials::close, transport::close));
  }

  private ApiClient client(
      String service, URI endpoint, HttpTransport transport, CredentialSource credentials) {
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

  @Override
  public CiphertextForm form() {
    return new CiphertextForm.Bare(keyId);
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public String generate() {
    throw new OperatorException(
        "keys of JD Cloud KMS are made there", "make it in its console; see docs/jdcloud.md");
  }
}
