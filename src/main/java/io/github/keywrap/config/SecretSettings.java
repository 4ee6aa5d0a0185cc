package io.github.keywrap.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The places that one secret can be in; at most one of them is given.
 *
 * @param asIs whether a file or a credential is taken literally
 * @param json configuration of the old plugin that holds it, where that is a place
 */
record SecretSettings(
    Setting file, Setting credential, Setting environment, Setting asIs, Optional<JsonPlace> json) {

  /** What secrets are called in the settings. */
  static final Set<String> NAMES =
      Set.of("passphrase", "pin", "access-key", "secret-key", "session-token", "proxy-password");

  /** What may be said of each: where it is, and how it is taken. */
  static final Set<String> PLACES =
      Set.of("file", "credential", "environment", "plugin-file", "as-is");

  /**
   * A field of a JSON file.
   *
   * @param setting that names the file
   */
  record JsonPlace(Setting setting, String field) {}

  SecretSettings(Setting file, Setting credential, Setting environment, Setting asIs) {
    this(file, credential, environment, asIs, Optional.empty());
  }

  List<Setting> places() {
    return Stream.concat(
            Stream.of(file, credential, environment), json.map(JsonPlace::setting).stream())
        .toList();
  }

  /** What the secret is called in the settings, for example {@code passphrase}. */
  String name() {
    String name = file.nameWithinKey();
    return name.substring(0, name.lastIndexOf('.'));
  }
}
