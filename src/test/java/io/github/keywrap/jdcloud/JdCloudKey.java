package io.github.keywrap.jdcloud;

import static org.awaitility.Awaitility.await;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.config.SettingsLoader;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.fakekms.FakeAccount;
import io.github.keywrap.fakekms.FakeKey;
import io.github.keywrap.fakekms.FakeKms;
import io.github.keywrap.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** A fake KMS with one key and one account, and settings for them in a folder. */
final class JdCloudKey implements AutoCloseable {
  static final byte[] DEK =
      "0123456789abcdef0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  static final String KEY_ID = "k8skmsplugintest";

  final FakeKms kms;
  final FakeKey key;
  final FakeAccount account;
  private final Path folder;
  private final Map<String, String> settings = new TreeMap<>();

  JdCloudKey(Path folder) throws IOException {
    this(folder, FakeKms.start());
  }

  JdCloudKey(Path folder, FakeKms kms) throws IOException {
    this.folder = folder;
    this.kms = kms;
    this.account = kms.account("AKEXAMPLE0001", "SKEXAMPLE0001");
    this.key = kms.key(KEY_ID);
    writeCredentials(account);
    set("active", "k");
    set("state-directory", folder.resolve("state").toString());
    set("health-interval", "200ms");
    set("keys.k.type", "jdcloud");
    set("keys.k.endpoint", kms.endpoint().toString());
    set("keys.k.key-id", KEY_ID);
    set("keys.k.access-key.file", "ak");
    set("keys.k.secret-key.file", "sk");
    set("keys.k.request-timeout", "300ms");
    set("keys.k.version-interval", "100ms");
  }

  JdCloudKey set(String name, String value) {
    settings.put("keywrap." + name, value);
    return this;
  }

  JdCloudKey unset(String name) {
    settings.remove("keywrap." + name);
    return this;
  }

  /** One file after the other, as people and programs do. */
  void writeCredentials(FakeAccount of) throws IOException {
    secret("ak", of.accessKey());
    secret("sk", of.secretKey());
  }

  /** A new file in the place of the old one. */
  void secret(String name, String value) throws IOException {
    Path next = Files.writeString(folder.resolve(name + ".next"), value + "\n");
    Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-------"));
    Files.move(next, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  Settings load() throws IOException {
    StringBuilder properties = new StringBuilder();
    settings.forEach((name, value) -> properties.append(name + "=" + value + "\n"));
    Path file = Files.writeString(folder.resolve("keywrap.properties"), properties);
    return new SettingsLoader(file, Map.of()).load().settings();
  }

  /** The key that the old plugin's JSON names, as a process with that environment opens it. */
  KeyWrapper openFromJson(String endpoint, Map<String, String> environment) throws IOException {
    String[] parts = endpoint.split("://", 2);
    secret(
        "plugin.json",
        """
        { "AccessKey": "%s", "SecretKey": "%s", "KmsSchema": "%s", "KmsEndpoint": "%s",
          "KmsKeyId": "%s", "GRPCSocketPath": "/run/kms.sock" }
        """
            .formatted(account.accessKey(), account.secretKey(), parts[0], parts[1], KEY_ID));
    Map<String, String> all = new TreeMap<>(environment);
    all.put("KEYWRAP_STATE_DIRECTORY", folder.resolve("state").toString());
    all.put("KEYWRAP_KEYS_JDCLOUD_VERSION_TRACKING", "off");
    Path json = folder.resolve("plugin.json");
    return BackEnds.of(SettingsLoader.ofJdCloudPlugin(json, all).load().settings().active()).open();
  }

  KeyWrapper open() throws IOException {
    return BackEnds.of(load().active()).open();
  }

  static WrappedKey wrap(KeyWrapper wrapper) {
    return wrap(wrapper, Duration.ofSeconds(3));
  }

  static WrappedKey wrap(KeyWrapper wrapper, Duration deadline) {
    try (SecretBytes dek = SecretBytes.owning(DEK.clone())) {
      return wrapper.wrap(dek, Deadline.after(deadline));
    }
  }

  /** As v2 does: not before the key id is known. */
  static WrappedKey wrapNamed(KeyWrapper wrapper) {
    await().until(() -> wrapper.currentKeyId().isPresent());
    return wrap(wrapper);
  }

  static byte[] unwrap(KeyWrapper wrapper, WrappedKey wrapped) {
    try (SecretBytes plaintext = wrapper.unwrap(wrapped, Deadline.after(Duration.ofSeconds(3)))) {
      return plaintext.expose().clone();
    }
  }

  @Override
  public void close() {
    kms.close();
  }
}
