package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.LogBudget;
import io.github.keywrap.domain.OperatorException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trust in certificate authorities that are read again when their files change, which is looked at
 * when a connection is made. What cannot be read leaves the ones before in force. Thread-safe.
 */
final class ReloadingTrust extends X509ExtendedTrustManager {
  private static final Logger LOG = System.getLogger(ReloadingTrust.class.getName());
  private static final long PAUSE = Duration.ofSeconds(1).toNanos();

  private final CertificateSource source;
  private final LogBudget failuresTold = new LogBudget(Duration.ofMinutes(10));
  private volatile X509ExtendedTrustManager current;
  private volatile long nextLook = System.nanoTime() + PAUSE;

  /** Guarded by this. */
  private String identity;

  /**
   * @throws OperatorException if there are no certificates
   */
  ReloadingTrust(CertificateSource source) {
    this.source = source;
    this.identity = source.identity();
    this.current = read();
  }

  private X509ExtendedTrustManager read() {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (X509Certificate certificate : source.read()) {
        store.setCertificateEntry("ca-" + number++, certificate);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return Arrays.stream(factory.getTrustManagers())
          .filter(X509ExtendedTrustManager.class::isInstance)
          .map(X509ExtendedTrustManager.class::cast)
          .findFirst()
          .orElseThrow();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime keeps no certificates", e);
    }
  }

  private X509ExtendedTrustManager trust() {
    if (System.nanoTime() - nextLook >= 0) {
      look();
    }
    return current;
  }

  private synchronized void look() {
    nextLook = System.nanoTime() + PAUSE;
    String now = source.identity();
    if (now.equals(identity)) {
      return;
    }
    try {
      current = read();
      identity = now;
      LOG.log(Level.INFO, "certificate authorities have changed, and were read again");
      source.trouble().ifPresent(trouble -> LOG.log(Level.WARNING, trouble));
    } catch (OperatorException e) {
      if (failuresTold.take()) {
        LOG.log(
            Level.WARNING,
            "{0}; the ones before are trusted still{1}",
            e.getMessage(),
            failuresTold.leftOut());
      }
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    trust().checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    trust().checkServerTrusted(chain, type, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    trust().checkServerTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    trust().checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    trust().checkClientTrusted(chain, type, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    trust().checkClientTrusted(chain, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trust().getAcceptedIssuers();
  }
}
