package io.github.keywrap.fakekms;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import java.time.Duration;

/** One connection to the fake. */
final class FakeKmsHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final String CONTROL = "/fake/";
  private static final byte[] SOMETHING_ELSE = new byte[32];

  private final FakeKms kms;
  private final OpenApi api;

  FakeKmsHandler(FakeKms kms) {
    this.kms = kms;
    this.api = new OpenApi(kms.keys(), _ -> kms.temporary());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext channel, FullHttpRequest request) {
    byte[] body = ByteBufUtil.getBytes(request.content());
    if (request.uri().startsWith(CONTROL)) {
      new FaultyReply(channel, Control.answer(kms, request), body, () -> body, kms.now())
          .send(Fault.NONE);
      return;
    }
    kms.countRequest(channel.channel());
    Fault fault = Fault.NONE;
    Duration delay = Duration.ZERO;
    Reply reply;
    try {
      Operation operation = OpenApi.operation(request);
      fault = kms.habits(operation).next();
      delay = kms.habits(operation).delay();
      String service = operation == Operation.ASSUME_ROLE ? "sts" : "kms";
      FakeAccount account = kms.signatures().verify(request, body, service, kms.now());
      reply = api.answer(operation, request, body, account);
    } catch (Refusal refusal) {
      reply = refusal.reply();
    }
    // What was refused anyway needs no fault, and has no field that could be wrong.
    Fault effective = reply.isResult() ? fault : Fault.NONE;
    FaultyReply answer = new FaultyReply(channel, reply, body, this::otherBlob, kms.now());
    if (delay.isZero()) {
      answer.send(effective);
    } else {
      var _ =
          channel.executor().schedule(() -> answer.send(effective), delay.toNanos(), NANOSECONDS);
    }
  }

  private byte[] otherBlob() {
    return kms.keys().values().stream()
        .findFirst()
        .map(key -> key.encrypt(SOMETHING_ELSE))
        .orElse(new byte[1]);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext channel, Throwable cause) {
    ChannelFuture _ = channel.close();
  }
}
