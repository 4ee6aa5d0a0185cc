package io.github.keywrap.jdcloud;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Resolves names as the runtime does, but for those that a test sets, and one for which the name
 * server does not answer.
 */
public final class HangingNames extends InetAddressResolverProvider {
  static final String NAME = "hangs.kms.test";
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private static final Map<String, List<String>> SET = new ConcurrentHashMap<>();
  private static final CountDownLatch ANSWER = new CountDownLatch(1);
  private static final AtomicInteger WAITING = new AtomicInteger();

  /**
   * A name under {@code kms.test}, and its addresses, written out. The runtime keeps what it was
   * told for 30 s.
   */
  static void set(String name, String... addresses) {
    SET.put(name, List.of(addresses));
  }

  /** From now on the name server answers: {@value #NAME} is this host. */
  static void answer() {
    ANSWER.countDown();
  }

  static int waiting() {
    return WAITING.get();
  }

  @Override
  public InetAddressResolver get(Configuration configuration) {
    InetAddressResolver own = configuration.builtinResolver();
    return new InetAddressResolver() {
      @Override
      public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
          throws UnknownHostException {
        List<String> addresses = SET.get(host);
        if (addresses != null) {
          return addresses.stream().map(InetAddress::ofLiteral);
        }
        if (!host.equals(NAME)) {
          return own.lookupByName(host, policy);
        }
        WAITING.incrementAndGet();
        try {
          ANSWER.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new UnknownHostException(host);
        } finally {
          WAITING.decrementAndGet();
        }
        return Stream.of(InetAddress.getByAddress(host, LOOPBACK));
      }

      @Override
      public String lookupByAddress(byte[] address) throws UnknownHostException {
        return own.lookupByAddress(address);
      }
    };
  }

  @Override
  public String name() {
    return "names that hang";
  }
}
