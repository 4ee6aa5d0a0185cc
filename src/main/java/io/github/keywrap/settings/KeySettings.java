package io.github.keywrap.settings;

import java.util.List;

/** Settings of one key; one record for each type of back end. */
public sealed interface KeySettings
    permits LocalKeySettings, Pkcs11KeySettings, SunPkcs11KeySettings, JdCloudKeySettings {
  /** Name of the key in the settings, a DNS label. */
  String name();

  /** 0 unless the operator goes back to an older key; see {@code KeyId}. */
  int generation();

  PoolSettings pool();

  /** What the key needs before it can be opened. */
  List<SecretSource> secrets();
}
