package io.github.keywrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code scripts/check-advisories} says of a tree. */
final class AdvisoriesTest {
  private static final String REASON =
      """
      {
        "vulnerability": {"name": "GHSA-1", "aliases": ["CVE-1"]},
        "products": [{
          "@id": "pkg:maven/io.github.keywrap/keywrap",
          "subcomponents": [{"@id": "pkg:maven/org.example/thing@%s"}]
        }],
        "status": "not_affected",
        "justification": "%s",
        "impact_statement": "%s"
      }""";

  @TempDir Path folder;

  private record Outcome(int exit, String output) {}

  @BeforeEach
  void aFreshFileOfOneAdvisory() throws IOException {
    advisory("0", "4.1.135.Final", LocalDate.now(ZoneOffset.UTC));
    reasons();
  }

  @Test
  void aVersionThatAnAdvisoryNamesFails() throws Exception {
    Outcome outcome = check("4.1.133.Final");

    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.output())
        .contains("org.example:thing 4.1.133.Final: CVE-1, GHSA-1: It breaks.")
        .contains("take 4.1.135.Final or newer in pom.xml");
  }

  @Test
  void aVersionWithTheFixPasses() throws Exception {
    Outcome outcome = check("4.1.135.Final");

    assertThat(outcome.exit()).isZero();
    assertThat(outcome.output()).doesNotContain("warning");
  }

  @Test
  void aReasonWhyTheProgramIsNotAffectedIsEnough() throws Exception {
    reasons(REASON.formatted("4.1.133.Final", "vulnerable_code_not_present", "We never call it."));

    Outcome outcome = check("4.1.133.Final");

    assertThat(outcome.output()).contains("1 libraries, 1 advisories, 0 problems");
    assertThat(outcome.exit()).isZero();
  }

  @Test
  void aReasonForAnotherVersionIsNone() throws Exception {
    reasons(REASON.formatted("4.1.132.Final", "vulnerable_code_not_present", "We never call it."));

    Outcome outcome = check("4.1.133.Final");

    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.output()).contains("It breaks.").contains("is not needed");
  }

  @ParameterizedTest
  @CsvSource({
    "we_do_not_mind, We never call it., none of OpenVEX's justifications",
    "vulnerable_code_not_present, '', says nothing in impact_statement"
  })
  void aReasonThatDoesNotSayWhyIsNone(String justification, String why, String complaint)
      throws Exception {
    reasons(REASON.formatted("4.1.133.Final", justification, why));

    Outcome outcome = check("4.1.133.Final");

    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.output()).contains("It breaks.").contains(complaint);
  }

  @Test
  void aReasonThatIsNotNeededAnyMoreIsTold() throws Exception {
    reasons(REASON.formatted("4.1.133.Final", "vulnerable_code_not_present", "We never call it."));

    Outcome outcome = check("4.1.135.Final");

    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.output())
        .contains("the reason for CVE-1, GHSA-1 in pkg:maven/org.example/thing@4.1.133.Final")
        .contains("remove it");
  }

  @ParameterizedTest
  @CsvSource({
    "4.1.9.Final, 4.1.135.Final, true",
    "4.1.135.CR1, 4.1.135.Final, true",
    "4.1.135, 4.1.135.Final, false",
    "5.5-alpha1, 5.5-beta2, true",
    "5.5-beta2, 5.5-alpha1, false",
    "3.33.2, 3.33.2.1, true",
    "3.33.2.1, 3.33.2, false",
    "2.10, 2.9, false",
    "2.0-SNAPSHOT, 2.0, true",
    "33.5.0-jre, 33.5.0, false"
  })
  void versionsAreInTheOrderOfMaven(String version, String fixed, boolean named) throws Exception {
    advisory("0", fixed, LocalDate.now(ZoneOffset.UTC));

    assertThat(check(version).exit()).isEqualTo(named ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({"2.20.9, 0", "2.21.0, 1", "2.21.3, 1", "2.21.4, 0"})
  void aRangeBeginsWhereTheFaultCameIn(String version, int exit) throws Exception {
    advisory("2.21.0", "2.21.4", LocalDate.now(ZoneOffset.UTC));

    assertThat(check(version).exit()).isEqualTo(exit);
  }

  @Test
  void oldAdvisoriesAreWarnedOfAndDoNotFail() throws Exception {
    advisory("0", "4.1.135.Final", LocalDate.now(ZoneOffset.UTC).minusDays(91));

    Outcome outcome = check("4.1.135.Final");

    assertThat(outcome.output()).contains("warning: the advisories are 91 days old");
    assertThat(outcome.exit()).isZero();
  }

  @Test
  void aTreeWithoutLibrariesIsRefused() throws Exception {
    Outcome outcome = run("{\"components\": []}");

    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.output()).contains("the SBOM names no library");
  }

  private Outcome check(String version) throws Exception {
    return run(
        """
        {"components": [{"group": "org.example", "name": "thing", "version": "%s"}]}
        """
            .formatted(version));
  }

  private Outcome run(String sbom) throws Exception {
    Files.writeString(folder.resolve("sbom.json"), sbom);
    Process process =
        new ProcessBuilder(
                "python3",
                Path.of("scripts/check-advisories").toAbsolutePath().toString(),
                "sbom.json",
                "advisories.json",
                "openvex.json")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Outcome(process.waitFor(), output);
  }

  private void advisory(String introduced, String fixed, LocalDate renewed) throws IOException {
    Files.writeString(
        folder.resolve("advisories.json"),
        """
        {"renewed": "%s", "vulns": [{
          "id": "GHSA-1",
          "aliases": ["CVE-1"],
          "summary": "It breaks.",
          "affected": [{
            "package": {"ecosystem": "Maven", "name": "org.example:thing"},
            "ranges": [{
              "type": "ECOSYSTEM",
              "events": [{"introduced": "%s"}, {"fixed": "%s"}]
            }]
          }]
        }]}
        """
            .formatted(renewed, introduced, fixed));
  }

  private void reasons(String... statements) throws IOException {
    Files.writeString(
        folder.resolve("openvex.json"),
        "{\"statements\": [%s]}".formatted(String.join(",", statements)));
  }
}
