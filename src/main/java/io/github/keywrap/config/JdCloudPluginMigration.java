package io.github.keywrap.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.TextNode;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.files.NewFile;
import io.github.keywrap.files.StateDirectory;
import io.github.keywrap.settings.JdCloudKeySettings;
import io.github.keywrap.settings.SecretSource;
import io.github.keywrap.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes keywrap's own settings from the configuration of jdcloud-sec/k8s-kms-plugin. */
public final class JdCloudPluginMigration {
  private static final String SETTINGS = "keywrap.yaml";
  private static final String ACCESS_KEY = "jdcloud-access-key";
  private static final String SECRET_KEY = "jdcloud-secret-key";

  private JdCloudPluginMigration() {}

  /**
   * What was written.
   *
   * @param warnings what should be changed in the new settings
   */
  public record Result(Path settings, List<Path> written, List<Problem> warnings) {}

  /**
   * Writes the settings and the secrets, each to a file of mode 0600; all of them or none.
   *
   * @param folder where to; made, mode 0700, if it is not there
   * @throws ConfigurationException if the old configuration cannot be used
   * @throws OperatorException if a file is there already or cannot be written
   */
  public static Result run(Path file, Path folder, Map<String, String> environment) {
    Settings settings = SettingsLoader.ofJdCloudPlugin(file, Map.of()).load().settings();
    JdCloudKeySettings key = (JdCloudKeySettings) settings.active();
    Path yaml = folder.resolve(SETTINGS);
    refuseExisting(List.of(folder.resolve(ACCESS_KEY), folder.resolve(SECRET_KEY), yaml));
    makeFolder(folder);
    List<Path> written = new ArrayList<>();
    try {
      copy(key.credentials().accessKey(), folder.resolve(ACCESS_KEY), written);
      copy(key.credentials().secretKey(), folder.resolve(SECRET_KEY), written);
      NewFile.write(yaml, yaml(file, settings, key).getBytes(UTF_8));
      written.add(yaml);
      return new Result(
          yaml, List.copyOf(written), new SettingsLoader(yaml, environment).load().warnings());
    } catch (OperatorException | ConfigurationException e) {
      written.forEach(JdCloudPluginMigration::remove);
      throw e;
    }
  }

  private static void refuseExisting(List<Path> files) {
    for (Path file : files) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new OperatorException(
            file + " exists and is not overwritten", "write to another folder with --to FOLDER");
      }
    }
  }

  private static void makeFolder(Path folder) {
    try {
      new StateDirectory(folder).make();
    } catch (IOException e) {
      throw new OperatorException(
          folder + " cannot be made: " + SystemWords.of(e),
          "check that this user may write there, or choose another");
    }
  }

  private static void copy(SecretSource from, Path to, List<Path> written) {
    try (SecretBytes secret = from.read()) {
      NewFile.write(to, secret.expose());
      written.add(to);
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new OperatorException(
          file + " cannot be removed: " + SystemWords.of(e), "remove it: it holds a secret");
    }
  }

  private static String yaml(Path file, Settings settings, JdCloudKeySettings key) {
    return """
        # The same as %s, which "keywrap config migrate" has made this from.
        # docs/configuration.md has all settings. Paths are relative to this file.
        keywrap:
          socket: { path: %s }%s
          active: %s
          keys:
            %s:
              type: jdcloud
              endpoint: %s
              key-id: "%s"
              proxy: environment
              trust: system
              access-key: { file: %s }
              secret-key: { file: %s }
        """
        .formatted(
            file.toAbsolutePath(),
            TextNode.valueOf(settings.socket().path().toString()),
            settings.debug() ? "\n  log-level: debug" : "",
            key.name(),
            key.name(),
            key.endpoint(),
            key.keyId(),
            ACCESS_KEY,
            SECRET_KEY);
  }
}
