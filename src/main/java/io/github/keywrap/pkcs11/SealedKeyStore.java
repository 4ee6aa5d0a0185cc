package io.github.keywrap.pkcs11;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.files.NewFile;
import io.github.keywrap.files.SmallFile;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.SealedKeyPlace;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where a sealed key is kept. Holds one, and never replaces it. */
sealed interface SealedKeyStore {
  /**
   * Reads the sealed key.
   *
   * @param objects of the token; not used by a file
   * @throws KeyUnavailable if it cannot be read, or is not one
   */
  Optional<SealedKey> read(TokenObjects objects);

  /**
   * Writes the sealed key where there is none.
   *
   * @param objects of the token, of a session that writes; not used by a file
   */
  void write(SealedKey key, TokenObjects objects);

  static SealedKeyStore of(Pkcs11KeySettings settings, SealedKeyPlace place) {
    return switch (place) {
      case SealedKeyPlace.InFile(Path path) -> new InFile(path);
      case SealedKeyPlace.OnToken _ -> {
        String label = settings.key().label();
        yield new OnToken((label.isEmpty() ? settings.key().id() : label) + "-sealed");
      }
    };
  }

  /** In a file in PEM. */
  record InFile(Path path) implements SealedKeyStore {
    /** What the file says, without a token. */
    Optional<SealedKey> read() {
      try {
        return Optional.of(
            SealedKey.fromPem(new String(SmallFile.read(path, SealedKey.MAX_PEM), US_ASCII)));
      } catch (NoSuchFileException e) {
        return Optional.empty();
      } catch (IOException e) {
        throw new KeyUnavailable(
            "file %s cannot be read: %s".formatted(path, SystemWords.of(e)), e);
      } catch (SealedKey.MalformedException e) {
        throw new KeyUnavailable(
            "file %s holds no sealed key: %s; restore it from a backup"
                .formatted(path, e.getMessage()),
            e);
      }
    }

    @Override
    public Optional<SealedKey> read(TokenObjects objects) {
      return read();
    }

    @Override
    public void write(SealedKey key, TokenObjects objects) {
      NewFile.write(path, key.toPem().getBytes(US_ASCII));
    }

    @Override
    public String toString() {
      return "file " + path;
    }
  }

  /** In a private data object (PKCS #11 3.1, section 4.5) of the token that opens it. */
  record OnToken(String label) implements SealedKeyStore {
    private static final String APPLICATION = "keywrap";

    @Override
    public Optional<SealedKey> read(TokenObjects objects) {
      long[] handles = objects.find(attributes());
      if (handles.length > 1) {
        throw new KeyUnavailable(
            "%d objects of the token are a %s".formatted(handles.length, this), null);
      }
      if (handles.length == 0) {
        return Optional.empty();
      }
      byte[] value =
          objects
              .attribute(handles[0], Attribute.Type.VALUE)
              .orElseThrow(() -> new KeyUnavailable("%s cannot be read".formatted(this), null));
      try {
        return Optional.of(SealedKey.decode(value));
      } catch (SealedKey.MalformedException e) {
        throw new KeyUnavailable(
            "%s holds no sealed key: %s; delete it, and restore a backup with keygen --restore"
                .formatted(this, e.getMessage()),
            e);
      }
    }

    @Override
    public void write(SealedKey key, TokenObjects objects) {
      List<Attribute> attributes = new java.util.ArrayList<>(attributes());
      attributes.add(Attribute.of(Attribute.Type.TOKEN, true));
      attributes.add(Attribute.of(Attribute.Type.PRIVATE, true));
      attributes.add(Attribute.of(Attribute.Type.MODIFIABLE, false));
      attributes.add(new Attribute(Attribute.Type.VALUE, key.encode()));
      long _ = objects.create(attributes);
    }

    private List<Attribute> attributes() {
      return List.of(
          Attribute.of(Attribute.Type.CLASS, Attribute.DATA),
          Attribute.of(Attribute.Type.APPLICATION, APPLICATION),
          Attribute.of(Attribute.Type.LABEL, label));
    }

    @Override
    public String toString() {
      return "data object \"%s\"".formatted(label);
    }
  }
}
