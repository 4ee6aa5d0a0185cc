package io.github.keywrap.pkcs11;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the one AES key that the settings mean, and refuses one that the token could let go. */
final class KeyFinder {
  /** A CKA_ID that is shorter, such as 01, may name another key on another token. */
  static final int LEAST_ID = 8;

  private static final int MOST_LISTED = 10;

  private final Pkcs11KeySettings settings;

  KeyFinder(Pkcs11KeySettings settings) {
    this.settings = settings;
  }

  /** A key on a token, while a login lasts. */
  record Found(long handle, String identity) {}

  /**
   * Finds the key.
   *
   * @throws KeyUnavailable if not exactly one key fits, or it may not be used as it is
   */
  Found find(Session session, Deadline deadline) {
    long[] handles = session.find(template(), deadline);
    if (handles.length != 1) {
      throw new KeyUnavailable(
          "%s AES keys with %s are on the token; it has: %s"
              .formatted(
                  handles.length == 0 ? "no" : handles.length,
                  wanted(),
                  listAll(session, deadline)),
          null);
    }
    new KeyRequirements(settings, session, handles[0], deadline).check();
    return new Found(handles[0], identity(session, handles[0], deadline));
  }

  /** How many keys have the label of the settings, or the id. */
  boolean isTaken(Session session, Deadline deadline) {
    return !settings.keyLabel().isEmpty()
            && session.find(List.of(SECRET_KEY, label()), deadline).length > 0
        || !settings.keyId().isEmpty()
            && session.find(List.of(SECRET_KEY, id()), deadline).length > 0;
  }

  private static final Attribute SECRET_KEY =
      Attribute.of(Attribute.Type.CLASS, Attribute.SECRET_KEY);

  private List<Attribute> template() {
    List<Attribute> template = new ArrayList<>();
    template.add(SECRET_KEY);
    template.add(Attribute.of(Attribute.Type.KEY_TYPE, Attribute.AES));
    if (!settings.keyLabel().isEmpty()) {
      template.add(label());
    }
    if (!settings.keyId().isEmpty()) {
      template.add(id());
    }
    return template;
  }

  private Attribute label() {
    return Attribute.of(Attribute.Type.LABEL, settings.keyLabel());
  }

  private Attribute id() {
    return new Attribute(Attribute.Type.ID, HexFormat.of().parseHex(settings.keyId()));
  }

  private String wanted() {
    String byLabel = settings.keyLabel().isEmpty() ? "" : "label \"" + settings.keyLabel() + "\"";
    String byId = settings.keyId().isEmpty() ? "" : "id " + settings.keyId();
    return byLabel + (byLabel.isEmpty() || byId.isEmpty() ? "" : " and ") + byId;
  }

  private static String listAll(Session session, Deadline deadline) {
    long[] all = session.find(List.of(SECRET_KEY), deadline);
    String list =
        Arrays.stream(all)
            .limit(MOST_LISTED)
            .mapToObj(key -> describe(session, key, deadline))
            .collect(Collectors.joining(", "));
    return all.length == 0
        ? "no secret key"
        : list + (all.length > MOST_LISTED ? ", and " + (all.length - MOST_LISTED) + " more" : "");
  }

  private static String describe(Session session, long key, Deadline deadline) {
    String label =
        session
            .attribute(key, Attribute.Type.LABEL, deadline)
            .map(bytes -> new String(bytes, UTF_8))
            .orElse("?");
    return "\"" + label + "\" (id " + hexId(session, key, deadline) + ")";
  }

  private static String hexId(Session session, long key, Deadline deadline) {
    return session
        .attribute(key, Attribute.Type.ID, deadline)
        .map(HexFormat.of()::formatHex)
        .orElse("");
  }

  private String identity(Session session, long key, Deadline deadline) {
    if (!settings.identity().isEmpty()) {
      return settings.identity();
    }
    String id = hexId(session, key, deadline);
    if (id.length() < 2 * LEAST_ID) {
      throw new KeyUnavailable(
          ("the key's CKA_ID is \"%s\", too short to tell it from all other keys; set identity: to"
                  + " a name that no other key ever had or will have")
              .formatted(id),
          null);
    }
    return id;
  }
}
