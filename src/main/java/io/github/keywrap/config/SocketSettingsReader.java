package io.github.keywrap.config;

import static java.nio.file.attribute.PosixFilePermission.GROUP_READ;
import static java.nio.file.attribute.PosixFilePermission.GROUP_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;

import io.github.keywrap.settings.SocketSettings;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code keywrap.socket}. */
final class SocketSettingsReader {
  private static final Set<PosixFilePermission> OWNER = Set.of(OWNER_READ, OWNER_WRITE);
  private static final Set<PosixFilePermission> OWNER_AND_GROUP =
      Set.of(OWNER_READ, OWNER_WRITE, GROUP_READ, GROUP_WRITE);
  private static final Map<String, Set<PosixFilePermission>> MODES =
      Map.of("0600", OWNER, "600", OWNER, "0660", OWNER_AND_GROUP, "660", OWNER_AND_GROUP);

  private SocketSettingsReader() {}

  static SocketSettings read(SettingReader reader) {
    return new SocketSettings(
        path(reader),
        reader
            .parse(
                ServerSetting.SOCKET_MODE,
                text -> Optional.ofNullable(MODES.get(text)),
                "0600 or 0660: whoever may connect may decrypt")
            .orElse(OWNER),
        reader
            .parse(ServerSetting.SOCKET_GROUP, SocketSettingsReader::group, "a group of this host")
            .orElse(""),
        reader.duration(ServerSetting.SOCKET_TAKEOVER_WAIT, Duration.ZERO, Duration.ofMinutes(10)));
  }

  private static Path path(SettingReader reader) {
    if (reader.text(ServerSetting.SOCKET_PATH).startsWith("@")) {
      reader.problem(
          ServerSetting.SOCKET_PATH,
          "is an abstract socket, which has no mode: any process on the host network could decrypt",
          "use a path, such as " + ServerSetting.SOCKET_PATH.defaultValue());
    }
    return reader.path(ServerSetting.SOCKET_PATH);
  }

  private static Optional<String> group(String name) {
    if (name.isEmpty()) {
      return Optional.of(name);
    }
    try {
      FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByGroupName(name);
      return Optional.of(name);
    } catch (IOException unknown) {
      return Optional.empty();
    }
  }
}
