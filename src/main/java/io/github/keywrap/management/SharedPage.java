package io.github.keywrap.management;

import io.github.keywrap.domain.DefectTrace;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.EventExecutor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A page that is rendered once for all who ask at about the same time, at most ten times a second
 * and never on the event loop. For that event loop alone.
 */
final class SharedPage {
  private static final Logger LOG = System.getLogger(SharedPage.class.getName());
  private static final long FRESH = Duration.ofMillis(100).toNanos();

  private final Page page;
  private final Executor workers;
  private final EventExecutor eventLoop;
  private final Set<Connection> waiting = new LinkedHashSet<>();
  private @Nullable Answer latest;
  private long begunAt;
  private boolean isUnderWay;

  SharedPage(Page page, Executor workers, EventExecutor eventLoop) {
    this.page = page;
    this.workers = workers;
    this.eventLoop = eventLoop;
  }

  /** Answers, now or later. */
  void ask(Connection connection) {
    if (latest != null && System.nanoTime() - begunAt < FRESH) {
      connection.answer(latest);
      return;
    }
    waiting.add(connection);
    if (!isUnderWay) {
      isUnderWay = true;
      begunAt = System.nanoTime();
      workers.execute(this::render);
    }
  }

  /** A connection is closed, and waits no longer. */
  void forget(Connection connection) {
    waiting.remove(connection);
  }

  private void render() {
    Answer answer = Answer.plain(HttpResponseStatus.INTERNAL_SERVER_ERROR);
    try {
      answer = page.render();
    } catch (RuntimeException defect) {
      LOG.log(
          Level.ERROR,
          "health or metrics hit a defect in keywrap; please report it: {0}",
          DefectTrace.of(defect));
    } finally {
      Answer rendered = answer;
      eventLoop.execute(() -> tell(rendered));
    }
  }

  private void tell(Answer answer) {
    isUnderWay = false;
    latest = answer;
    List<Connection> asked = List.copyOf(waiting);
    waiting.clear();
    asked.forEach(connection -> connection.answer(answer));
  }
}
