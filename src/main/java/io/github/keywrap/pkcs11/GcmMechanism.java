package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.keywrap.settings.GcmIv;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * {@code CKM_AES_GCM} with a 128-bit tag (PKCS #11 3.1, section 6.13.3), in the forms that tokens
 * want it.
 *
 * @param iv who makes the IV
 * @param ivLength in bytes, 12 to 16
 * @param parametersLength length of {@code CK_GCM_PARAMS} in bytes: 48, or 40 for libraries of the
 *     time before {@code ulIvBits}
 */
record GcmMechanism(GcmIv iv, int ivLength, int parametersLength, SecureRandom random) {
  private static final long CKM_AES_GCM = 0x1087;
  private static final int TAG_LENGTH = 16;
  private static final int LONG_PARAMETERS = 48;

  /** A mechanism in memory, and where its IV is. */
  record Parameters(MemorySegment mechanism, MemorySegment iv) {}

  /** What an encryption gave: the IV, and ciphertext with tag. */
  record Sealed(byte[] iv, byte[] ciphertext) {}

  Parameters forEncryption(Arena arena, byte[] associatedData) {
    byte[] bytes = new byte[ivLength];
    if (iv == GcmIv.CLIENT) {
      random.nextBytes(bytes);
    }
    return parameters(arena, bytes, associatedData);
  }

  Parameters forDecryption(Arena arena, byte[] usedIv, byte[] associatedData) {
    return parameters(arena, usedIv, associatedData);
  }

  private Parameters parameters(Arena arena, byte[] ivBytes, byte[] associatedData) {
    boolean isLong = parametersLength == LONG_PARAMETERS;
    MemorySegment ivSegment = arena.allocateFrom(JAVA_BYTE, ivBytes);
    MemorySegment parameters = arena.allocate(parametersLength, 8);
    parameters.set(ADDRESS, 0, ivSegment);
    parameters.set(JAVA_LONG, 8, ivBytes.length);
    long offset = 16;
    if (isLong) {
      parameters.set(JAVA_LONG, offset, (long) ivBytes.length * Byte.SIZE);
      offset += Long.BYTES;
    }
    parameters.set(ADDRESS, offset, Layouts.copy(arena, associatedData));
    parameters.set(JAVA_LONG, offset + 8, associatedData.length);
    parameters.set(JAVA_LONG, offset + 16, (long) TAG_LENGTH * Byte.SIZE);
    return new Parameters(Layouts.mechanism(arena, CKM_AES_GCM, parameters), ivSegment);
  }

  /** 32 random bytes, to try the token with. */
  byte[] randomBytes() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return bytes;
  }

  /** How much longer than the plaintext the output of an encryption is, in bytes. */
  int overhead() {
    return TAG_LENGTH + (iv == GcmIv.APPENDED ? ivLength : 0);
  }

  /**
   * Takes IV and ciphertext from where the token put them.
   *
   * @throws UnusableOutput if the token did not make an IV
   */
  Sealed sealed(Parameters parameters, byte[] output) {
    return switch (iv) {
      case CLIENT -> new Sealed(parameters.iv().toArray(JAVA_BYTE), output);
      case WRITTEN_BACK -> new Sealed(made(parameters.iv().toArray(JAVA_BYTE)), output);
      case APPENDED -> {
        int end = output.length - ivLength;
        if (end < TAG_LENGTH) {
          throw new UnusableOutput("the token returned less than a tag and an IV");
        }
        yield new Sealed(
            made(Arrays.copyOfRange(output, end, output.length)), Arrays.copyOf(output, end));
      }
    };
  }

  private static byte[] made(byte[] ivBytes) {
    for (byte b : ivBytes) {
      if (b != 0) {
        return ivBytes;
      }
    }
    throw new UnusableOutput("the token did not make an IV; set gcm-iv: client");
  }

  /** The token reported success and returned what cannot be a ciphertext. */
  static final class UnusableOutput extends RuntimeException {
    UnusableOutput(String message) {
      super(message);
    }
  }
}
