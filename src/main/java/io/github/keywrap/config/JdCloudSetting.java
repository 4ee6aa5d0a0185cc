package io.github.keywrap.config;

import java.util.List;

/** Settings of {@code type: jdcloud}. */
final class JdCloudSetting {
  static final Setting ENDPOINT =
      Setting.ofType(
          Setting.JDCLOUD,
          "endpoint",
          "",
          true,
          "Endpoint of the KMS, such as `https://kms.cn-north-1.jdcloud-api.com`. With `http` the"
              + " network can read what is wrapped.");
  static final Setting KEY_ID =
      Setting.ofType(Setting.JDCLOUD, "key-id", "", true, "Id of the key in the KMS.");
  static final Setting ACCESS_KEY_FILE =
      of("access-key.file", "", "File that holds the access key (AK), mode 0600.");
  static final Setting ACCESS_KEY_CREDENTIAL =
      of("access-key.credential", "", "Name of a systemd credential that holds it.");
  static final Setting ACCESS_KEY_ENVIRONMENT =
      of("access-key.environment", "", "Name of an environment variable that holds it.");
  static final Setting ACCESS_KEY_JSON =
      of(
          "access-key.plugin-file",
          "",
          "Configuration of jdcloud-sec/k8s-kms-plugin that holds it, as `AccessKey`.");
  static final Setting ACCESS_KEY_AS_IS = Setting.asIs(Setting.JDCLOUD, "access-key");
  static final Setting SECRET_KEY_FILE =
      of("secret-key.file", "", "File that holds the secret key (SK), mode 0600.");
  static final Setting SECRET_KEY_CREDENTIAL =
      of("secret-key.credential", "", "Name of a systemd credential that holds it.");
  static final Setting SECRET_KEY_ENVIRONMENT =
      of("secret-key.environment", "", "Name of an environment variable that holds it.");
  static final Setting SECRET_KEY_JSON =
      of(
          "secret-key.plugin-file",
          "",
          "Configuration of jdcloud-sec/k8s-kms-plugin that holds it, as `SecretKey`.");
  static final Setting SECRET_KEY_AS_IS = Setting.asIs(Setting.JDCLOUD, "secret-key");
  static final Setting SESSION_TOKEN_FILE =
      of("session-token.file", "", "File that holds the token of temporary credentials.");
  static final Setting SESSION_TOKEN_CREDENTIAL =
      of("session-token.credential", "", "Name of a systemd credential that holds it.");
  static final Setting SESSION_TOKEN_ENVIRONMENT =
      of("session-token.environment", "", "Name of an environment variable that holds it.");
  static final Setting SESSION_TOKEN_AS_IS = Setting.asIs(Setting.JDCLOUD, "session-token");
  static final Setting ROLE =
      of(
          "assume-role.role",
          "",
          "Role to assume with the credentials, as `jrn:iam::ACCOUNT:role/NAME`. Empty: none.");
  static final Setting ROLE_SESSION =
      of("assume-role.session-name", "keywrap", "Name of the session in the account's log.");
  static final Setting ROLE_DURATION =
      of(
          "assume-role.duration",
          "1h",
          "How long the temporary credentials are asked for, from 1h; renewed in good time.");
  static final Setting ROLE_ENDPOINT =
      of("assume-role.endpoint", "https://sts.jdcloud-api.com", "Endpoint of STS.");
  static final Setting CA_FILE =
      of(
          "ca-file",
          "",
          "Certificate authorities, PEM, that the endpoint's certificate must come from. Empty:"
              + " see `trust`. Read again when it changes.");
  static final Setting TRUST =
      of(
          "trust",
          "runtime",
          "Certificate authorities without `ca-file`: `runtime`, those of the Java runtime, or"
              + " `system`, this node's: `SSL_CERT_FILE` and `SSL_CERT_DIR`, or where distributions"
              + " keep them.");
  static final Setting PROXY =
      of(
          "proxy",
          "",
          "HTTP proxy, such as `http://10.0.0.1:3128`, for everything; or `environment`:"
              + " `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say which, as in Go's programs.");
  static final Setting PROXY_USER =
      of("proxy-user", "", "User at the proxy (basic authentication).");
  static final Setting PROXY_PASSWORD_FILE =
      of("proxy-password.file", "", "File that holds the user's password, mode 0600.");
  static final Setting PROXY_PASSWORD_CREDENTIAL =
      of("proxy-password.credential", "", "Name of a systemd credential that holds it.");
  static final Setting PROXY_PASSWORD_ENVIRONMENT =
      of("proxy-password.environment", "", "Name of an environment variable that holds it.");
  static final Setting PROXY_PASSWORD_AS_IS = Setting.asIs(Setting.JDCLOUD, "proxy-password");
  static final Setting REQUEST_TIMEOUT =
      of(
          "request-timeout",
          "10s",
          "After so long without an answer a request is sent once more, while the first may still be"
              + " answered. Earlier, but never before 1s, if that is twice as long as answers take"
              + " lately.");
  static final Setting VERSION_TRACKING =
      of(
          "version-tracking",
          "on",
          "Whether the key id follows the versions of the key, so that kube-apiserver notices a"
              + " rotation: `on` or `off`.");
  static final Setting VERSION_INTERVAL =
      of("version-interval", "1m", "Pause between two looks at the versions.");
  static final Setting SIGNATURE =
      of("signature", "jdcloud2", "Version of the request signature: `jdcloud2` or `jdcloud3`.");
  static final Setting SIGNATURE_REGION =
      of("signature-region", "jdcloud-api", "Region that signatures are made for.");

  static final List<Setting> ALL =
      List.of(
          ENDPOINT,
          KEY_ID,
          ACCESS_KEY_FILE,
          ACCESS_KEY_CREDENTIAL,
          ACCESS_KEY_ENVIRONMENT,
          ACCESS_KEY_JSON,
          ACCESS_KEY_AS_IS,
          SECRET_KEY_FILE,
          SECRET_KEY_CREDENTIAL,
          SECRET_KEY_ENVIRONMENT,
          SECRET_KEY_JSON,
          SECRET_KEY_AS_IS,
          SESSION_TOKEN_FILE,
          SESSION_TOKEN_CREDENTIAL,
          SESSION_TOKEN_ENVIRONMENT,
          SESSION_TOKEN_AS_IS,
          ROLE,
          ROLE_SESSION,
          ROLE_DURATION,
          ROLE_ENDPOINT,
          CA_FILE,
          TRUST,
          PROXY,
          PROXY_USER,
          PROXY_PASSWORD_FILE,
          PROXY_PASSWORD_CREDENTIAL,
          PROXY_PASSWORD_ENVIRONMENT,
          PROXY_PASSWORD_AS_IS,
          REQUEST_TIMEOUT,
          VERSION_TRACKING,
          VERSION_INTERVAL,
          SIGNATURE,
          SIGNATURE_REGION);

  private JdCloudSetting() {}

  private static Setting of(String name, String defaultValue, String meaning) {
    return Setting.ofType(Setting.JDCLOUD, name, defaultValue, false, meaning);
  }
}
