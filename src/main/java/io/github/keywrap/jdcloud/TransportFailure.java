package io.github.keywrap.jdcloud;

import io.github.keywrap.jdcloud.CallFailure.Unanswered;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.impl.TunnelRefusedException;

/** Says what kept a request from being answered, in words of keywrap's own. */
final class TransportFailure {
  private TransportFailure() {}

  /**
   * @param peer whom the connection was made to, or should have been: "the proxy HOST:PORT" or
   *     HOST:PORT
   */
  @SuppressWarnings("deprecation") // it is what the client still throws
  static Unanswered of(Exception failure, String peer) {
    Optional<String> certificate = certificate(failure);
    if (certificate.isPresent()) {
      return Unanswered.lasting("no TLS connection: " + certificate.get(), failure);
    }
    if (has(failure, TunnelRefusedException.class::isInstance)) {
      return Unanswered.passing(
          peer + " does not let a connection to the endpoint through", failure);
    }
    return switch (failure) {
      case SSLException _ ->
          Unanswered.passing(
              "no TLS connection: is this the right port, is a proxy between?", failure);
      case UnknownHostException _ ->
          Unanswered.passing(
              "the host name is not known, or the name service is away: " + peer, failure);
      case ConnectTimeoutException _ ->
          Unanswered.passing("no connection to %s in time".formatted(peer), failure);
      case ConnectException _, NoRouteToHostException _ ->
          Unanswered.passing("no connection to " + peer, failure);
      default ->
          Unanswered.passing(
              "the connection to %s ended or broke (%s)"
                  .formatted(peer, failure.getClass().getSimpleName()),
              failure);
    };
  }

  /** HTTP 407, from whoever sent it. */
  static Unanswered ofCredentials(String peer) {
    return Unanswered.lasting(
        ("HTTP 407, %s does not take the credentials; see proxy-user and proxy-password, or what"
                + " HTTPS_PROXY or HTTP_PROXY says")
            .formatted(peer),
        null);
  }

  private static Optional<String> certificate(Exception failure) {
    if (has(failure, TransportFailure::isExpired)) {
      return Optional.of(
          "the certificate has expired by this node's clock, which says %s; if that is right, it has"
                  .formatted(now())
              + " to be renewed there, otherwise set the clock");
    }
    if (has(failure, TransportFailure::isNotYetValid)) {
      return Optional.of(
          "the certificate is not valid yet by this node's clock, which says %s: set the clock"
              .formatted(now()));
    }
    if (has(failure, CertPathBuilderException.class::isInstance)
        || has(failure, CertPathValidatorException.class::isInstance)) {
      return Optional.of(
          "the certificate is from an authority that is not trusted; name it with ca-file, or see"
              + " trust");
    }
    return has(failure, CertificateException.class::isInstance)
            || failure instanceof SSLPeerUnverifiedException
        ? Optional.of("the certificate is not for this host; see endpoint, is a proxy between?")
        : Optional.empty();
  }

  private static boolean isExpired(Throwable cause) {
    return cause instanceof CertificateExpiredException
        || cause instanceof CertPathValidatorException path
            && path.getReason() == BasicReason.EXPIRED;
  }

  private static boolean isNotYetValid(Throwable cause) {
    return cause instanceof CertificateNotYetValidException
        || cause instanceof CertPathValidatorException path
            && path.getReason() == BasicReason.NOT_YET_VALID;
  }

  private static boolean has(Throwable failure, Predicate<Throwable> kind) {
    return Stream.iterate(failure, java.util.Objects::nonNull, Throwable::getCause)
        .limit(10)
        .anyMatch(kind);
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }
}
