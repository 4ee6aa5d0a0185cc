package io.github.keywrap.app;

import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.settings.ManagementSettings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/**
 * Tells the framework where to serve health and metrics, or to serve none: they must never cost the
 * service itself.
 */
final class ManagementEndpoints {
  private static final Logger LOG = System.getLogger(ManagementEndpoints.class.getName());

  private ManagementEndpoints() {}

  /**
   * Sets the {@code quarkus.*} values that follow from the settings. Before the framework starts.
   */
  static void configure(ManagementSettings settings) {
    boolean usable = settings.enabled() && isUsable(settings);
    System.setProperty("quarkus.management.host-enabled", Boolean.toString(usable));
    System.setProperty("quarkus.management.host", settings.host());
    System.setProperty("quarkus.management.port", Integer.toString(settings.port()));
  }

  private static boolean isUsable(ManagementSettings settings) {
    try {
      InetAddress address = InetAddress.getByName(settings.host());
      if (!address.isLoopbackAddress()) {
        LOG.log(
            Level.WARNING,
            "health and metrics are served on {0}, where others can read them without a password",
            settings.host());
      }
      try (ServerSocket probe = new ServerSocket(settings.port(), 1, address)) {
        return probe.isBound();
      }
    } catch (UnknownHostException e) {
      warn(settings, "the host is not known");
    } catch (IOException e) {
      warn(settings, SystemWords.of(e));
    }
    return false;
  }

  private static void warn(ManagementSettings settings, String reason) {
    LOG.log(
        Level.WARNING,
        "health and metrics are not served, {0}:{1} cannot be had: {2}; set keywrap.management.port",
        settings.host(),
        Integer.toString(settings.port()),
        reason);
  }
}
