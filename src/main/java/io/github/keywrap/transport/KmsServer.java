package io.github.keywrap.transport;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.OperatorException;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Serves KMS on a Unix domain socket. Accepts whatever {@code :authority} a client sends:
 * kube-apiserver sends {@code localhost}, a raw or percent-encoded path, or {@code @name}.
 *
 * <p>A socket that somebody removes is put back. {@link #start}, {@link #drain} and {@link #close}
 * are for one thread; the questions are for any.
 */
public final class KmsServer implements AutoCloseable {
  /** For a client to hear that there will be no more, and for what it sent before that. */
  private static final Duration SETTLING = Duration.ofMillis(300);

  private static final Duration POLL = Duration.ofMillis(10);

  private final SocketClaim claim;
  private final GrpcServers factory;
  private final SelfCall selfCall;
  private final SocketWatch watch;

  /** The last one is at the path; those before lost theirs, and end with their connections. */
  private final List<Server> servers = new ArrayList<>();

  private volatile State state = State.STARTING;

  private enum State {
    STARTING,
    SERVING,
    STOPPING
  }

  /**
   * @param claim closed with this server
   * @param interceptors from the inside out
   * @param callTimeout after which every call is answered
   */
  public KmsServer(
      SocketClaim claim,
      List<ServerServiceDefinition> services,
      List<ServerInterceptor> interceptors,
      Duration callTimeout) {
    this.claim = claim;
    this.factory = new GrpcServers(services, interceptors, callTimeout);
    this.selfCall = new SelfCall(claim.path());
    this.watch = new SocketWatch(claim.path(), this::isReachableWhereMeant, this::publishAgain);
  }

  /**
   * Binds, publishes the socket and serves.
   *
   * @throws OperatorException if the socket was taken meanwhile, or cannot be bound
   */
  public synchronized void start() {
    claim.publish(this::bind);
    state = State.SERVING;
    watch.start();
  }

  private synchronized void publishAgain() throws IOException {
    if (isReachableWhereMeant()) {
      return;
    }
    List<Server> before = List.copyOf(servers);
    try {
      claim.publishAgain(this::bind);
      before.forEach(Server::shutdown);
    } catch (IOException | RuntimeException e) {
      servers.stream().filter(server -> !before.contains(server)).forEach(Server::shutdownNow);
      throw e;
    } finally {
      servers.removeIf(Server::isTerminated);
    }
  }

  private void bind(Path path) throws IOException {
    servers.add(factory.at(path).start());
  }

  /** Whether clients that look at the socket path find this server. */
  public boolean isServing() {
    return state == State.SERVING && claim.isPublished();
  }

  /** False if the socket should be there and is not: somebody removed or replaced it. */
  public boolean isReachableWhereMeant() {
    return state != State.SERVING || claim.isPublished();
  }

  /**
   * Calls itself over its socket.
   *
   * @return for how long such calls have had no answer; zero if this one has, or is not meant to
   */
  public Duration unanswered() {
    return isServing() ? selfCall.unanswered() : Duration.ZERO;
  }

  /**
   * Takes the socket away, refuses new calls, and waits for those in flight. Clients that have none
   * and do not close their connection, because they are stopped for example, are not waited for.
   *
   * @return how many did not end within {@code grace}; they are cancelled
   */
  public int drain(Duration grace) throws InterruptedException {
    Deadline deadline = Deadline.after(grace);
    List<Server> draining = stop();
    Deadline settled = Deadline.after(SETTLING);
    while (!areTerminatedWithin(POLL, draining) && !deadline.isExpired() && !settled.isExpired()) {
      settled = factory.callsInFlight() == 0 ? settled : Deadline.after(SETTLING);
    }
    int cutOff = factory.callsInFlight();
    draining.forEach(Server::shutdownNow);
    boolean _ = areTerminatedWithin(SETTLING, draining);
    return cutOff;
  }

  private static boolean areTerminatedWithin(Duration time, List<Server> servers)
      throws InterruptedException {
    Deadline deadline = Deadline.after(time);
    for (Server server : servers) {
      if (!server.awaitTermination(deadline.remaining().toNanos(), NANOSECONDS)) {
        return false;
      }
    }
    return true;
  }

  private synchronized List<Server> stop() {
    state = State.STOPPING;
    claim.withdraw();
    servers.forEach(Server::shutdown);
    return List.copyOf(servers);
  }

  @Override
  public void close() {
    watch.close();
    stop().forEach(Server::shutdownNow);
    factory.close();
    claim.close();
  }
}
