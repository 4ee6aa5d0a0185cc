package io.github.keywrap.jdcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.fakekms.FakeKms;
import io.github.keywrap.fakekms.Fault;
import io.github.keywrap.settings.AssumedRoleSettings;
import io.github.keywrap.settings.CredentialSettings;
import io.github.keywrap.settings.EnvironmentSecret;
import io.github.keywrap.settings.ProxySettings;
import io.github.keywrap.settings.SigningScheme;
import io.github.keywrap.settings.SigningSettings;
import io.github.keywrap.settings.TrustSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An hour of temporary credentials, on a clock that the test moves. */
final class AssumedRoleTest {
  private final FakeKms kms = FakeKms.start();
  private final HttpTransport transport =
      new HttpTransport(ProxySettings.none(), TrustedAuthorities.of(new TrustSettings.OfRuntime()));
  private final AtomicLong now = new AtomicLong();
  private AssumedRole role;

  @BeforeEach
  void assume() {
    var _ = kms.account("AKEXAMPLE", "SKEXAMPLE");
    AssumedRoleSettings settings =
        new AssumedRoleSettings(
            kms.endpoint(), "jrn:iam::123456:role/keywrap", "keywrap", Duration.ofHours(1));
    FileCredentials base =
        new FileCredentials(
            new CredentialSettings(
                new EnvironmentSecret("AK", _ -> "AKEXAMPLE"),
                new EnvironmentSecret("SK", _ -> "SKEXAMPLE"),
                Optional.empty(),
                Optional.empty()));
    ApiClient sts =
        new ApiClient(
            "sts",
            kms.endpoint(),
            transport,
            new SigningSettings(SigningScheme.JDCLOUD2, "jdcloud-api"),
            base,
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            InstantSource.system());
    role = new AssumedRole(new StsApi(sts, settings), settings, now::get);
  }

  @AfterEach
  void end() {
    role.close();
    transport.close();
    kms.close();
  }

  @Test
  void renewsAfterTwoThirdsAndNotBefore() {
    Credentials first = role.current(soon());
    pass(Duration.ofMinutes(39));
    role.renewEarly();
    assertThat(role.current(soon())).isSameAs(first);
    pass(Duration.ofMinutes(2));
    role.renewEarly();
    assertThat(role.current(soon())).isNotSameAs(first);
  }

  @Test
  void aFailedRenewalKeepsTheOldOnesWhileTheyAreValid() {
    Credentials first = role.current(soon());
    kms.fault(Fault.UNAVAILABLE);
    pass(Duration.ofMinutes(50));
    role.renewEarly();
    assertThat(role.current(soon())).isSameAs(first);
    assertThat(role.condition()).isInstanceOf(KeyCondition.Impaired.class);
    pass(Duration.ofMinutes(11));
    assertThatThrownBy(() -> role.current(soon())).isInstanceOf(CallFailure.class);
    kms.fault(Fault.NONE);
    assertThat(role.current(soon())).isNotSameAs(first);
    assertThat(role.condition()).isInstanceOf(KeyCondition.Sound.class);
  }

  @Test
  void aRefusalAsksForNewOnesButNotAgainAndAgain() {
    Credentials first = role.current(soon());
    assertThat(role.afterRefusal(first, soon())).isEmpty();
    pass(Duration.ofSeconds(11));
    Credentials second = role.afterRefusal(first, soon()).orElseThrow();
    assertThat(second).isNotSameAs(first);
    assertThat(role.afterRefusal(first, soon())).contains(second);
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5));
  }
}
