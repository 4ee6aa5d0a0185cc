package io.github.keywrap.device;

import io.github.keywrap.device.DeviceException.OfPin;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SystemWords;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Logs in, and never tries one PIN twice: three wrong tries lock a token, and with it every Secret.
 * A try is on disk before it is made, and a refusal before anybody hears of it; it holds until the
 * PIN's source changes or an operator says {@code keywrap pin retry}. Where that cannot be
 * recorded, no PIN is tried.
 */
public final class PinGuard {
  /** Refusals of this process that could not be written, by file and source. */
  private static final Set<String> UNWRITTEN = ConcurrentHashMap.newKeySet();

  private final PinRecords records;

  public PinGuard(Path stateDirectory) {
    this.records = new PinRecords(stateDirectory);
  }

  /**
   * One user's PIN at one token.
   *
   * @param place of the PIN, for messages
   * @param source what the place looks like now; another one has another PIN
   * @param hint for the end of a message that tells of a refusal
   */
  public record Attempt(
      DeviceIdentity token, long userType, String place, String source, String hint) {
    /** The source of what nobody can look at. */
    public static final String UNSEEN = "that cannot be seen";

    /** When it is tried again, once it was refused. */
    String until() {
      return source.equals(UNSEEN)
          ? "until you say: keywrap pin retry"
          : "until that changes or you say: keywrap pin retry";
    }
  }

  /**
   * Logs in.
   *
   * @param login tries the PIN once at most
   * @return what {@code login} returns
   * @throws AccessDenied if the token refuses the PIN, or it is not tried because it has before
   * @throws BackendUnavailable if it cannot be tried now
   * @throws DeviceException if the login fails and nobody looked at the PIN
   */
  public boolean logIn(Attempt attempt, Deadline deadline, BooleanSupplier login) {
    try (LoginLock _ = records.lock(attempt.token(), deadline)) {
      PinRecord record = records.of(attempt.token(), attempt.userType(), attempt.place());
      refuseSecondTry(attempt, record);
      record.trying(attempt.source(), about(attempt, ""));
      return logIn(attempt, record, login);
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the PIN of token %s is not tried, because a refusal could not be recorded in %s: %s"
              .formatted(attempt.token(), records.directory(), SystemWords.withPath(e)),
          e);
    }
  }

  private void refuseSecondTry(Attempt attempt, PinRecord record) throws IOException {
    Optional<PinRecord> refusal =
        records.refusal(attempt.token(), attempt.userType(), attempt.source());
    if (refusal.isPresent() || UNWRITTEN.contains(unwritten(attempt, record))) {
      throw new AccessDenied(
          "token %s has refused the PIN in %s%s; it is not tried again %s%s"
              .formatted(
                  attempt.token(),
                  attempt.place(),
                  refusal.isPresent() ? refusal.get().told() : "",
                  attempt.until(),
                  attempt.hint()),
          null);
    }
    if (record.pauses(attempt.source())) {
      throw new BackendUnavailable(
          ("keywrap has ended twice while it tried the PIN in %s at token %s; it is tried again ten"
                  + " minutes after the last time, or when you say: keywrap pin retry")
              .formatted(attempt.place(), attempt.token()),
          null);
    }
  }

  private boolean logIn(Attempt attempt, PinRecord record, BooleanSupplier login)
      throws IOException {
    boolean isNew;
    try {
      isNew = login.getAsBoolean();
    } catch (PinRefusedException e) {
      throw refused(attempt, record, e.answer(), e.evidence());
    } catch (DeviceException e) {
      if (e.ofPin() == OfPin.UNTRIED) {
        record.forget();
        throw e;
      }
      boolean isPlain = e.ofPin() == OfPin.REFUSED;
      throw refused(attempt, record, e, isPlain ? "" : ", which may mean a wrong PIN");
    } catch (KmsException | OperatorException notTried) {
      record.forget();
      throw notTried;
    }
    record.forget();
    return isNew;
  }

  private static AccessDenied refused(
      Attempt attempt, PinRecord record, DeviceException answer, String evidence) {
    try {
      record.refused(attempt.source(), about(attempt, answer.getMessage() + evidence));
    } catch (IOException onDiskAsATryThatDidNotEnd) {
      boolean _ = UNWRITTEN.add(unwritten(attempt, record));
    }
    return new AccessDenied(
        "token %s refused the PIN in %s: %s%s; it is not tried again %s%s"
            .formatted(
                attempt.token(),
                attempt.place(),
                answer.answer(),
                evidence,
                attempt.until(),
                attempt.hint()),
        answer);
  }

  private static String unwritten(Attempt attempt, PinRecord record) {
    return record.file() + "\n" + attempt.source();
  }

  private static String about(Attempt attempt, String answer) {
    return "token %s%nlibrary %s%nuser type 0x%x%nplace %s%nanswer %s%nat %s"
        .formatted(
            attempt.token(),
            attempt.token().library(),
            attempt.userType(),
            attempt.place(),
            answer,
            Instant.now());
  }
}
