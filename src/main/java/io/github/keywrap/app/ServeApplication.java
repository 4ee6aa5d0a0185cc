package io.github.keywrap.app;

import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.RingSource;
import io.github.keywrap.settings.Settings;
import io.github.keywrap.transport.KmsServer;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** From the first probe to the last answer: the order of start and stop. */
@Singleton
@Unremovable
final class ServeApplication implements QuarkusApplication {
  private static final Logger LOG = System.getLogger(ServeApplication.class.getName());

  /** Long enough for a key that works; one that does not is not waited for. */
  private static final Duration FIRST_PROBE = Duration.ofSeconds(2);

  private final Settings settings;
  private final Rings rings;
  private final KmsServer server;
  private final ManagementEndpoints endpoints;
  private final Termination termination;

  @Inject
  ServeApplication(
      Settings settings,
      Rings rings,
      KmsServer server,
      ManagementEndpoints endpoints,
      Termination termination) {
    this.settings = settings;
    this.rings = rings;
    this.server = server;
    this.endpoints = endpoints;
    this.termination = termination;
  }

  private static Ending end(int cutOff) {
    if (cutOff == 0) {
      return Ending.IN_ORDER;
    }
    LOG.log(
        Level.WARNING,
        "calls were cut off, as they took longer than keywrap.shutdown-grace: {0}",
        Integer.toString(cutOff));
    return Ending.CUT_OFF;
  }

  /** Returns the ordinal of an {@link Ending}: the framework takes numbers only. */
  @Override
  @SuppressWarnings("EnumOrdinal") // read again in this process
  public int run(String... unused) throws InterruptedException, IOException {
    try (endpoints;
        server) {
      endpoints.start();
      String keys = startProbes();
      if (!termination.isRequested()) {
        server.start();
        LOG.log(Level.INFO, "serving KMS v1 and v2 on {0}; {1}", settings.socket().path(), keys);
        AotCache.advice()
            .ifPresent(
                advice ->
                    LOG.log(
                        Level.INFO,
                        "the start took longer than it need, without an AOT cache: {0}",
                        advice));
        termination.await();
      }
      LOG.log(Level.INFO, "stopping: no new calls, those in flight are answered");
      return end(server.drain(termination.graceLeft())).ordinal();
    }
  }

  /** Says which keys there are. */
  private String startProbes() throws InterruptedException {
    try (RingSource.Lease lease = rings.lease()) {
      KeyRing ring = lease.ring();
      ring.keys().forEach(key -> key.monitor().start());
      ring.active().monitor().awaitFirstProbe(FIRST_PROBE);
      return "active key \"%s\", %d in all".formatted(ring.active().name(), ring.keys().size());
    }
  }
}
