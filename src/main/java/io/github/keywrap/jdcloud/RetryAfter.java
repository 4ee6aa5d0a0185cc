package io.github.keywrap.jdcloud;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How long a service asks to wait (RFC 9110, section 10.2.3): in seconds, or until a time. */
final class RetryAfter {
  private RetryAfter() {}

  /**
   * Empty if it does not ask, or for a time that is over.
   *
   * @param sent when the request was
   */
  static Optional<Duration> of(HttpHeaders headers, Instant sent) {
    Optional<String> text = headers.firstValue("retry-after").map(String::strip);
    return text.filter(t -> t.matches("[0-9]{1,9}"))
        .map(t -> Duration.ofSeconds(Long.parseLong(t)))
        .or(() -> text.flatMap(ServiceClock::parse).map(at -> Duration.between(sent, at)))
        .filter(pause -> !pause.isNegative());
  }
}
