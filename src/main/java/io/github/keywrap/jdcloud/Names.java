package io.github.keywrap.jdcloud;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.FatalErrors;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of hosts. What was known before serves on while the name service is away, fails or
 * hangs; a lookup runs in a thread of its own, one at a time for each name, so that none waits for
 * longer than it has time. Thread-safe.
 */
final class Names implements AutoCloseable {
  /** How long an answer is taken without asking again: as the Java runtime does. */
  private static final Duration FRESH = Duration.ofSeconds(30);

  /** How long a newer answer is waited for where there is an older one. */
  private static final Duration REFRESH_WAIT = Duration.ofMillis(200);

  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Known>> lookups = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().name("names-", 0).daemon().factory());

  private final Lookup service;
  private final LongSupplier clock;

  /** Asks the name service, and waits for it. */
  @FunctionalInterface
  interface Lookup {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  private record Known(List<InetAddress> addresses, long at) {}

  /** With the Java runtime's name service. */
  Names() {
    this(InetAddress::getAllByName, System::nanoTime);
  }

  /**
   * @param clock {@link System#nanoTime}
   */
  Names(Lookup service, LongSupplier clock) {
    this.service = service;
    this.clock = clock;
  }

  /**
   * All addresses, the one that worked last first.
   *
   * @throws UnknownHostException if there are none, or none are known in time
   */
  List<InetAddress> resolve(String host, Deadline deadline) throws UnknownHostException {
    Known before = known.get(host);
    if (before != null && clock.getAsLong() - before.at() < FRESH.toNanos()) {
      return before.addresses();
    }
    CompletableFuture<Known> lookup = lookups.computeIfAbsent(host, this::begin);
    Duration remaining = deadline.remaining();
    Duration wait =
        before == null || remaining.compareTo(REFRESH_WAIT) < 0 ? remaining : REFRESH_WAIT;
    try {
      return lookup.get(wait.toNanos(), NANOSECONDS).addresses();
    } catch (ExecutionException | TimeoutException unknown) {
      return orElse(before, host);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return orElse(before, host);
    }
  }

  private static List<InetAddress> orElse(@Nullable Known before, String host)
      throws UnknownHostException {
    if (before == null) {
      throw new UnknownHostException(host);
    }
    return before.addresses();
  }

  private CompletableFuture<Known> begin(String host) {
    CompletableFuture<Known> lookup = new CompletableFuture<>();
    threads.execute(() -> look(host, lookup));
    return lookup;
  }

  private void look(String host, CompletableFuture<Known> lookup) {
    try {
      Known found = new Known(inOrder(host, service.addresses(host)), clock.getAsLong());
      known.put(host, found);
      // Before anybody hears of it, so that who asks later gets a lookup that began later.
      lookups.remove(host, lookup);
      lookup.complete(found);
    } catch (UnknownHostException | RuntimeException | Error failure) {
      lookups.remove(host, lookup);
      lookup.completeExceptionally(failure);
      FatalErrors.raise(failure);
    }
  }

  private List<InetAddress> inOrder(String host, InetAddress[] found) {
    List<InetAddress> addresses = new ArrayList<>(List.of(found));
    Known before = known.get(host);
    if (before != null && addresses.remove(before.addresses().getFirst())) {
      addresses.addFirst(before.addresses().getFirst());
    }
    return List.copyOf(addresses);
  }

  /** From now on it comes first. */
  void worked(String host, InetAddress address) {
    known.computeIfPresent(
        host,
        (_, before) -> {
          if (before.addresses().getFirst().equals(address)
              || !before.addresses().contains(address)) {
            return before;
          }
          List<InetAddress> addresses = new ArrayList<>(before.addresses());
          addresses.remove(address);
          addresses.addFirst(address);
          return new Known(List.copyOf(addresses), before.at());
        });
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
