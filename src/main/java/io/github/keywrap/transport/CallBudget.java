package io.github.keywrap.transport;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.MessageLite;
import io.grpc.Attributes;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory all calls together may hold that have come and are not answered, or whose answers
 * are not taken: more are refused. No connection can take it from the others, and Status is
 * answered whatever waits: see {@link ConnectionBudget}.
 */
final class CallBudget extends ServerTransportFilter implements ServerInterceptor {
  private static final Attributes.Key<ConnectionBudget> CONNECTION =
      Attributes.Key.create("budget of the connection");
  private static final Set<String> QUICK = Set.of("Status", "Version");

  /** Longer than a request of those, in bytes. */
  private static final int SMALL = 64;

  private final AtomicLong shared = new AtomicLong();

  @Override
  public Attributes transportReady(Attributes connection) {
    return connection.toBuilder().set(CONNECTION, new ConnectionBudget(shared)).build();
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    ConnectionBudget budget = requireNonNull(call.getAttributes().get(CONNECTION));
    boolean isQuick =
        QUICK.contains(call.getMethodDescriptor().getBareMethodName())
            && budget.takeQuick(ConnectionBudget.CALL);
    if (!isQuick && !budget.take(ConnectionBudget.CALL)) {
      refuse(call);
      return new ServerCall.Listener<>() {};
    }
    return new HeldCall<>(next.startCall(call, headers), call, budget, isQuick);
  }

  private static void refuse(ServerCall<?, ?> call) {
    call.close(
        Status.RESOURCE_EXHAUSTED.withDescription(
            "too many calls wait, or too large ones; try again when some are answered"),
        new Metadata());
  }

  /** Gives back what it holds when its answer is in the client's hands, or nobody's. */
  private static final class HeldCall<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private final ConnectionBudget budget;
    private long taken;
    private long takenQuick;
    private boolean isRefused;

    HeldCall(
        ServerCall.Listener<Q> listener,
        ServerCall<Q, ?> call,
        ConnectionBudget budget,
        boolean isQuick) {
      super(listener);
      this.call = call;
      this.budget = budget;
      this.taken = isQuick ? 0 : ConnectionBudget.CALL;
      this.takenQuick = isQuick ? ConnectionBudget.CALL : 0;
    }

    @Override
    public void onMessage(Q message) {
      int size = sizeOf((MessageLite) message);
      if (budget.take(size)) {
        taken += size;
        super.onMessage(message);
      } else {
        isRefused = true;
        refuse(call);
      }
    }

    /** What the reserve of a quick call leaves over. */
    private int sizeOf(MessageLite message) {
      int size = message.getSerializedSize();
      return takenQuick > 0 && size <= SMALL ? 0 : size;
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
      budget.giveBack(taken);
      budget.giveBackQuick(takenQuick);
      taken = 0;
      takenQuick = 0;
    }
  }
}
