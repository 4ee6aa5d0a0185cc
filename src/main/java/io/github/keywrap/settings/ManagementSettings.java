package io.github.keywrap.settings;

/** Where the health and metrics endpoints listen. */
public record ManagementSettings(boolean enabled, String host, int port) {}
