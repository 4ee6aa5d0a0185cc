package io.github.keywrap.config;

import java.util.List;

/** A file that settings are read from, flat and untyped. */
sealed interface SettingsSource permits SettingsFile, JdCloudPluginSource {
  /**
   * Reads all there is.
   *
   * @param problems where what cannot be used is added
   * @param warnings where what should be changed is added
   */
  void readInto(Entries entries, List<Problem> problems, List<Problem> warnings);
}
