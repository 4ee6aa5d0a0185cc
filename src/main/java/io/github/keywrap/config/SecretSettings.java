package io.github.keywrap.config;

import java.util.List;

/** The places that one secret can be in; exactly one of them is given. */
record SecretSettings(Setting file, Setting credential, Setting environment) {
  List<Setting> all() {
    return List.of(file, credential, environment);
  }

  /** What the secret is called in the settings, for example {@code passphrase}. */
  String name() {
    String name = file.nameWithinKey();
    return name.substring(0, name.lastIndexOf('.'));
  }
}
