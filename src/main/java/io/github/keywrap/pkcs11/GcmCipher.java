package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.keywrap.device.Encrypted;
import io.github.keywrap.domain.Deadline;
import java.lang.foreign.MemorySegment;

/** AES or SM4 in Galois/Counter Mode, wholly by the token. */
record GcmCipher(GcmMechanism mechanism, long key) implements TokenCipher {
  @Override
  public Encrypted encrypt(
      Session session, byte[] associatedData, byte[] plaintext, Deadline deadline) {
    return session.run(
        deadline,
        (library, arena, handle) -> {
          GcmMechanism.Parameters parameters = mechanism.forEncryption(arena, associatedData);
          library.encryptInit(handle, parameters.mechanism(), key);
          MemorySegment in = arena.allocateFrom(JAVA_BYTE, plaintext);
          try {
            byte[] out =
                OutputBuffer.of(
                    arena,
                    plaintext.length + mechanism.overhead(),
                    (to, length) -> library.encrypt(handle, in, to, length));
            return mechanism.encrypted(parameters, out);
          } finally {
            in.fill((byte) 0);
          }
        });
  }

  @Override
  public byte[] decrypt(
      Session session, byte[] associatedData, Encrypted encrypted, Deadline deadline) {
    try {
      return session.run(
          deadline,
          (library, arena, handle) -> {
            library.decryptInit(
                handle, mechanism.forDecryption(arena, encrypted.iv(), associatedData), key);
            MemorySegment in = arena.allocateFrom(JAVA_BYTE, encrypted.ciphertext());
            return OutputBuffer.of(
                arena,
                encrypted.ciphertext().length,
                (to, length) -> library.decrypt(handle, in, to, length));
          });
    } catch (Pkcs11Exception e) {
      throw e.asAnswerToCiphertext();
    }
  }
}
