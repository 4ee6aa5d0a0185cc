package io.github.keywrap.config;

import static io.github.keywrap.config.Setting.optional;
import static io.github.keywrap.config.Setting.required;

import java.util.List;

/** Settings of the whole, not of a key. */
final class ServerSetting {
  static final Setting SOCKET_PATH =
      optional(
          "keywrap.socket.path",
          "/var/run/k8s-kms-plugin/kms-plugin.sock",
          "Where the socket is. Its folder must exist, and nobody else may write there.");
  static final Setting SOCKET_MODE =
      optional(
          "keywrap.socket.mode",
          "0600",
          "Mode of the socket file, octal: `0600`, or `0660` to let `group` connect.");
  static final Setting SOCKET_GROUP =
      optional("keywrap.socket.group", "", "Group of the socket file; empty: that of the process.");
  static final Setting SOCKET_TAKEOVER_WAIT =
      optional(
          "keywrap.socket.takeover-wait",
          "15s",
          "How long a new process waits for the old one to let go of the socket.");
  static final Setting ACTIVE =
      required("keywrap.active", "Name of the key that wraps; every key below unwraps.");
  static final Setting VERIFY_WRAP =
      optional(
          "keywrap.verify-wrap",
          "",
          "Which v1 wraps are unwrapped and compared before they are answered: `always`; `in-time`"
              + " (where the caller's time is enough for it); `sampled` (the first, then 1 in 100);"
              + " `off`. v2 wraps always are. Default: `in-time` if the active key is `jdcloud`,"
              + " otherwise `sampled`.");
  static final Setting BARE_KEY =
      optional(
          "keywrap.v1.raw-ciphertext-key",
          "",
          "Name of the `jdcloud` key that opens v1 ciphertexts, which name no key. Needed only where"
              + " there are several.");
  static final Setting LOG_LEVEL =
      optional(
          "keywrap.log-level",
          "info",
          "`info`, or `debug`: a line for each request to JD Cloud, without its content.");
  static final Setting CALL_TIMEOUT =
      optional(
          "keywrap.call-timeout",
          "10s",
          "Longest time for one call; an earlier deadline of the caller wins.");
  static final Setting SHUTDOWN_GRACE =
      optional("keywrap.shutdown-grace", "10s", "How long calls in flight may take after SIGTERM.");
  static final Setting HEALTH_INTERVAL =
      optional("keywrap.health-interval", "10s", "Pause between two probes of a key.");
  static final Setting STATUS_ON_OUTAGE =
      optional(
          "keywrap.status.on-outage",
          "coast",
          "v2 Status while the back end is away: `coast` (unhealthy, but with the key id, so that"
              + " writes go on) or `fail`.");
  static final Setting STATUS_MAX_COAST =
      optional("keywrap.status.max-coast", "24h", "Longest time to coast.");
  static final Setting MANAGEMENT_ENABLED =
      optional(
          "keywrap.management.enabled", "true", "Whether health and metrics are served at all.");
  static final Setting MANAGEMENT_HOST =
      optional("keywrap.management.host", "127.0.0.1", "Address of health and metrics.");
  static final Setting MANAGEMENT_PORT =
      optional("keywrap.management.port", "8799", "Port of health and metrics.");
  static final Setting STATE_DIRECTORY =
      optional(
          "keywrap.state-directory",
          "/var/lib/keywrap",
          "Where it is kept that a token refused a PIN, so that none is tried twice, and which"
              + " version of a `jdcloud` key is the newest.");

  static final List<Setting> ALL =
      List.of(
          SOCKET_PATH,
          SOCKET_MODE,
          SOCKET_GROUP,
          SOCKET_TAKEOVER_WAIT,
          ACTIVE,
          VERIFY_WRAP,
          BARE_KEY,
          CALL_TIMEOUT,
          SHUTDOWN_GRACE,
          HEALTH_INTERVAL,
          STATUS_ON_OUTAGE,
          STATUS_MAX_COAST,
          MANAGEMENT_ENABLED,
          MANAGEMENT_HOST,
          MANAGEMENT_PORT,
          STATE_DIRECTORY,
          LOG_LEVEL);

  private ServerSetting() {}
}
