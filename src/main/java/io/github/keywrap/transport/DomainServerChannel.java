package io.github.keywrap.transport;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.AbstractNioMessageChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A listening Unix domain socket of the JDK. Netty's own removes whatever stands at its path when
 * it is closed, which may be somebody else's by then; this removes nothing: see {@link
 * SocketClaim}.
 */
final class DomainServerChannel extends AbstractNioMessageChannel implements ServerChannel {
  /** As many as may wait to be accepted; the kernel has a limit of its own. */
  private static final int BACKLOG = 1_024;

  private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

  private final Connections connections;
  private final ChannelConfig config = new DefaultChannelConfig(this);
  private volatile boolean bound;

  /**
   * @param connections takes in those that are accepted
   * @throws UncheckedIOException if there is no file descriptor left for it
   */
  DomainServerChannel(Connections connections) {
    super(null, open(), SelectionKey.OP_ACCEPT);
    this.connections = connections;
  }

  private static ServerSocketChannel open() {
    try {
      return ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected ServerSocketChannel javaChannel() {
    return (ServerSocketChannel) super.javaChannel();
  }

  @Override
  protected void doBind(SocketAddress address) throws IOException {
    ServerSocketChannel _ = javaChannel().bind(address, BACKLOG);
    bound = true;
  }

  @Override
  protected int doReadMessages(List<Object> accepted) throws IOException {
    SocketChannel client = javaChannel().accept();
    if (client == null) {
      return 0;
    }
    NioDomainSocketChannel connection = new NioDomainSocketChannel(this, client);
    if (connections.admit(connection)) {
      accepted.add(connection);
    } else {
      client.close();
    }
    return 1;
  }

  @Override
  protected void doClose() throws IOException {
    javaChannel().close();
  }

  @Override
  public boolean isActive() {
    return isOpen() && bound;
  }

  @Override
  protected @Nullable SocketAddress localAddress0() {
    try {
      return javaChannel().getLocalAddress();
    } catch (IOException closed) {
      return null;
    }
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return null;
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  protected boolean doConnect(SocketAddress remote, @Nullable SocketAddress local) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void doFinishConnect() {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void doDisconnect() {
    throw new UnsupportedOperationException();
  }

  @Override
  protected boolean doWriteMessage(Object message, ChannelOutboundBuffer in) {
    throw new UnsupportedOperationException();
  }
}
