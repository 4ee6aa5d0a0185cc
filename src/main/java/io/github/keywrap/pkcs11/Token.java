package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.keywrap.device.DeviceIdentity;
import java.lang.foreign.MemorySegment;

/**
 * What a token says of itself ({@code CK_TOKEN_INFO}, PKCS #11 3.1, section 3.2).
 *
 * @param slot number of the slot that it is in now; changes, and is nothing to keep
 * @param flags of the token
 * @param maxSessions {@code ulMaxSessionCount}
 * @param maxWritingSessions {@code ulMaxRwSessionCount}
 */
record Token(
    long slot,
    String label,
    String manufacturer,
    String model,
    String serial,
    long flags,
    long maxSessions,
    long maxWritingSessions) {
  /** Length of {@code CK_TOKEN_INFO} in bytes. */
  static final long INFO_LENGTH = 208;

  /** A flag of a token: bit, and what it means for an operator. */
  enum Flag {
    WRITE_PROTECTED(0x2, "write-protected"),
    LOGIN_REQUIRED(0x4, "login required"),
    USER_PIN_INITIALIZED(0x8, "user PIN set"),
    PROTECTED_AUTHENTICATION_PATH(0x100, "PIN pad"),
    TOKEN_INITIALIZED(0x400, "initialized"),
    USER_PIN_COUNT_LOW(0x10000, "user PIN: wrong before"),
    USER_PIN_FINAL_TRY(0x20000, "user PIN: one try left"),
    USER_PIN_LOCKED(0x40000, "user PIN: locked"),
    USER_PIN_TO_BE_CHANGED(0x80000, "user PIN: must be changed"),
    ERROR_STATE(0x1000000, "error state");

    private final long bit;
    private final String meaning;

    Flag(long bit, String meaning) {
      this.bit = bit;
      this.meaning = meaning;
    }

    @Override
    public String toString() {
      return meaning;
    }
  }

  boolean has(Flag flag) {
    return (flags & flag.bit) != 0;
  }

  static Token read(long slot, MemorySegment info) {
    return new Token(
        slot,
        Layouts.text(info, 0, 32),
        Layouts.text(info, 32, 32),
        Layouts.text(info, 64, 16),
        Layouts.text(info, 80, 16),
        info.get(JAVA_LONG, 96),
        info.get(JAVA_LONG, 104),
        info.get(JAVA_LONG, 120));
  }

  /** What tells it from others, whatever slot it is in. */
  DeviceIdentity identity(CryptokiLibrary library) {
    return new DeviceIdentity(library.file(), serial, label);
  }

  /**
   * How many sessions a process may have open at once, as far as the token tells.
   *
   * @param writes whether they are read/write
   */
  int mostSessions(boolean writes) {
    int most = bounded(maxSessions);
    return writes ? Math.min(most, bounded(maxWritingSessions)) : most;
  }

  /** Zero is {@code CK_EFFECTIVELY_INFINITE}, all ones {@code CK_UNAVAILABLE_INFORMATION}. */
  private static int bounded(long most) {
    return most > 0 && most < Integer.MAX_VALUE ? (int) most : Integer.MAX_VALUE;
  }

  @Override
  public String toString() {
    return label.isEmpty() && serial.isEmpty()
        ? "one without label and serial number, in slot " + slot
        : "\"" + label + "\" (serial " + serial + ")";
  }
}
