package io.github.keywrap.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of settings in the documentation is the one in the code. */
final class ConfigurationDocTest {
  private static final String BEGIN = "<!-- settings: from the code, checked by a test -->\n";
  private static final String END = "<!-- /settings -->";

  @Test
  void theTableOfSettingsComesFromTheCode() throws IOException {
    String doc = Files.readString(Path.of("docs/configuration.md"));
    int begin = doc.indexOf(BEGIN) + BEGIN.length();
    assertThat(doc.substring(begin, doc.indexOf(END))).isEqualTo(table());
  }

  private static String table() {
    return Catalogue.ALL.stream()
        .map(ConfigurationDocTest::row)
        .collect(Collectors.joining("", "| setting | default | meaning |\n|---|---|---|\n", ""));
  }

  private static String row(Setting setting) {
    String defaultValue =
        setting.required()
            ? "required"
            : setting.defaultValue().isEmpty() ? "" : "`" + setting.defaultValue() + "`";
    String type = setting.type().isEmpty() ? "" : "`" + setting.type() + "`: ";
    return "| `%s` | %s | %s%s |\n"
        .formatted(setting.name().replace("*", "NAME"), defaultValue, type, setting.meaning());
  }
}
