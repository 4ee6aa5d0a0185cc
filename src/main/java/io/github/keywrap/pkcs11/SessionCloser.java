package io.github.keywrap.pkcs11;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Closes sessions beside the callers: some tokens take long for it. Its threads end when there is
 * nothing to do.
 */
final class SessionCloser implements Executor {
  private static final int THREADS = 16;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          1,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().name("close-sessions-", 0).daemon().factory());

  SessionCloser() {
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable close) {
    threads.execute(close);
  }
}
