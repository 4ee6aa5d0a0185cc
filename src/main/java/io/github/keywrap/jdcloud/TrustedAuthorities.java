package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.settings.TrustSettings;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Whose certificates are accepted. */
final class TrustedAuthorities {
  /**
   * In a session that is resumed nobody looks at the server's certificate again. So none is, but
   * for as long as the files are not looked at either.
   */
  private static final int SESSION_SECONDS = 1;

  private TrustedAuthorities() {}

  /**
   * As the settings say; files are read again when they change.
   *
   * @throws OperatorException if a file that the settings name cannot be read, or holds no
   *     certificate
   */
  static SSLContext of(TrustSettings settings) {
    try {
      return switch (settings) {
        case TrustSettings.OfRuntime _ -> SSLContext.getDefault();
        case TrustSettings.OfFile(var file) -> context(new PemFile(file));
        case TrustSettings.OfSystem system -> {
          SystemTrust store = new SystemTrust(system);
          yield store.isThere() ? context(store) : SSLContext.getDefault();
        }
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no TLS", e);
    }
  }

  private static SSLContext context(CertificateSource source) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new ReloadingTrust(source)}, null);
    context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
    return context;
  }
}
