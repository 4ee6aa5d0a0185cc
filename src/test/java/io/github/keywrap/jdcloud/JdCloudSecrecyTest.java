package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.contract.WrittenLogs;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.fakekms.FakeAccount;
import io.github.keywrap.fakekms.Fault;
import io.github.keywrap.fakekms.Operation;
import io.github.keywrap.settings.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens, no secret is written anywhere: plain, in base64 or in hex. */
final class JdCloudSecrecyTest {
  @TempDir private Path folder;

  @Test
  void noSecretIsInAnyLogOrErrorAtAnyLevel() throws Exception {
    byte[] dek = new byte[32];
    new SecureRandom().nextBytes(dek);
    List<String> secrets = new ArrayList<>(forms(dek));
    Queue<String> written;
    try (JdCloudKey key = new JdCloudKey(folder);
        WrittenLogs logs = new WrittenLogs()) {
      written = logs.lines();
      FakeAccount temporary = key.kms.temporary();
      key.writeCredentials(temporary);
      key.secret("token", Objects.requireNonNull(temporary.sessionToken()));
      secrets.addAll(forms(temporary.secretKey().getBytes(UTF_8)));
      secrets.addAll(forms(Objects.requireNonNull(temporary.sessionToken()).getBytes(UTF_8)));
      Settings settings = key.set("keys.k.session-token.file", "token").load();
      written.add(settings.toString());
      try (KeyWrapper wrapper = BackEnds.of(settings.active()).open()) {
        written.add(wrapper.toString());
        WrappedKey good = wrap(wrapper, dek);
        for (Fault fault : Fault.values()) {
          int before = key.kms.requests();
          key.kms.fault(fault, Operation.ENCRYPT, Operation.DECRYPT);
          attempt(written, () -> wrap(wrapper, dek));
          attempt(written, () -> wrapper.unwrap(good, soon()).close());
          assertThat(key.kms.requests()).as("%s was met", fault).isGreaterThan(before);
          if (fault == Fault.UNAUTHORIZED) {
            key.kms.fault(Fault.NONE);
            await("the refusal is forgotten")
                .ignoreExceptions()
                .until(() -> wrap(wrapper, dek), Objects::nonNull);
          }
        }
        key.kms.fault(Fault.NONE);
        temporary.disable();
        attempt(written, () -> wrap(wrapper, dek));
      }
    }
    assertThat(written).anyMatch(line -> line.contains(":Encrypt: ok"));
    for (String secret : secrets) {
      assertThat(written).noneMatch(line -> line.contains(secret));
    }
  }

  private static void attempt(Queue<String> written, Runnable call) {
    try {
      call.run();
    } catch (KmsException failure) {
      StringWriter all = new StringWriter();
      failure.printStackTrace(new PrintWriter(all, true));
      written.add(all.toString());
    }
  }

  private static WrappedKey wrap(KeyWrapper wrapper, byte[] dek) {
    try (SecretBytes secret = SecretBytes.owning(dek.clone())) {
      return wrapper.wrap(secret, soon());
    }
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofMillis(900));
  }

  private static List<String> forms(byte[] secret) {
    return List.of(
        new String(secret, ISO_8859_1),
        Base64.getEncoder().encodeToString(secret),
        Base64.getEncoder().withoutPadding().encodeToString(secret),
        HexFormat.of().formatHex(secret),
        HexFormat.of().withUpperCase().formatHex(secret));
  }
}
