package io.github.keywrap.local;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.PasswordBasedDecrypter;
import com.nimbusds.jose.crypto.PasswordBasedEncrypter;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.util.Base64URL;
import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.files.NewFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.Map;

/**
 * A file that holds one key, encrypted under a passphrase: a JWK (RFC 7517) of type {@code oct} in
 * a JWE in compact form (RFC 7516), with PBES2-HS512+A256KW and A256GCM (RFC 7518). Id, algorithm
 * and key are all inside of the authenticated encryption. See ADR 2.
 */
final class LocalKeystore {
  /** OWASP's figure for PBKDF2 with HMAC-SHA-512; what it costs to open one is in ADR 2. */
  private static final int ITERATIONS = 210_000;

  private static final int SALT_LENGTH = 16;
  private static final int MAX_LENGTH = 8_192;
  private static final String CONTENT_TYPE = "jwk+json";

  /** RFC 7518 has no name for SM4-GCM; RFC 7517 4.4 wants a collision-resistant one: GM/T 0006. */
  private static final Map<Algorithm, String> JWK_ALGORITHM =
      Map.of(Algorithm.AES_GCM, "A256GCM", Algorithm.SM4_GCM, "urn:oid:1.2.156.10197.1.104.8");

  private final Path path;
  private final String keyName;

  /**
   * Names a file, which need not exist.
   *
   * @param keyName of the key in the settings, for messages
   */
  LocalKeystore(Path path, String keyName) {
    this.path = path;
    this.keyName = keyName;
  }

  /**
   * Opens the keystore.
   *
   * @return the key, the caller's to close
   * @throws OperatorException if it is missing, altered, of another format, or the passphrase is
   *     not its own
   */
  LocalKey read(SecretBytes passphrase) {
    JWEObject jwe = parse();
    try {
      jwe.decrypt(new PasswordBasedDecrypter(passphrase.expose()));
    } catch (JOSEException e) {
      throw new OperatorException(
          "keystore " + path + " does not open: wrong passphrase, or the file was altered",
          "check the key's passphrase setting, or restore the file from a backup");
    }
    return toKey(jwe.getPayload().toString());
  }

  /**
   * Writes a new keystore, durably, readable by its owner only.
   *
   * @throws OperatorException if the file exists or cannot be written; nothing is left behind then
   */
  void create(LocalKey key, SecretBytes passphrase) {
    NewFile.write(path, encrypt(key, passphrase).getBytes(US_ASCII));
  }

  private static String encrypt(LocalKey key, SecretBytes passphrase) {
    OctetSequenceKey jwk =
        new OctetSequenceKey.Builder(Base64URL.encode(key.secret().expose()))
            .keyID(key.id())
            .algorithm(new com.nimbusds.jose.Algorithm(JWK_ALGORITHM.get(key.algorithm())))
            .build();
    JWEHeader header =
        new JWEHeader.Builder(JWEAlgorithm.PBES2_HS512_A256KW, EncryptionMethod.A256GCM)
            .contentType(CONTENT_TYPE)
            .build();
    JWEObject jwe = new JWEObject(header, new Payload(jwk.toJSONString()));
    try {
      jwe.encrypt(new PasswordBasedEncrypter(passphrase.expose(), SALT_LENGTH, ITERATIONS));
    } catch (JOSEException e) {
      throw new IllegalStateException("this JDK lacks an algorithm of RFC 7518", e);
    }
    return jwe.serialize() + "\n";
  }

  private JWEObject parse() {
    try {
      if (Files.size(path) > MAX_LENGTH || !Files.isRegularFile(path)) {
        throw malformed();
      }
      JWEObject jwe = JWEObject.parse(Files.readString(path, US_ASCII).strip());
      if (!JWEAlgorithm.PBES2_HS512_A256KW.equals(jwe.getHeader().getAlgorithm())) {
        throw malformed();
      }
      return jwe;
    } catch (ParseException e) {
      throw malformed();
    } catch (NoSuchFileException e) {
      throw new OperatorException(
          "keystore " + path + " does not exist",
          "make it: keywrap keygen --config FILE --key " + keyName);
    } catch (IOException e) {
      throw new OperatorException(
          "keystore " + path + " cannot be read: " + SystemWords.of(e),
          "check that this user may read it");
    }
  }

  private LocalKey toKey(String json) {
    try {
      OctetSequenceKey jwk = OctetSequenceKey.parse(json);
      Algorithm algorithm =
          JWK_ALGORITHM.entrySet().stream()
              .filter(entry -> entry.getValue().equals(String.valueOf(jwk.getAlgorithm())))
              .map(Map.Entry::getKey)
              .findFirst()
              .orElseThrow(this::malformed);
      return new LocalKey(jwk.getKeyID(), algorithm, SecretBytes.owning(jwk.toByteArray()));
    } catch (ParseException | IllegalArgumentException e) {
      throw malformed();
    }
  }

  private OperatorException malformed() {
    return new OperatorException(
        "file " + path + " is not a keystore of keywrap",
        "name the file that \"keywrap keygen\" made, or restore it from a backup");
  }
}
