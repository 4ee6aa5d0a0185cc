package io.github.keywrap.fakekms;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A strict stand-in for JD Cloud KMS and STS on loopback: verifies every signature, knows keys with
 * versions and states, and does wrong what {@link Fault} lists when told to. What it checks and
 * what it assumes is in docs/jdcloud.md.
 */
public final class FakeKms implements AutoCloseable {
  private static final int MAX_REQUEST = 65_536;

  private final EventLoopGroup threads = new NioEventLoopGroup(2);
  private final Map<String, FakeAccount> accounts = new ConcurrentHashMap<>();
  private final Map<String, FakeKey> keys = new ConcurrentHashMap<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger followed = new AtomicInteger();
  private final Set<Channel> open = ConcurrentHashMap.newKeySet();
  private final SignatureCheck signatures = new SignatureCheck(accounts);
  private final byte[] seed;
  private final Channel listener;
  private final boolean isTls;
  private final Map<Operation, FakeHabits> habits = new EnumMap<>(Operation.class);
  private volatile Duration clockOffset = Duration.ZERO;
  private volatile @Nullable FakeAccount lastTemporary;

  private FakeKms(int port, String seed, @Nullable SslContext tls) {
    this.seed = seed.getBytes(StandardCharsets.UTF_8);
    this.isTls = tls != null;
    for (Operation operation : Operation.values()) {
      habits.put(operation, new FakeHabits());
    }
    this.listener =
        new ServerBootstrap()
            .group(threads)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    connections.incrementAndGet();
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                    channel
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new HttpObjectAggregator(MAX_REQUEST),
                            new FakeKmsHandler(FakeKms.this));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .syncUninterruptibly()
            .channel();
  }

  /** On a free port, with keys of no lasting value. */
  public static FakeKms start() {
    return start(0, "a seed of no value");
  }

  /**
   * Starts a fake.
   *
   * @param port 0: a free one
   * @param seed that keys are made of
   */
  public static FakeKms start(int port, String seed) {
    return new FakeKms(port, seed, null);
  }

  public static FakeKms startTls(SslContext tls) {
    return new FakeKms(0, "a seed of no value", tls);
  }

  public URI endpoint() {
    return URI.create((isTls ? "https" : "http") + "://127.0.0.1:" + port());
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  public FakeAccount account(String accessKey, String secretKey) {
    FakeAccount account = new FakeAccount(accessKey, secretKey, null);
    accounts.put(accessKey, account);
    return account;
  }

  /** Temporary credentials, as STS gives them. */
  public FakeAccount temporary() {
    FakeAccount account = OpenApi.temporary();
    accounts.put(account.accessKey, account);
    lastTemporary = account;
    return account;
  }

  /** The last temporary credentials that were given; null: none were. */
  public @Nullable FakeAccount lastTemporary() {
    return lastTemporary;
  }

  public FakeKey key(String id) {
    return keys.computeIfAbsent(
        id, _ -> new FakeKey(id, seed, Instant.parse("2026-01-01T00:00:00Z")));
  }

  /** From now on these operations, or all if none is named, go wrong in this way. */
  public void fault(Fault fault, Operation... operations) {
    faultTimes(Integer.MAX_VALUE, fault, operations);
  }

  /** The next so many requests for these operations, or for any, go wrong in this way. */
  public void faultTimes(int times, Fault fault, Operation... operations) {
    AtomicInteger left = new AtomicInteger(times);
    of(operations).forEach(habit -> habit.fault(fault, left));
  }

  /** Every answer to these operations, or to all, comes so much later. */
  public void delay(Duration delay, Operation... operations) {
    of(operations).forEach(habit -> habit.delay(delay));
  }

  /**
   * These operations, or all, together may be asked for so often in a second, and by as many at
   * once after a pause; the others are answered 429 `RATE_LIMIT_EXCEEDED`. 0: no limit.
   */
  public void rateLimit(int perSecond, Operation... operations) {
    rateLimit(perSecond, perSecond, operations);
  }

  /** The same, with so many at once after a pause. */
  public void rateLimit(int perSecond, int atOnce, Operation... operations) {
    FakeRate rate = new FakeRate(perSecond, atOnce);
    of(operations).forEach(habit -> habit.rate(rate));
  }

  private List<FakeHabits> of(Operation... operations) {
    Set<Operation> meant =
        operations.length == 0
            ? EnumSet.allOf(Operation.class)
            : EnumSet.copyOf(List.of(operations));
    return meant.stream().map(this::habits).toList();
  }

  FakeHabits habits(Operation operation) {
    return Objects.requireNonNull(habits.get(operation));
  }

  /** The fake's clock is so far ahead. */
  public void clockOffset(Duration offset) {
    this.clockOffset = offset;
  }

  /** Ends every connection, as a restart of a load balancer does. */
  public void dropConnections() {
    for (Channel channel : open) {
      ChannelFuture _ = channel.close();
    }
  }

  public int connections() {
    return connections.get();
  }

  public int requests() {
    return requests.get();
  }

  /** How many requests there were for this operation, refused ones too. */
  public int requests(Operation operation) {
    return habits(operation).requests();
  }

  public int nonceConflicts() {
    return signatures.nonceConflicts();
  }

  /** How often a redirect was followed. */
  public int followed() {
    return followed.get();
  }

  Map<String, FakeKey> keys() {
    return keys;
  }

  SignatureCheck signatures() {
    return signatures;
  }

  Instant now() {
    return Instant.now().plus(clockOffset);
  }

  /** A request to the service, not one that controls the fake. */
  void countRequest(Channel channel) {
    requests.incrementAndGet();
    if (open.add(channel)) {
      channel.closeFuture().addListener(_ -> open.remove(channel));
    }
  }

  void countFollowed() {
    followed.incrementAndGet();
  }

  @Override
  public void close() {
    if (threads.isShuttingDown()) {
      return;
    }
    listener.close().syncUninterruptibly();
    threads.shutdownGracefully(0, 5, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
  }
}
