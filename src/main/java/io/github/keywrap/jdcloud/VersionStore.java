package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywrap.jdcloud.VersionState.Tracked;
import io.github.keywrap.jdcloud.VersionState.Unknown;
import io.github.keywrap.jdcloud.VersionState.Untracked;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps what is known of a key's versions in the state directory, so that the key id is known at
 * the next start whether or not the KMS answers. A file that cannot be read or written costs only
 * that.
 */
final class VersionStore {
  private static final Logger LOG = System.getLogger(VersionStore.class.getName());
  private static final JsonMapper JSON = new JsonMapper();
  private static final FileAttribute<?> PRIVATE_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path file;

  /**
   * @param keyId of the key: letters, digits, dots, hyphens and underscores
   */
  VersionStore(Path directory, String keyId) {
    this.file = directory.resolve("jdcloud-versions-" + keyId + ".json");
  }

  VersionState read() {
    try {
      return Files.exists(file) ? parse(JSON.readTree(Files.readAllBytes(file))) : unknown();
    } catch (JacksonException | DateTimeException | IllegalArgumentException damaged) {
      warn("is damaged and not used");
      return unknown();
    } catch (IOException e) {
      warn("cannot be read");
      return unknown();
    }
  }

  private static VersionState unknown() {
    return new Unknown(Optional.empty());
  }

  private static VersionState parse(JsonNode json) {
    if (!json.path("tracked").asBoolean(true)) {
      return new Untracked();
    }
    Set<String> listed = new HashSet<>();
    json.path("listed").forEach(node -> listed.add(fingerprint(node)));
    KeyVersion newest =
        new KeyVersion(
            fingerprint(json.path("newest")),
            Instant.parse(json.path("created").asText("")),
            KeyStatus.ENABLED);
    listed.add(newest.fingerprint());
    return new Tracked(newest, listed, true, false);
  }

  private static String fingerprint(JsonNode node) {
    String text = node.asText("");
    if (!text.matches("[0-9a-f]{16}")) {
      throw new IllegalArgumentException("no fingerprint");
    }
    return text;
  }

  void write(VersionState state) {
    switch (state) {
      case Unknown _ -> {}
      case Untracked _ -> write(JSON.createObjectNode().put("tracked", false));
      case Tracked tracked -> {
        ObjectNode json =
            JSON.createObjectNode()
                .put("newest", tracked.newest().fingerprint())
                .put("created", tracked.newest().created().toString());
        tracked.listed().stream().sorted().forEach(json.putArray("listed")::add);
        write(json);
      }
    }
  }

  private void write(ObjectNode json) {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null && !Files.isDirectory(folder)) {
        Files.createDirectories(folder, PRIVATE_FOLDER);
      }
      try (FileChannel channel = FileChannel.open(next, CREATE, TRUNCATE_EXISTING, WRITE)) {
        ByteBuffer bytes = UTF_8.encode(json.toString());
        while (bytes.hasRemaining()) {
          int _ = channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      warn("cannot be written: at the next start the key id is known only when the KMS answers");
    }
  }

  private void warn(String what) {
    LOG.log(Level.WARNING, "{0} {1}", file, what);
  }
}
