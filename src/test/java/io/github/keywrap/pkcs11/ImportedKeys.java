package io.github.keywrap.pkcs11;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.settings.LibrarySettings;
import io.github.keywrap.settings.TokenName;
import io.github.keywrap.token.SoftHsm;
import java.time.Duration;
import java.util.List;

/** A session with the test token, and keys on it whose value the test knows. */
final class ImportedKeys implements AutoCloseable {
  static final long CKK_SM4 = 0x80000106L;
  static final long CKK_GENERIC_SECRET = 0x10;
  private static final long CKU_USER = 1;

  private final Deadline deadline = Deadline.after(Duration.ofMinutes(1));
  private final CryptokiLibrary module;
  private final Session session;

  ImportedKeys() throws Exception {
    String label = SoftHsm.newToken();
    module = CryptokiLibrary.of(new LibrarySettings(SoftHsm.faultyLibrary(), ""));
    Initialization library = module.initialized(deadline);
    Token token = TokenChoice.of(new TokenName.Label(label), Slots.tokens(library, deadline));
    session = Session.open(library, token, true, deadline);
    try (SecretBytes pin = SecretBytes.owning(SoftHsm.PIN.getBytes(US_ASCII))) {
      boolean _ = session.login(CKU_USER, pin, deadline);
    }
  }

  Session session() {
    return session;
  }

  Deadline deadline() {
    return deadline;
  }

  TokenObjects objects() {
    return new TokenObjects(session, deadline);
  }

  long add(long keyType, byte[] value) {
    return objects()
        .create(
            List.of(
                KeyFinder.SECRET_KEY,
                Attribute.of(Attribute.Type.KEY_TYPE, keyType),
                new Attribute(Attribute.Type.VALUE, value),
                Attribute.of(Attribute.Type.TOKEN, false),
                Attribute.of(Attribute.Type.PRIVATE, true),
                Attribute.of(Attribute.Type.ENCRYPT, true),
                Attribute.of(Attribute.Type.DECRYPT, true),
                Attribute.of(Attribute.Type.SIGN, true)));
  }

  @Override
  public void close() {
    session.close();
    module.close();
  }
}
