package io.github.keywrap.config;

import java.util.Map;

/**
 * Where the settings of one key are read from.
 *
 * @param reader of that key
 * @param environment of the process
 */
record KeySource(
    SettingReader reader, SecretSourceReader secrets, Map<String, String> environment) {}
