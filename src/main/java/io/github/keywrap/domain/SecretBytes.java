package io.github.keywrap.domain;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A secret that has an owner: wiped when closed, never printed. Copies that libraries make on their
 * way (protobuf messages, key schedules) are outside of what this class can wipe.
 *
 * <p>Closed by the thread that owns it; only {@link #copy} may be called by another meanwhile.
 */
public final class SecretBytes implements AutoCloseable {
  private final byte[] bytes;
  private boolean closed;

  private SecretBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes {@code bytes} over: the caller must not use the array any more. */
  public static SecretBytes owning(byte[] bytes) {
    return new SecretBytes(bytes);
  }

  /** Length in bytes. */
  public int length() {
    return bytes.length;
  }

  /**
   * The secret itself, not a copy: valid until this object is closed, not to be kept or altered.
   *
   * @throws IllegalStateException if this object is closed
   */
  public byte[] expose() {
    if (closed) {
      throw new IllegalStateException("the secret is wiped already");
    }
    return bytes;
  }

  /**
   * Another secret with the same bytes and an owner of its own.
   *
   * @throws IllegalStateException if this object is closed
   */
  public synchronized SecretBytes copy() {
    return new SecretBytes(expose().clone());
  }

  /** Compares in a time that depends on the lengths only. */
  public boolean sameAs(SecretBytes other) {
    return MessageDigest.isEqual(expose(), other.expose());
  }

  @Override
  public synchronized void close() {
    Arrays.fill(bytes, (byte) 0);
    closed = true;
  }

  @Override
  public String toString() {
    return "SecretBytes[" + bytes.length + " bytes]";
  }
}
