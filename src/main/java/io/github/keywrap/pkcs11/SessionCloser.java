package io.github.keywrap.pkcs11;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Closes sessions beside the callers: some tokens take long for it. One thread, one after the
 * other, that ends when there is nothing to do.
 */
final class SessionCloser implements Executor {
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().name("close-sessions").daemon().factory());

  SessionCloser() {
    thread.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable close) {
    thread.execute(close);
  }
}
