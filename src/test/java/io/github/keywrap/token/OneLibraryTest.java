package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A library that has two names, as Debian's SoftHSM has, is one library. */
final class OneLibraryTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLibraryByTwoPathsIsInitializedAndFinalizedOnce(boolean bySymbolicLink) throws Exception {
    Pkcs11KeySettings key = TokenKey.in(folder).key("");
    String _ = BackEnds.of(key).generate();
    Path original = key.token().library().path();
    Path other =
        bySymbolicLink
            ? Files.createSymbolicLink(folder.resolve("link.so"), original)
            : Files.createLink(original.resolveSibling("hard-link.so"), original);
    long before = SoftHsm.logins();
    try (KeyWrapper one = new Pkcs11BackEnd(key).open()) {
      WrappedKey wrapped = wrap(one);
      try (KeyWrapper two = new Pkcs11BackEnd(TokenKey.keyIn(key, other)).open()) {
        open(two, wrapped);
      }
      open(one, wrapped);
      // One of each key: nobody has finalized the library under the other.
      assertThat(SoftHsm.logins() - before).isEqualTo(2);
    } finally {
      Files.deleteIfExists(other);
    }
    SoftHsm.faults();
  }

  private static Deadline deadline() {
    return Deadline.after(Duration.ofSeconds(5));
  }

  private static WrappedKey wrap(KeyWrapper wrapper) {
    try (SecretBytes secret = SecretBytes.owning(new byte[32])) {
      return wrapper.wrap(secret, deadline());
    }
  }

  private static void open(KeyWrapper wrapper, WrappedKey wrapped) {
    try (SecretBytes secret = wrapper.unwrap(wrapped, deadline())) {
      assertThat(secret.expose()).isEqualTo(new byte[32]);
    }
  }
}
