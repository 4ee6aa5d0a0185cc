package io.github.keywrap.settings;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Set;

/**
 * The socket that kube-apiserver connects to.
 *
 * @param group name of the group that the socket file belongs to; empty: that of the process
 * @param takeoverWait how long to wait for another process to let go of the path
 */
public record SocketSettings(
    Path path, Set<PosixFilePermission> mode, String group, Duration takeoverWait) {
  public SocketSettings {
    mode = Set.copyOf(mode);
  }
}
