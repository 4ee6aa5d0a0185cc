package io.github.keywrap.fakekms;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Credentials that the fake knows, and what they may do. */
public final class FakeAccount {
  final String accessKey;
  final String secretKey;
  final @Nullable String sessionToken;
  final AtomicInteger accepted = new AtomicInteger();
  final AtomicInteger refused = new AtomicInteger();
  volatile boolean isDisabled;
  private volatile Set<Operation> permitted = EnumSet.allOf(Operation.class);

  FakeAccount(String accessKey, String secretKey, @Nullable String sessionToken) {
    this.accessKey = accessKey;
    this.secretKey = secretKey;
    this.sessionToken = sessionToken;
  }

  public String accessKey() {
    return accessKey;
  }

  public String secretKey() {
    return secretKey;
  }

  /** Null unless it is temporary. */
  public @Nullable String sessionToken() {
    return sessionToken;
  }

  /** How many signatures made with its secret key were taken. */
  public int accepted() {
    return accepted.get();
  }

  /** How many signatures in its name were wrong. */
  public int refused() {
    return refused.get();
  }

  public void disable() {
    isDisabled = true;
  }

  /** Leaves it these permissions and no others. */
  public void permitOnly(Operation first, Operation... more) {
    permitted = EnumSet.of(first, more);
  }

  public void permitAll() {
    permitted = EnumSet.allOf(Operation.class);
  }

  boolean may(Operation operation) {
    return permitted.contains(operation);
  }
}
