package io.github.keywrap.jdcloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.jdcloud.CallFailure.Refused;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StaticAssignmentOfThrowable") // nobody looks where it was made
final class RecentRefusalsTest {
  private static final Refused WHY = new Refused(401, "UNAUTHENTICATED", "r", Optional.empty());

  private final AtomicLong now = new AtomicLong(1);
  private final RecentRefusals refusals = new RecentRefusals(now::get);
  private final Credentials credentials = credentials();

  private static Credentials credentials() {
    return new Credentials("AK", SecretBytes.owning(new byte[] {1}), Optional.empty());
  }

  @Test
  void oneRefusalIsNotBelieved() {
    refusals.refused(credentials, "Decrypt", WHY);
    assertThat(refusals.of(credentials, "Decrypt")).isEmpty();
    refusals.refused(credentials, "Decrypt", WHY);
    assertThat(refusals.of(credentials, "Decrypt")).contains(WHY);
  }

  @Test
  void whatIsAcceptedBetweenThemBeginsAnew() {
    refusals.refused(credentials, "Decrypt", WHY);
    refusals.accepted(credentials, "Decrypt");
    refusals.refused(credentials, "Decrypt", WHY);
    assertThat(refusals.of(credentials, "Decrypt")).isEmpty();
  }

  @Test
  void anotherOperationAndOtherCredentialsAreNotJudgedByIt() {
    refusals.refused(credentials, "Encrypt", WHY);
    refusals.refused(credentials, "Encrypt", WHY);
    assertThat(refusals.of(credentials, "Decrypt")).isEmpty();
    assertThat(refusals.of(credentials(), "Encrypt")).isEmpty();
  }

  @Test
  void isForgottenAfterASecondButForTheNextToRefuse() {
    refusals.refused(credentials, "Encrypt", WHY);
    refusals.refused(credentials, "Encrypt", WHY);
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(refusals.of(credentials, "Encrypt")).isEmpty();
    refusals.refused(credentials, "Encrypt", WHY);
    assertThat(refusals.of(credentials, "Encrypt")).contains(WHY);
  }
}
