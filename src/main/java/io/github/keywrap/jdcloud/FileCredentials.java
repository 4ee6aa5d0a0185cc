package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.LogBudget;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.settings.CredentialSettings;
import io.github.keywrap.settings.SecretSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Credentials as the settings name them, read again when they change, as one set. A set that the
 * service refuses does not take the place of one that it took before: half of a change, seen while
 * the files are being replaced, costs no call.
 */
final class FileCredentials implements CredentialSource {
  private static final Logger LOG = System.getLogger(FileCredentials.class.getName());
  private static final long PAUSE = Duration.ofSeconds(1).toNanos();

  private final CredentialSettings settings;
  private volatile Credentials current;

  /** Of each source, of the set that was read last. Guarded by this. */
  private List<String> identity;

  /** Of the set that was accepted last, or the first. Guarded by this. */
  private List<String> acceptedIdentity;

  /** The set to try when the current one is refused: the one before, or the one in the files. */
  private volatile @Nullable Credentials other;

  private volatile boolean isFromFiles = true;
  private volatile @Nullable String trouble;
  private final LogBudget refusalsTold = new LogBudget(Duration.ofMinutes(1));
  private volatile long nextLook = System.nanoTime() + PAUSE;

  /**
   * @throws OperatorException if they cannot be read
   */
  FileCredentials(CredentialSettings settings) {
    this.settings = settings;
    this.identity = identity();
    this.acceptedIdentity = identity;
    this.current = read();
  }

  @Override
  public Credentials current(Deadline deadline) {
    if (System.nanoTime() - nextLook >= 0) {
      look();
    }
    return current;
  }

  @Override
  public void accepted(Credentials used) {
    if (used == current && isFromFiles && other != null) {
      settle(used);
    }
  }

  private synchronized void settle(Credentials used) {
    if (used == current && isFromFiles) {
      other = null;
      trouble = null;
      acceptedIdentity = identity;
      LOG.log(Level.INFO, "the new credentials work");
    }
  }

  @Override
  public synchronized Optional<Credentials> afterRefusal(Credentials refused, Deadline deadline) {
    look();
    Credentials next = other;
    if (current == refused && next != null) {
      if (isFromFiles) {
        trouble =
            "the new credentials (%s) are refused, and the ones before are used still"
                .formatted(changed());
        if (refusalsTold.take()) {
          LOG.log(Level.WARNING, "{0}{1}", trouble, refusalsTold.leftOut());
        }
      }
      isFromFiles = !isFromFiles;
      other = refused;
      current = next;
    }
    return current == refused ? Optional.empty() : Optional.of(current);
  }

  /** Reads a new set if there is one and it is whole: nothing moved while it was read. */
  private synchronized void look() {
    nextLook = System.nanoTime() + PAUSE;
    try {
      List<String> before = identity();
      if (before.equals(identity)) {
        return;
      }
      Credentials read = read();
      if (!before.equals(identity())) {
        return;
      }
      // The one to go back to is one that was taken, not one that was never tried.
      other = isFromFiles && other != null ? other : current;
      current = read;
      isFromFiles = true;
      identity = before;
      trouble = null;
    } catch (OperatorException e) {
      String reason = "the new credentials cannot be read, and the ones before are used still: ";
      if (trouble == null) {
        LOG.log(Level.WARNING, "{0}{1}", reason, e.getMessage());
      }
      trouble = reason + e.getMessage();
    }
  }

  private Stream<SecretSource> sources() {
    return Stream.concat(
        Stream.of(settings.accessKey(), settings.secretKey()), settings.sessionToken().stream());
  }

  private List<String> identity() {
    return sources().map(SecretSource::identity).toList();
  }

  /** What is not what it was when the credentials were good. */
  private synchronized String changed() {
    List<SecretSource> sources = sources().toList();
    return IntStream.range(0, sources.size())
        .filter(i -> !identity.get(i).equals(acceptedIdentity.get(i)))
        .mapToObj(i -> sources.get(i).place())
        .distinct()
        .collect(joining(", "));
  }

  private Credentials read() {
    try (SecretBytes secretKey = settings.secretKey().read()) {
      return new Credentials(
          text(settings.accessKey()),
          secretKey,
          settings.sessionToken().map(FileCredentials::text));
    }
  }

  /** It goes into a header: anything else would be a broken or forged one. */
  private static String text(SecretSource source) {
    try (SecretBytes bytes = source.read()) {
      String text = new String(bytes.expose(), UTF_8);
      if (!text.matches("[!-~]+")) {
        throw new OperatorException(
            source.description() + " has a space or a character that is not ASCII",
            "write it on one line, without quotes");
      }
      return text;
    }
  }

  @Override
  public KeyCondition condition() {
    String reason = trouble;
    return reason == null ? new KeyCondition.Sound() : new KeyCondition.Impaired(reason);
  }

  @Override
  public void close() {}
}
