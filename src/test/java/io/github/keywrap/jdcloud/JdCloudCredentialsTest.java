package io.github.keywrap.jdcloud;

import static io.github.keywrap.jdcloud.JdCloudKey.DEK;
import static io.github.keywrap.jdcloud.JdCloudKey.unwrap;
import static io.github.keywrap.jdcloud.JdCloudKey.wrap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.contract.WrittenLogs;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.fakekms.FakeAccount;
import io.github.keywrap.fakekms.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Credentials that change, fail, or are only lent. */
final class JdCloudCredentialsTest extends JdCloudCase {
  /** Files are replaced one after the other, under load; the old credentials then end. */
  @Test
  void newCredentialsAreTakenWithoutALostCall() throws Exception {
    FakeAccount next = key.kms.account("AKEXAMPLE0002", "SKEXAMPLE0002");
    try (KeyWrapper wrapper = key.open();
        ExecutorService callers = Executors.newFixedThreadPool(4)) {
      AtomicBoolean stop = new AtomicBoolean();
      List<Future<Integer>> results = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        results.add(callers.submit(() -> pairsUntil(wrapper, stop)));
      }
      key.secret("ak", next.accessKey());
      await("half of the change was used").until(() -> next.refused() > 0);
      key.secret("sk", next.secretKey());
      await("the whole of it is used").until(() -> next.accepted() > 0);
      key.account.disable();
      int before = next.accepted();
      await().until(() -> next.accepted() > before + 100);
      stop.set(true);
      for (Future<Integer> result : results) {
        assertThat(result.get()).isPositive();
      }
      assertThat(wrapper.condition()).isInstanceOf(KeyCondition.Sound.class);
    }
  }

  private static int pairsUntil(KeyWrapper wrapper, AtomicBoolean stop) {
    int pairs = 0;
    while (!stop.get()) {
      assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
      pairs++;
    }
    return pairs;
  }

  @Test
  void credentialsThatAreRefusedOrBrokenDoNotTakeThePlaceOfGoodOnes() throws Exception {
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey wrapped = wrap(wrapper);
      key.secret("sk", "not-the-secret-key");
      await().untilAsserted(() -> assertImpaired(wrapper, wrapped, "are refused"));
      key.secret("sk", "two words");
      key.secret("ak", "two words");
      await().untilAsserted(() -> assertImpaired(wrapper, wrapped, "cannot be read"));
      key.secret("sk", key.account.secretKey() + "\r");
      await().untilAsserted(() -> assertImpaired(wrapper, wrapped, "ends with a carriage return"));
      key.writeCredentials(key.account);
      await()
          .untilAsserted(
              () -> {
                assertThat(unwrap(wrapper, wrapped)).isEqualTo(DEK);
                assertThat(wrapper.condition()).isInstanceOf(KeyCondition.Sound.class);
              });
    }
  }

  private static void assertImpaired(KeyWrapper wrapper, WrappedKey wrapped, String reason) {
    assertThat(unwrap(wrapper, wrapped)).isEqualTo(DEK);
    assertThat(wrapper.condition())
        .isInstanceOfSatisfying(
            KeyCondition.Impaired.class,
            impaired -> assertThat(impaired.reason()).contains(reason));
  }

  @Test
  void badCredentialsAreRefusedAndGoodOnesCureThat() throws Exception {
    key.secret("sk", "not-the-secret-key");
    try (KeyWrapper wrapper = key.open()) {
      assertThatThrownBy(() -> wrap(wrapper))
          .isInstanceOf(AccessDenied.class)
          .hasMessageContaining("APIGW_SIGN_RESULT_NOT_SAME")
          .hasMessageContaining("check access-key and secret-key");
      key.writeCredentials(key.account);
      assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
    }
  }

  @Test
  void whatHasChangedIsNamedAndNothingElseOrTwice() throws Exception {
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey wrapped = wrap(wrapper);
      key.secret("sk", "not-the-secret-key");
      await().untilAsserted(() -> assertImpaired(wrapper, wrapped, "are refused"));
      assertThat(wrapper.condition().addition())
          .containsOnlyOnce("refused")
          .containsOnlyOnce(folder.resolve("sk").toString())
          .doesNotContain(folder.resolve("ak").toString());
    }
  }

  @Test
  void theOldPluginsFileIsNamedOnce() throws Exception {
    String json = "{ \"AccessKey\": \"%s\", \"SecretKey\": \"%s\" }";
    key.secret("plugin.json", json.formatted(key.account.accessKey(), key.account.secretKey()));
    key.unset("keys.k.access-key.file").unset("keys.k.secret-key.file");
    key.set("keys.k.access-key.plugin-file", "plugin.json");
    key.set("keys.k.secret-key.plugin-file", "plugin.json");
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey wrapped = wrap(wrapper);
      key.secret("plugin.json", json.formatted(key.account.accessKey(), "not-the-secret-key"));
      await().untilAsserted(() -> assertImpaired(wrapper, wrapped, "are refused"));
      assertThat(wrapper.condition().addition())
          .containsOnlyOnce("plugin.json")
          .doesNotContain("AccessKey");
    }
  }

  @Test
  void theStatusSaysWhichOfTheTwoIsToBlame() throws Exception {
    key.set("keys.k.version-tracking", "off");
    key.secret("sk", "not-the-secret-key");
    try (KeyWrapper wrapper = key.open()) {
      assertThatThrownBy(() -> wrap(wrapper))
          .hasMessageContaining("the secret key is not the one of the access key");
    }
    key.secret("ak", "AKNOBODYS");
    try (KeyWrapper wrapper = key.open()) {
      assertThatThrownBy(() -> wrap(wrapper))
          .hasMessageContaining("there is no such access key")
          .hasMessageNotContaining("secret-key");
    }
  }

  /** 80 requests and 20 warnings for 40 calls is what two refused sets came to. */
  @Test
  void twoSetsThatAreBothRefusedCostTwoRequestsASecond() throws Exception {
    key.set("keys.k.version-tracking", "off");
    try (KeyWrapper wrapper = key.open();
        WrittenLogs logs = new WrittenLogs()) {
      WrappedKey wrapped = wrap(wrapper);
      key.account.disable();
      key.secret("sk", "not-the-secret-key");
      await()
          .until(
              () -> catchThrowableOfType(AccessDenied.class, () -> unwrap(wrapper, wrapped)),
              Objects::nonNull);
      int before = key.kms.requests();
      long began = System.nanoTime();
      for (int call = 0; call < 40; call++) {
        assertThatThrownBy(() -> unwrap(wrapper, wrapped)).isInstanceOf(AccessDenied.class);
      }
      long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
      assertThat(key.kms.requests() - before).isLessThanOrEqualTo((int) (seconds + 1) * 2);
      assertThat(logs.lines().stream().filter(line -> line.contains("are refused")).count())
          .isLessThanOrEqualTo(1);
      key.secret("ak", key.kms.account("AKEXAMPLE0003", "SKEXAMPLE0003").accessKey());
      key.secret("sk", "SKEXAMPLE0003");
      assertThat(unwrap(wrapper, wrapped)).as("new credentials are tried at once").isEqualTo(DEK);
    }
  }

  @Test
  void theOldPluginsFileIsReadAgainWhenItChanges() throws Exception {
    String json = "{ \"AccessKey\": \"%s\", \"SecretKey\": \"%s\" }";
    key.secret("plugin.json", json.formatted(key.account.accessKey(), "not-the-secret-key"));
    key.unset("keys.k.access-key.file").unset("keys.k.secret-key.file");
    key.set("keys.k.access-key.plugin-file", "plugin.json");
    key.set("keys.k.secret-key.plugin-file", "plugin.json");
    try (KeyWrapper wrapper = key.open()) {
      assertThatThrownBy(() -> wrap(wrapper)).isInstanceOf(AccessDenied.class);
      key.secret("plugin.json", json.formatted(key.account.accessKey(), key.account.secretKey()));
      assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
    }
  }

  @Test
  void temporaryCredentialsNeedTheirToken() throws Exception {
    FakeAccount temporary = key.kms.temporary();
    key.writeCredentials(temporary);
    key.secret("token", "not-the-token");
    key.set("keys.k.session-token.file", "token").set("keys.k.version-tracking", "off");
    try (KeyWrapper wrapper = key.open()) {
      assertThatThrownBy(() -> wrap(wrapper)).isInstanceOf(AccessDenied.class);
      key.secret("token", Objects.requireNonNull(temporary.sessionToken()));
      assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
    }
  }

  @Test
  void aRoleIsAssumedWithCredentialsThatMayDoNothingElse() throws IOException {
    key.account.permitOnly(Operation.ASSUME_ROLE);
    key.set("keys.k.assume-role.role", "jrn:iam::123456:role/keywrap")
        .set("keys.k.assume-role.endpoint", key.kms.endpoint().toString());
    try (KeyWrapper wrapper = key.open()) {
      assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
      assertThat(key.kms.lastTemporary()).isNotNull();
    }
  }

  @Test
  void aRoleThatMayNotBeAssumedIsNamed() throws IOException {
    key.account.permitOnly(Operation.ENCRYPT);
    key.set("keys.k.assume-role.role", "jrn:iam::123456:role/keywrap")
        .set("keys.k.assume-role.endpoint", key.kms.endpoint().toString());
    try (KeyWrapper wrapper = key.open()) {
      assertThatThrownBy(() -> wrap(wrapper))
          .isInstanceOf(AccessDenied.class)
          .hasMessageContaining("the role cannot be assumed (403");
      assertThat(wrapper.currentKeyId()).as("no reason to do without versions").isEmpty();
      await().until(() -> wrapper.condition() instanceof KeyCondition.Impaired);
    }
  }
}
