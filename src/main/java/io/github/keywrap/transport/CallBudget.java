package io.github.keywrap.transport;

import com.google.protobuf.MessageLite;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory all calls together may hold that have come and are not answered, or whose answers
 * are not taken: more are refused. Some is kept for the calls that never wait, so that Status is
 * answered whatever waits.
 */
final class CallBudget implements ServerInterceptor {
  /** What a call without its message holds at most; measured. */
  static final int CALL = 4_096;

  /** Some 6,000 calls: more than wait for one key. */
  static final long MOST = 6_000L * CALL;

  private static final long RESERVE = 500L * CALL;
  private static final Set<String> QUICK = Set.of("Status", "Version");

  private final AtomicLong held = new AtomicLong();

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    boolean isQuick = QUICK.contains(call.getMethodDescriptor().getBareMethodName());
    long most = isQuick ? MOST + RESERVE : MOST;
    if (!take(CALL, most)) {
      refuse(call);
      return new ServerCall.Listener<>() {};
    }
    return new HeldCall<>(next.startCall(call, headers), call, most);
  }

  private boolean take(long bytes, long most) {
    boolean fits = held.addAndGet(bytes) <= most;
    if (!fits) {
      held.addAndGet(-bytes);
    }
    return fits;
  }

  private static void refuse(ServerCall<?, ?> call) {
    call.close(
        Status.RESOURCE_EXHAUSTED.withDescription(
            "too many calls wait, or too large ones; try again when some are answered"),
        new Metadata());
  }

  /** Gives back what it holds when its answer is in the client's hands, or nobody's. */
  private final class HeldCall<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private final long most;
    private long taken = CALL;
    private boolean isRefused;

    HeldCall(ServerCall.Listener<Q> listener, ServerCall<Q, ?> call, long most) {
      super(listener);
      this.call = call;
      this.most = most;
    }

    @Override
    public void onMessage(Q message) {
      int size = ((MessageLite) message).getSerializedSize();
      if (take(size, most)) {
        taken += size;
        super.onMessage(message);
      } else {
        isRefused = true;
        refuse(call);
      }
    }

    @Override
    public void onHalfClose() {
      if (!isRefused) {
        super.onHalfClose();
      }
    }

    @Override
    public void onComplete() {
      giveBack();
      super.onComplete();
    }

    @Override
    public void onCancel() {
      giveBack();
      super.onCancel();
    }

    private void giveBack() {
      held.addAndGet(-taken);
      taken = 0;
    }
  }
}
