package io.github.keywrap.app;

import io.github.keywrap.settings.CredentialSettings;
import io.github.keywrap.settings.JdCloudKeySettings;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LocalKeySettings;
import io.github.keywrap.settings.LoginSettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.ProxySettings;
import io.github.keywrap.settings.SecretSource;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The secrets that a key needs before it can be opened. */
final class KeySecrets {
  private KeySecrets() {}

  static List<SecretSource> of(KeySettings key) {
    return switch (key) {
      case LocalKeySettings local -> List.of(local.passphrase());
      case Pkcs11KeySettings pkcs11 ->
          switch (pkcs11.token().login()) {
            case LoginSettings.WithPin withPin -> List.of(withPin.pin());
            case LoginSettings.AtPinPad _, LoginSettings.None _ -> List.of();
          };
      case SunPkcs11KeySettings sunPkcs11 -> List.of(sunPkcs11.pin());
      case JdCloudKeySettings jdCloud ->
          Stream.concat(of(jdCloud.credentials()), of(jdCloud.proxy())).toList();
    };
  }

  private static Stream<SecretSource> of(CredentialSettings credentials) {
    return Stream.concat(
        Stream.of(credentials.accessKey(), credentials.secretKey()),
        credentials.sessionToken().stream());
  }

  private static Stream<SecretSource> of(ProxySettings proxy) {
    return Stream.of(proxy.forHttp(), proxy.forHttps())
        .flatMap(Optional::stream)
        .flatMap(server -> server.login().stream())
        .flatMap(login -> login.password().stream())
        .distinct();
  }
}
