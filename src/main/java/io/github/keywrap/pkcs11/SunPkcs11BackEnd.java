package io.github.keywrap.pkcs11;

import io.github.keywrap.device.ConnectionTrial;
import io.github.keywrap.device.DeviceKeyWrapper;
import io.github.keywrap.device.DeviceLink;
import io.github.keywrap.device.PinRecords;
import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.domain.BackEnd;
import io.github.keywrap.domain.CiphertextForm;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

/** A key of {@code type: pkcs11} over the JDK's provider ({@code driver: sunpkcs11}). */
public final class SunPkcs11BackEnd implements BackEnd {
  private static final Logger LOG = System.getLogger(SunPkcs11BackEnd.class.getName());

  private final SunPkcs11KeySettings settings;

  public SunPkcs11BackEnd(SunPkcs11KeySettings settings) {
    this.settings = settings;
  }

  /**
   * {@inheritDoc}
   *
   * @throws OperatorException if this runtime has no such provider, or there is no library
   */
  @Override
  public KeyWrapper open() {
    warnOfWhatIsNotSeen();
    DeviceLink<ProviderConnection> link =
        new DeviceLink<>(settings.name(), new SunPkcs11Driver(settings));
    link.start();
    return new DeviceKeyWrapper(
        Algorithm.AES_GCM,
        Pkcs11KeyIds.of(Algorithm.AES_GCM, settings.generation(), settings.identity()),
        link);
  }

  private void warnOfWhatIsNotSeen() {
    LOG.log(
        Level.WARNING,
        "key \"{0}\": driver: sunpkcs11 cannot see whether the key is private, sensitive and not"
            + " extractable",
        settings.name());
    if (settings.checkValue().length == 0) {
      LOG.log(
          Level.WARNING,
          "key \"{0}\": check-value is not set: nothing proves that the key with that label is the"
              + " one of that key-id; \"keywrap check\" prints a value",
          settings.name());
    }
  }

  @Override
  public CiphertextForm form() {
    return new CiphertextForm.Enveloped();
  }

  @Override
  public boolean isRemote() {
    return false;
  }

  @Override
  public String generate() {
    throw new OperatorException(
        "driver: sunpkcs11 cannot make a key with a CKA_ID",
        "make it with settings for driver: native, or with the vendor's tools");
  }

  @Override
  public void tryOut(Steps steps) {
    ConnectionTrial.run(new SunPkcs11Driver(settings), steps);
  }

  @Override
  public List<String> describe() {
    return List.of(
        "key \"%s\": driver: sunpkcs11 sees no CKA_ID and no attributes; use driver: native"
            .formatted(settings.name()));
  }

  @Override
  public int retryPins() {
    return PinRecords.retry(settings.stateDirectory());
  }
}
