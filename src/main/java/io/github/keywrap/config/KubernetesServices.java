package io.github.keywrap.config;

import java.util.regex.Pattern;

/**
 * The variables that Kubernetes adds to every container for each Service of its namespace. Those of
 * a Service whose name begins with {@code keywrap} look like settings and are none.
 */
final class KubernetesServices {
  private static final Pattern NAME =
      Pattern.compile(
          "KEYWRAP(_\\w+)?_(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

  /** The one whose name may be a setting's, too: that of a Service called keywrap-management. */
  private static final Pattern PORT_NAME = Pattern.compile("KEYWRAP(_\\w+)?_PORT");

  private static final Pattern PORT_VALUE = Pattern.compile("(tcp|udp|sctp)://.+");

  private KubernetesServices() {}

  /** Whether Kubernetes, and not an operator, has set a variable to that value. */
  static boolean added(String variable, String value) {
    return NAME.matcher(variable).matches()
        || (PORT_NAME.matcher(variable).matches() && PORT_VALUE.matcher(value).matches());
  }
}
