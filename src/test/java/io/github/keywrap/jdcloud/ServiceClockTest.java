package io.github.keywrap.jdcloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServiceClockTest {
  private static final Instant OWN = Instant.parse("2026-11-28T12:00:00Z");

  private final ServiceClock clock = new ServiceClock();

  @Test
  void whatTheServiceSaysGoesBeforeThisNodesTime() {
    Instant theirs = OWN.minus(Duration.ofHours(3));
    read(DateTimeFormatter.RFC_1123_DATE_TIME.format(theirs.atOffset(ZoneOffset.UTC)));
    assertThat(clock.nowOr(OWN)).isBetween(theirs, theirs.plusSeconds(60));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 28 Nov 2199 12:00:00 GMT", "yesterday", ""})
  void whatCannotBeIsNotBelieved(String date) {
    read(date);
    assertThat(clock.nowOr(OWN)).isEqualTo(OWN);
  }

  @Test
  void aServiceThatSaysNothingHasThisNodesTime() {
    clock.read(HttpHeaders.of(Map.of(), (_, _) -> true));
    assertThat(clock.nowOr(OWN)).isEqualTo(OWN);
  }

  private void read(String date) {
    clock.read(HttpHeaders.of(Map.of("date", List.of(date)), (_, _) -> true));
  }
}
