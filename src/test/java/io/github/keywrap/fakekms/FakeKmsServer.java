package io.github.keywrap.fakekms;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The fake as a program: {@code PORT ACCESS-KEY SECRET-KEY KEY-ID SEED}. Serves until it is ended.
 */
final class FakeKmsServer {
  private FakeKmsServer() {}

  public static void main(String[] args) throws InterruptedException {
    if (args.length != 5) {
      throw new IllegalArgumentException("usage: PORT ACCESS-KEY SECRET-KEY KEY-ID SEED");
    }
    FakeKms kms = FakeKms.start(Integer.parseInt(args[0]), args[4]);
    FakeAccount _ = kms.account(args[1], args[2]);
    FakeKey key = kms.key(args[3]);
    System.out.printf(
        "a fake JD Cloud KMS serves key %s on %s%nfaults: %s%n",
        key.id(),
        kms.endpoint(),
        Arrays.stream(Fault.values())
            .map(fault -> fault.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
            .collect(Collectors.joining(" ")));
    Thread.currentThread().join();
  }
}
