package io.github.keywrap.jdcloud;

import static io.github.keywrap.jdcloud.JdCloudKey.unwrap;
import static io.github.keywrap.jdcloud.JdCloudKey.wrap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.ReadBackKeyWrapper;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.fakekms.Fault;
import io.github.keywrap.fakekms.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every fault of the fake, and what becomes of it; docs/jdcloud.md has the same table. */
final class JdCloudFaultsTest {
  private static final String OK = "ok";
  private static final String UNAVAILABLE = "backend_unavailable";
  private static final String DENIED = "access_denied";
  private static final String KEY_UNAVAILABLE = "key_unavailable";
  private static final String THROTTLED = "throttled";
  private static final String INVALID = "invalid_ciphertext";
  private static final String MISMATCH = "read_back_mismatch";

  /**
   * @param encrypt outcome of a wrap while Encrypt has the fault
   * @param decrypt outcome of an unwrap while Decrypt has the fault
   */
  private record Outcome(String encrypt, String decrypt) {}

  private static final Set<Fault> HARMLESS =
      EnumSet.of(Fault.NONE, Fault.NO_CONTENT_TYPE, Fault.HEADERS_TWICE);

  private static final Map<Fault, Outcome> OUTCOMES = outcomes();

  @TempDir private Path folder;
  private JdCloudKey key;
  private KeyWrapper wrapper;
  private WrappedKey good;

  private static Map<Fault, Outcome> outcomes() {
    Map<Fault, Outcome> outcomes = new EnumMap<>(Fault.class);
    for (Fault fault : Fault.values()) {
      outcomes.put(
          fault,
          switch (fault) {
            case NONE, NO_CONTENT_TYPE, HEADERS_TWICE -> both(OK);
            case UNAUTHORIZED, FORBIDDEN, ERROR_WITH_200 -> both(DENIED);
            case NOT_FOUND -> both(KEY_UNAVAILABLE);
            case FAILED_PRECONDITION, ECHO -> new Outcome(KEY_UNAVAILABLE, INVALID);
            case RATE_LIMITED,
                RETRY_LATER,
                RATE_LIMITED_BY_A_PROXY,
                RATE_LIMITED_WITH_200,
                REQUEST_TIMEOUT,
                QUOTA_EXCEEDED ->
                both(THROTTLED);
            // A blob where a plaintext belongs cannot be told from one: nothing but the object that
            // was encrypted with it can. The wrap itself is found out by its read-back.
            case WRONG_BLOB -> new Outcome(MISMATCH, OK);
            // As long as what it is said to come from: that shows.
            case OTHER_BLOB, SENT_BACK, SENT_BACK_IN_BASE64 -> both(MISMATCH);
            default -> both(UNAVAILABLE);
          });
    }
    return outcomes;
  }

  private static Outcome both(String outcome) {
    return new Outcome(outcome, outcome);
  }

  @BeforeEach
  void open() throws IOException {
    key = new JdCloudKey(folder);
    wrapper = ReadBackKeyWrapper.always(key.open(), () -> {});
    good = wrap(wrapper);
  }

  @AfterEach
  void close() {
    wrapper.close();
    key.close();
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aFaultyEncryptIsNeverAWrongSuccess(Fault fault) {
    key.kms.fault(fault, Operation.ENCRYPT);
    assertThat(outcomeOf(this::wrapAndProve)).isEqualTo(outcome(fault).encrypt());
    key.kms.fault(Fault.NONE);
    onceForgotten().untilAsserted(this::wrapAndProve);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aFaultyDecryptIsNeverAWrongSuccess(Fault fault) {
    key.kms.fault(fault, Operation.DECRYPT);
    assertThat(outcomeOf(() -> unwrap(wrapper, good))).isEqualTo(outcome(fault).decrypt());
    if (!HARMLESS.contains(fault)) {
      assertThat(catchThrowableOfType(KmsException.class, () -> wrap(wrapper)))
          .as("a wrap that cannot be read back fails")
          .isNotNull();
    }
    key.kms.fault(Fault.NONE);
    onceForgotten()
        .untilAsserted(() -> assertThat(unwrap(wrapper, good)).isEqualTo(JdCloudKey.DEK));
  }

  /** Credentials that were refused are tried again after a second. */
  private static ConditionFactory onceForgotten() {
    return await().ignoreException(AccessDenied.class);
  }

  private void wrapAndProve() {
    WrappedKey wrapped = wrap(wrapper);
    assertThat(unwrap(wrapper, wrapped)).isEqualTo(JdCloudKey.DEK);
  }

  private static String outcomeOf(Runnable call) {
    KmsException failure = catchThrowableOfType(KmsException.class, call::run);
    return failure == null ? OK : failure.kind();
  }

  private static Outcome outcome(Fault fault) {
    return java.util.Objects.requireNonNull(OUTCOMES.get(fault));
  }

  @Test
  void noRedirectIsFollowed() {
    key.kms.fault(Fault.REDIRECT);
    KmsException failure = catchThrowableOfType(KmsException.class, () -> wrap(wrapper));
    assertThat(failure).hasMessageContaining("redirect");
    assertThat(key.kms.followed()).isZero();
  }

  /** Whoever is told of permissions looks for one that is missing. */
  @Test
  void aRepetitionIsNoMatterOfPermissions() {
    key.kms.fault(Fault.REPETITION);
    KmsException failure = catchThrowableOfType(KmsException.class, () -> wrap(wrapper));
    assertThat(failure)
        .hasMessageContaining("a repetition")
        .hasMessageContaining("APIGW_NONCE_CONFLICT")
        .hasMessageNotContaining("permission");
  }

  @Test
  void theDocumentationHasThisTable() throws IOException {
    List<String> rows = new ArrayList<>();
    OUTCOMES.forEach(
        (fault, outcome) ->
            rows.add(
                "| %s | `%s` | `%s` |"
                    .formatted(fault.words(), outcome.encrypt(), outcome.decrypt())));
    rows.removeFirst();
    for (String file : List.of("docs/jdcloud.md", "docs/jdcloud.zh-CN.md")) {
      assertThat(Files.readString(Path.of(file))).as(file).contains(String.join("\n", rows) + "\n");
    }
  }
}
