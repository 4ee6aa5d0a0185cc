package io.github.keywrap.fakekms;

import java.time.Instant;

/** A version of a {@link FakeKey}; {@code status} as the open API has it. */
final class FakeVersion {
  final String name;
  final Instant created;
  final byte[] secret;
  volatile int status;

  FakeVersion(String name, Instant created, byte[] secret) {
    this.name = name;
    this.created = created;
    this.secret = secret;
  }
}
