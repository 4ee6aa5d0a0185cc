package io.github.keywrap.app;

import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.management.ManagementServer;
import io.github.keywrap.management.Page;
import io.github.keywrap.management.PageName;
import io.github.keywrap.settings.ManagementSettings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;

/** Serves health and metrics, or serves none: they must never cost the service itself. */
final class ManagementEndpoints implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ManagementEndpoints.class.getName());

  private final ManagementSettings settings;
  private final Map<PageName, Page> pages;
  private Optional<ManagementServer> server = Optional.empty();

  ManagementEndpoints(ManagementSettings settings, Map<PageName, Page> pages) {
    this.settings = settings;
    this.pages = pages;
  }

  /** Serves if it is wanted and can be; warns if it cannot. */
  void start() {
    if (settings.enabled()) {
      server = serve();
    }
  }

  private Optional<ManagementServer> serve() {
    try {
      InetAddress address = InetAddress.getByName(settings.host());
      if (!address.isLoopbackAddress()) {
        LOG.log(
            Level.WARNING,
            "health and metrics are served on {0}, where others can read them without a password",
            settings.host());
      }
      return Optional.of(
          ManagementServer.start(new InetSocketAddress(address, settings.port()), pages));
    } catch (UnknownHostException e) {
      warn("the host is not known");
    } catch (IOException e) {
      warn(SystemWords.of(e));
    }
    return Optional.empty();
  }

  private void warn(String reason) {
    LOG.log(
        Level.WARNING,
        "health and metrics are not served, {0}:{1} cannot be bound: {2}; set keywrap.management.port",
        settings.host(),
        Integer.toString(settings.port()),
        reason);
  }

  @Override
  public void close() {
    server.ifPresent(ManagementServer::close);
  }
}
