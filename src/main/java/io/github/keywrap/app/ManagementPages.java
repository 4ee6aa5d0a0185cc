package io.github.keywrap.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywrap.management.Answer;
import io.github.keywrap.management.Page;
import io.github.keywrap.management.PageName;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.smallrye.health.SmallRyeHealth;
import io.smallrye.health.SmallRyeHealthReporter;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Health by MicroProfile Health and metrics by Micrometer, under the paths that Kubernetes uses.
 */
@SuppressWarnings("deprecation") // the registry that the framework brings
final class ManagementPages {
  private final SmallRyeHealthReporter health;
  private final PrometheusMeterRegistry metrics;

  ManagementPages(SmallRyeHealthReporter health, PrometheusMeterRegistry metrics) {
    this.health = health;
    this.metrics = metrics;
  }

  Map<PageName, Page> all() {
    return Map.of(
        PageName.of("/livez"),
        () -> report(health::getLiveness),
        PageName.of("/readyz"),
        () -> report(health::getReadiness),
        PageName.of("/healthz"),
        () -> report(health::getHealth),
        PageName.of("/metrics"),
        () -> scrape(TextFormat.CONTENT_TYPE_OPENMETRICS_100),
        new PageName("/metrics", true),
        () -> scrape(TextFormat.CONTENT_TYPE_004));
  }

  private Answer scrape(String contentType) {
    return Answer.ok(contentType, metrics.scrape(contentType));
  }

  private Answer report(Supplier<SmallRyeHealth> check) {
    SmallRyeHealth result = check.get();
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    health.reportHealth(json, result);
    String type = "application/json; charset=UTF-8";
    return result.isDown()
        ? Answer.unavailable(type, json.toString(UTF_8))
        : Answer.ok(type, json.toString(UTF_8));
  }
}
