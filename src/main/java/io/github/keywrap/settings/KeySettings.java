package io.github.keywrap.settings;

/** Settings of one key; one record for each type of back end. */
public sealed interface KeySettings
    permits LocalKeySettings, Pkcs11KeySettings, SunPkcs11KeySettings, JdCloudKeySettings {
  /** Name of the key in the settings, a DNS label. */
  String name();

  /** 0 unless the operator goes back to an older key; see {@code KeyId}. */
  int generation();

  PoolSettings pool();
}
