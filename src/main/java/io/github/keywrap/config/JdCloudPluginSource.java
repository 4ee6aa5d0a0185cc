package io.github.keywrap.config;

import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.settings.JdCloudPluginFile;
import io.github.keywrap.settings.MalformedFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The configuration of jdcloud-sec/k8s-kms-plugin as settings of keywrap: one {@code jdcloud} key,
 * no management endpoints. Secrets stay in the file; only the place is a setting.
 */
final class JdCloudPluginSource implements SettingsSource {
  /** Name of its one key. */
  static final String KEY = "jdcloud";

  private static final String ACCESS_KEY = "AccessKey";
  private static final String SECRET_KEY = "SecretKey";
  private static final String ENDPOINT = "KmsEndpoint";
  private static final String KEY_ID = "KmsKeyId";
  private static final String SCHEMA = "KmsSchema";
  private static final String SOCKET = "GRPCSocketPath";
  private static final String DEBUG = "DebugMode";

  private static final List<String> REQUIRED =
      List.of(ACCESS_KEY, SECRET_KEY, ENDPOINT, KEY_ID, SCHEMA, SOCKET);
  private static final Set<PosixFilePermission> OF_OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private final Path path;

  JdCloudPluginSource(Path path) {
    this.path = path.toAbsolutePath();
  }

  @Override
  public void readInto(Entries entries, List<Problem> problems, List<Problem> warnings) {
    try {
      JdCloudPluginFile file = JdCloudPluginFile.read(path);
      reportMissing(file, problems);
      warn(file, warnings);
      if (problems.isEmpty()) {
        map(file, entries);
      }
    } catch (MalformedFileException e) {
      problems.add(
          new Problem(
              path + e.place(),
              e.getMessage(),
              "it must be the JSON of k8s-kms-plugin, saved as UTF-8: see docs/jdcloud.md"));
    } catch (NoSuchFileException e) {
      problems.add(
          new Problem(
              path.toString(), "does not exist", "name the old plugin's file with -f FILE"));
    } catch (IOException e) {
      problems.add(
          new Problem(
              path.toString(),
              "cannot be read: " + SystemWords.of(e),
              "check that this user may read it"));
    }
  }

  private void reportMissing(JdCloudPluginFile file, Collection<Problem> problems) {
    for (String name : REQUIRED) {
      if (file.field(name).filter(field -> !field.value().isEmpty()).isEmpty()) {
        problems.add(new Problem(path.toString(), name + " is missing", "see docs/jdcloud.md"));
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // this one, not one like it
  private void warn(JdCloudPluginFile file, Collection<Problem> warnings) throws IOException {
    if (!file.isJson()) {
      warnings.add(
          new Problem(
              path.toString(),
              "contains comments or a trailing comma, which JSON does not allow",
              "the old plugin could not read it like this"));
    }
    List<String> known = new ArrayList<>(REQUIRED);
    known.add(DEBUG);
    for (JdCloudPluginFile.Field field : file.fields()) {
      if (known.stream().noneMatch(field.name()::equalsIgnoreCase)) {
        warnings.add(
            new Problem(
                path + ":" + field.line(),
                ShownName.of(field.name(), known)
                    + " is not a field of k8s-kms-plugin, and is ignored",
                NearestName.hint(field.name(), known)));
      } else if (file.field(field.name()).filter(last -> last != field).isPresent()) {
        warnings.add(
            new Problem(
                path + ":" + field.line(),
                ShownName.of(field.name(), known) + " is given again below",
                "the last one counts, as it did for the old plugin"));
      }
    }
    warnings.add(
        new Problem(
            path.toString(),
            "holds secrets inline",
            "keywrap config migrate %s moves them to files of mode 0600".formatted(path)));
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
    if (permissions.stream().anyMatch(OF_OTHERS::contains)) {
      warnings.add(
          new Problem(path.toString(), "can be read or written by others", "chmod 0600 " + path));
    }
  }

  private void map(JdCloudPluginFile file, Entries entries) {
    set(entries, file, SOCKET, ServerSetting.SOCKET_PATH, socket -> absolute(socket));
    set(entries, "keywrap.active", KEY);
    set(entries, ServerSetting.MANAGEMENT_ENABLED.name(), "false");
    set(entries, KeySetting.TYPE.nameFor(KEY), Setting.JDCLOUD);
    String scheme = file.field(SCHEMA).map(JdCloudPluginFile.Field::value).orElse("");
    set(entries, file, ENDPOINT, JdCloudSetting.ENDPOINT, host -> scheme + "://" + host);
    set(entries, file, KEY_ID, JdCloudSetting.KEY_ID, id -> id);
    set(entries, file, ACCESS_KEY, JdCloudSetting.ACCESS_KEY_JSON, _ -> path.toString());
    set(entries, file, SECRET_KEY, JdCloudSetting.SECRET_KEY_JSON, _ -> path.toString());
    // What the old plugin took from the environment and from the system, as Go's programs do.
    set(entries, JdCloudSetting.PROXY.nameFor(KEY), NetworkSettingsReader.FROM_ENVIRONMENT);
    set(entries, JdCloudSetting.TRUST.nameFor(KEY), NetworkSettingsReader.SYSTEM);
    Optional<JdCloudPluginFile.Field> debug = file.field(DEBUG);
    if (debug.filter(field -> field.value().equals("true")).isPresent()) {
      set(entries, file, DEBUG, ServerSetting.LOG_LEVEL, _ -> "debug");
    }
  }

  /** The old plugin took it from the folder that it was started in. */
  private static String absolute(String socket) {
    return socket.startsWith("@") ? socket : Path.of(socket).toAbsolutePath().toString();
  }

  private void set(Entries entries, String name, String value) {
    entries.add(name, new Entry(value, "-f " + path));
  }

  private void set(
      Entries entries,
      JdCloudPluginFile file,
      String field,
      Setting setting,
      java.util.function.UnaryOperator<String> value) {
    file.field(field)
        .ifPresent(
            written ->
                entries.add(
                    setting.nameFor(KEY),
                    new Entry(
                        value.apply(written.value()),
                        "%s:%d (%s)".formatted(path, written.line(), field))));
  }
}
