package io.github.keywrap.transport;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * The one transport: the JDK's own Unix domain sockets, which need no native library and work the
 * same in a native executable.
 */
final class DomainSockets {
  private DomainSockets() {}

  static EventLoopGroup eventLoops(String name, int threads) {
    return new NioEventLoopGroup(threads, new DefaultThreadFactory(name, true));
  }
}
