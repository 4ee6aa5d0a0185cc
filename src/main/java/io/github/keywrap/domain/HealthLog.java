package io.github.keywrap.domain;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Tells what changes in how one key does: a line for a change, none for what stays as it was. Not
 * thread-safe.
 */
final class HealthLog {
  private static final Logger LOG = System.getLogger(HealthLog.class.getName());

  private final String name;
  private KeyCondition lastCondition = new KeyCondition.Sound();

  /**
   * @param name of the key in the settings
   */
  HealthLog(String name) {
    this.name = name;
  }

  /** A probe has ended. */
  void probed(KeyHealth before, Reads readsBefore, KeyHealth health, Reads reads) {
    if (before.getClass() == health.getClass() && readsBefore == reads) {
      return;
    }
    switch (health) {
      case KeyHealth.Unknown _ -> {}
      case KeyHealth.Healthy healthy ->
          LOG.log(Level.INFO, "key \"{0}\" works; its key id is {1}", name, healthy.keyId());
      case KeyHealth.Unnamed _ ->
          LOG.log(Level.INFO, "key \"{0}\" works; KMS v2 waits until its key id is known", name);
      case KeyHealth.Outage outage -> warn("is unavailable", outage.cause(), reads);
      case KeyHealth.Suspect suspect -> warn("may be lost", suspect.cause(), reads);
      case KeyHealth.Lost lost ->
          LOG.log(
              Level.ERROR,
              "key \"{0}\" is lost; if it is the active one, kube-apiserver is told to stop writing:"
                  + " {1}",
              name,
              lost.cause().getMessage());
    }
  }

  private void warn(String what, KmsException cause, Reads reads) {
    LOG.log(
        Level.WARNING, "key \"{0}\" {1}: {2}{3}", name, what, cause.getMessage(), reads.words());
  }

  /** What else there is to know of the key now. */
  void condition(KeyCondition condition) {
    if (condition.equals(lastCondition)) {
      return;
    }
    boolean wasSound = lastCondition instanceof KeyCondition.Noted;
    lastCondition = condition;
    switch (condition) {
      case KeyCondition.Sound _ ->
          LOG.log(
              Level.INFO,
              wasSound
                  ? "key \"{0}\": nothing is to be noted any more"
                  : "key \"{0}\" is sound again",
              name);
      case KeyCondition.Noted(String reason) ->
          LOG.log(Level.INFO, "key \"{0}\" works; note: {1}", name, reason);
      case KeyCondition.Impaired(String reason) ->
          LOG.log(Level.WARNING, "key \"{0}\" works, but: {1}", name, reason);
      case KeyCondition.NeedsRestart(String reason) ->
          LOG.log(Level.ERROR, "key \"{0}\" needs a restart of keywrap: {1}", name, reason);
    }
  }

  /** A probe did not end as a probe should. */
  void defect(Throwable defect) {
    LOG.log(
        Level.ERROR,
        "probe of key \"{0}\" hit a defect in keywrap: {1}",
        name,
        DefectTrace.of(defect));
  }

  /** Whether the key opens what it wrapped could not be found out. */
  void readsUntold(Throwable defect) {
    LOG.log(
        Level.DEBUG,
        "what key \"{0}\" wrapped could not be tried: {1}",
        name,
        DefectTrace.of(defect));
  }
}
