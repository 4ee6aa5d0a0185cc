package io.github.keywrap.app;

import io.github.keywrap.domain.BackEnd;
import io.github.keywrap.jdcloud.JdCloudBackEnd;
import io.github.keywrap.local.LocalBackEnd;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.pkcs11.SunPkcs11BackEnd;
import io.github.keywrap.settings.JdCloudKeySettings;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LibrarySettings;
import io.github.keywrap.settings.LocalKeySettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import java.util.List;

/** The one place that knows every type of key. */
public final class BackEnds {
  private BackEnds() {}

  /** What keeps the key of these settings. Nothing is opened yet. */
  public static BackEnd of(KeySettings key) {
    return switch (key) {
      case LocalKeySettings local -> new LocalBackEnd(local);
      case Pkcs11KeySettings pkcs11 -> new Pkcs11BackEnd(pkcs11);
      case SunPkcs11KeySettings sunPkcs11 -> new SunPkcs11BackEnd(sunPkcs11);
      case JdCloudKeySettings jdCloud -> new JdCloudBackEnd(jdCloud);
    };
  }

  /**
   * Describes the tokens of a PKCS#11 library, in lines for people. Does not log in.
   *
   * @throws io.github.keywrap.domain.OperatorException if the library cannot be loaded
   * @throws io.github.keywrap.domain.KmsException if it fails
   */
  public static List<String> describeTokens(LibrarySettings library) {
    return Pkcs11BackEnd.describe(library);
  }
}
