package io.github.keywrap.config;

import io.github.keywrap.settings.JdCloudKeySettings;
import io.github.keywrap.settings.KeySettings;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads which key it is that v1 ciphertexts without an envelope are of. */
final class BareKeyReader {

  private BareKeyReader() {}

  static Optional<String> read(SettingReader reader, List<KeySettings> keys) {
    List<JdCloudKeySettings> bare =
        keys.stream()
            .filter(JdCloudKeySettings.class::isInstance)
            .map(JdCloudKeySettings.class::cast)
            .toList();
    refuseSameKeyTwice(reader, bare);
    List<String> names = bare.stream().map(JdCloudKeySettings::name).toList();
    String given = reader.text(ServerSetting.BARE_KEY);
    if (given.isEmpty() && names.size() > 1) {
      reader.problem(
          ServerSetting.BARE_KEY,
          "is missing, and several keys are of type: jdcloud",
          "name the one whose ciphertexts kube-apiserver stored under KMS v1: "
              + String.join(", ", names));
    }
    if (!given.isEmpty() && !names.contains(given)) {
      reader.problem(
          ServerSetting.BARE_KEY, "names no key of type: jdcloud", NearestName.hint(given, names));
    }
    return given.isEmpty() ? names.stream().findFirst() : Optional.of(given);
  }

  private static void refuseSameKeyTwice(SettingReader reader, List<JdCloudKeySettings> keys) {
    Set<String> seen = new HashSet<>();
    for (JdCloudKeySettings key : keys) {
      if (!seen.add(key.keyId())) {
        reader
            .of(key.name())
            .problem(JdCloudSetting.KEY_ID, "is another key's, too", "drop one of the two");
      }
    }
  }
}
