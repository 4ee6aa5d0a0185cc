package io.github.keywrap.pkcs11;

import io.github.keywrap.device.ConnectionTrial;
import io.github.keywrap.device.DeviceKeyIds;
import io.github.keywrap.device.DeviceKeyWrapper;
import io.github.keywrap.device.DeviceLink;
import io.github.keywrap.device.PinRecords;
import io.github.keywrap.domain.BackEnd;
import io.github.keywrap.domain.CiphertextForm;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.settings.LibrarySettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.TokenProfile.Sm4Sealed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A key of {@code type: pkcs11} on a token, over keywrap's own driver. */
public final class Pkcs11BackEnd implements BackEnd {
  /** How often it is tried whether a sealed key would open again. */
  private static final Duration LOOK = Duration.ofSeconds(10);

  private final Pkcs11KeySettings settings;

  public Pkcs11BackEnd(Pkcs11KeySettings settings) {
    this.settings = settings;
  }

  /**
   * {@inheritDoc} The token is looked for in the background, now and whenever it is lost.
   *
   * @throws OperatorException if the library cannot be loaded
   */
  @Override
  public KeyWrapper open() {
    DeviceLink<SessionConnection> link =
        new DeviceLink<>(settings.name(), new NativeDriver(settings));
    link.start();
    if (settings.profile() instanceof Sm4Sealed profile) {
      SealedKeyStore store = SealedKeyStore.of(settings, profile.place());
      DeviceKeyIds keyIds = sealedKeyIds(store);
      SealedKeyWrapper wrapper =
          new SealedKeyWrapper(
              settings.name(), keyIds, new SealedKeyReader(keyIds, store, link), LOOK);
      wrapper.start();
      return wrapper;
    }
    return new DeviceKeyWrapper(
        settings.algorithm(),
        Pkcs11KeyIds.of(settings.algorithm(), settings.generation(), settings.key()),
        link);
  }

  private DeviceKeyIds sealedKeyIds(SealedKeyStore store) {
    String known =
        switch (store) {
          case SealedKeyStore.OnToken _ -> "";
          case SealedKeyStore.InFile file -> identityIn(file);
        };
    return Pkcs11KeyIds.of(settings.algorithm(), settings.generation(), known);
  }

  /** What the file says; where it cannot be read, that is told by the calls. */
  private static String identityIn(SealedKeyStore.InFile file) {
    try {
      return file.read().map(SealedKey::identity).orElse("");
    } catch (KmsException unreadable) {
      return "";
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

  /**
   * {@inheritDoc}
   *
   * @throws OperatorException if there is a key with that label or id, or the token cannot make one
   */
  @Override
  public String generate() {
    return new KeyMaking(settings).generate().describe(settings);
  }

  @Override
  public String restore(Path backup) {
    return settings.profile() instanceof Sm4Sealed profile
        ? new KeyMaking(settings).restore(profile, backup).describe(settings)
        : BackEnd.super.restore(backup);
  }

  @Override
  public void tryOut(Steps steps) {
    ConnectionTrial.run(new NativeDriver(settings), steps);
  }

  /** A token that refuses says so in its line: it must not keep others from being seen. */
  @Override
  public List<String> describe() {
    try {
      return TokenListing.of(settings);
    } catch (KmsException refused) {
      return List.of("key \"%s\": not told: %s".formatted(settings.name(), refused.getMessage()));
    }
  }

  /**
   * Describes the tokens of a library, in lines for people. Does not log in.
   *
   * @throws OperatorException if the library cannot be loaded
   * @throws KmsException if it fails
   */
  public static List<String> describe(LibrarySettings library) {
    return TokenListing.of(library);
  }

  @Override
  public int retryPins() {
    return PinRecords.retry(settings.token().stateDirectory());
  }
}
