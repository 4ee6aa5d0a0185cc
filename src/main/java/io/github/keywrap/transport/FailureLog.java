package io.github.keywrap.transport;

import io.github.keywrap.domain.LogBudget;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes failed calls to the log: for each method and status code the first, then at most one in
 * ten seconds with the number of those left out, so that a flood of failures does not become a
 * flood of lines.
 */
public final class FailureLog implements ServerInterceptor {
  private static final Logger LOG = System.getLogger(FailureLog.class.getName());
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final Map<String, LogBudget> budgets = new ConcurrentHashMap<>();

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return next.startCall(
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            if (!status.isOk()) {
              log(getMethodDescriptor().getFullMethodName(), status);
            }
            super.close(status, trailers);
          }
        },
        headers);
  }

  private void log(String method, Status status) {
    LogBudget budget =
        budgets.computeIfAbsent(method + " " + status.getCode(), _ -> new LogBudget(PAUSE));
    if (budget.take()) {
      LOG.log(
          Level.WARNING,
          "{0} failed: {1}: {2}{3}",
          method,
          status.getCode(),
          String.valueOf(status.getDescription()),
          budget.leftOut());
    }
  }
}
