package io.github.keywrap.jdcloud;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The time of day at a service, by the Date header of its last response (RFC 9110, section 6.6.1):
 * this node's own clock may be wrong, and has no part in it. Thread-safe.
 */
final class ServiceClock {
  private static final Duration CREDIBLE = Duration.ofDays(1);

  private volatile @Nullable Reading last;

  /**
   * What the service said, and when ({@link System#nanoTime}).
   *
   * @param date to the second
   */
  private record Reading(Instant date, long at) {}

  /** Takes the time from a response, if it has one. */
  void read(HttpHeaders headers) {
    date(headers).ifPresent(date -> last = new Reading(date, System.nanoTime()));
  }

  /** The time there now; empty if the service has never said it. */
  Optional<Instant> now() {
    Reading reading = last;
    return reading == null
        ? Optional.empty()
        : Optional.of(reading.date().plusNanos(System.nanoTime() - reading.at()));
  }

  /**
   * The same, or this node's own time where the service says none, or one that is a day or more
   * away from it: the service has accepted signatures of this node's time.
   */
  Instant nowOr(Instant own) {
    return now()
        .filter(theirs -> Duration.between(theirs, own).abs().compareTo(CREDIBLE) < 0)
        .orElse(own);
  }

  /** How far this node's clock is ahead, by the Date header of an answer to what was just sent. */
  static Optional<Duration> drift(HttpHeaders headers, Instant sent) {
    return date(headers).map(theirs -> Duration.between(theirs, sent));
  }

  /** The Date header, if there is one that is well-formed. */
  private static Optional<Instant> date(HttpHeaders headers) {
    return headers.firstValue("date").flatMap(ServiceClock::parse);
  }

  /** A time as HTTP has it in headers (RFC 9110, 5.6.7), if the text is one. */
  static Optional<Instant> parse(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException notADate) {
      return Optional.empty();
    }
  }
}
