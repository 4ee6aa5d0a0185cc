package io.github.keywrap.fakekms;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key of the fake. Its blobs are AES-GCM and name the version that made them; the real service's
 * format is not known. What it is made of follows from its seed, so that a fake that is started
 * again with the same seed opens what it made before.
 */
public final class FakeKey {
  static final int ENABLED = 0;
  static final int DISABLED = 1;
  static final int PENDING_DELETION = 2;

  private static final int IV_LENGTH = 12;
  private static final int NAME_LENGTH = 12;

  private final String id;
  private final byte[] seed;
  private final SecureRandom random = new SecureRandom();
  private final List<FakeVersion> versions = new CopyOnWriteArrayList<>();
  private volatile int status = ENABLED;
  private volatile Instant nextCreation;
  private volatile boolean hidesNewest;
  private volatile boolean encryptsUnderAnyVersion;
  private final AtomicInteger falseLists = new AtomicInteger();

  FakeKey(String id, byte[] seed, Instant created) {
    this.id = id;
    this.seed = seed.clone();
    this.nextCreation = created.truncatedTo(ChronoUnit.SECONDS);
    rotate();
  }

  public String id() {
    return id;
  }

  int status() {
    return status;
  }

  public void enable() {
    status = ENABLED;
  }

  public void disable() {
    status = DISABLED;
  }

  public void scheduleDeletion() {
    status = PENDING_DELETION;
  }

  /** Makes a new version, a minute younger than the last. */
  public synchronized void rotate() {
    String number = Integer.toString(versions.size());
    byte[] secret = derive("secret", number);
    String name = HexFormat.of().formatHex(derive("name", number)).substring(0, NAME_LENGTH);
    versions.add(new FakeVersion(name, nextCreation, secret));
    nextCreation = nextCreation.plus(1, ChronoUnit.MINUTES);
  }

  public int versionCount() {
    return versions.size();
  }

  public void disableNewestVersion() {
    versions.getLast().status = DISABLED;
  }

  public void enableNewestVersion() {
    versions.getLast().status = ENABLED;
  }

  public void disableFirstVersion() {
    versions.getFirst().status = DISABLED;
  }

  /** Its name in the list. */
  public String firstVersion() {
    return versions.getFirst().name;
  }

  /** As after its deletion has come true. */
  public void dropNewestVersion() {
    versions.removeLast();
  }

  /** The same of the oldest version. */
  public void dropOldestVersion() {
    versions.removeFirst();
  }

  /** The newest version is made, and opens, but is missing from the list. */
  public void hideNewestVersion() {
    hidesNewest = true;
  }

  /** Lists what there is, again. */
  public void showAllVersions() {
    hidesNewest = false;
    falseLists.set(0);
  }

  /** The next lists have a newer version each that there is not, and no two the same. */
  public void listFalsely(int times) {
    falseLists.set(times);
  }

  /** A version like any other, but for the time at which it says that it was made. */
  public synchronized void rotateAt(Instant created) {
    nextCreation = created.truncatedTo(ChronoUnit.SECONDS);
    rotate();
  }

  /** Where the newest version is disabled, the one before it encrypts. */
  public void encryptUnderAnyVersion() {
    encryptsUnderAnyVersion = true;
  }

  /** All versions, in an order that says nothing. */
  List<FakeVersion> listed() {
    List<FakeVersion> shuffled = new ArrayList<>(versions);
    if (hidesNewest) {
      shuffled.removeLast();
    }
    int left = falseLists.getAndUpdate(before -> Math.max(0, before - 1));
    if (left > 0) {
      shuffled.add(new FakeVersion("of-another-key-" + left, nextCreation, new byte[0]));
    }
    Collections.shuffle(shuffled, new Random(versions.size()));
    return shuffled;
  }

  /** Whether there is a version that may encrypt. */
  boolean isUsable() {
    return status == ENABLED && encrypting().status == ENABLED;
  }

  private FakeVersion encrypting() {
    return versions.reversed().stream()
        .filter(version -> version.status == ENABLED && encryptsUnderAnyVersion)
        .findFirst()
        .orElse(versions.getLast());
  }

  byte[] encrypt(byte[] plaintext) {
    byte[] iv = new byte[IV_LENGTH];
    random.nextBytes(iv);
    FakeVersion newest = encrypting();
    byte[] name = HexFormat.of().parseHex(newest.name);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, newest, iv).doFinal(plaintext);
      return ByteBuffer.allocate(name.length + iv.length + sealed.length)
          .put(name)
          .put(iv)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Empty if the blob is not one of this key, or of a version that may not be used. */
  Optional<byte[]> decrypt(byte[] blob) {
    int nameLength = NAME_LENGTH / 2;
    if (blob.length < nameLength + IV_LENGTH) {
      return Optional.empty();
    }
    String name = HexFormat.of().formatHex(blob, 0, nameLength);
    Optional<FakeVersion> version =
        versions.stream().filter(v -> v.name.equals(name) && v.status == ENABLED).findFirst();
    if (version.isEmpty()) {
      return Optional.empty();
    }
    byte[] iv = Arrays.copyOfRange(blob, nameLength, nameLength + IV_LENGTH);
    int offset = nameLength + IV_LENGTH;
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, version.get(), iv);
      return Optional.of(cipher.doFinal(blob, offset, blob.length - offset));
    } catch (AEADBadTagException altered) {
      return Optional.empty();
    } catch (GeneralSecurityException tooShort) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, FakeVersion version, byte[] iv) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(version.secret, "AES"), new GCMParameterSpec(128, iv));
    cipher.updateAAD(id.getBytes(UTF_8));
    return cipher;
  }

  private byte[] derive(String purpose, String number) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(seed);
      return digest.digest((purpose + "/" + id + "/" + number).getBytes(UTF_8));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
