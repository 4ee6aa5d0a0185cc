package io.github.keywrap.app;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SmallRyeConfigBuilderCustomizer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the framework is configured by while keywrap serves: what was built in, and the values that
 * follow from keywrap's own settings. No environment variable, no system property, and no file in
 * the working folder: such a value could open a port, or make a library log each key that it sees.
 */
public final class FrameworkConfiguration implements SmallRyeConfigBuilderCustomizer {
  /** Above what was built in. */
  private static final int ORDINAL = 400;

  /** Defaults of the framework name it, for uploads, of which there are none. */
  private static final String TEMPORARY_FOLDER = "java.io.tmpdir";

  /** Empty while the program is built: the build is configured from outside, as it should be. */
  private static final Map<String, String> VALUES = new ConcurrentHashMap<>();

  /** Found by the framework, which wants it public. */
  public FrameworkConfiguration() {}

  /** Sets the values that follow from the settings. Before the framework starts. */
  static void set(Map<String, String> values) {
    VALUES.putAll(values);
  }

  @Override
  public void configBuilder(SmallRyeConfigBuilder builder) {
    if (!VALUES.isEmpty()) {
      builder
          .setAddDefaultSources(false)
          .setAddSystemSources(false)
          .setAddPropertiesSources(false)
          .setAddDiscoveredSources(false)
          .withSources(new PropertiesConfigSource(Map.copyOf(VALUES), "keywrap", ORDINAL))
          .withDefaultValue(TEMPORARY_FOLDER, System.getProperty(TEMPORARY_FOLDER, "/tmp"));
    }
  }

  /** Last of all, so that nothing is added after it. */
  @Override
  public int priority() {
    return Integer.MAX_VALUE;
  }
}
