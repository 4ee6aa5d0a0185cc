package io.github.keywrap.settings;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An AES key on a token behind PKCS#11, over the JDK's own provider ({@code type: pkcs11}, {@code
 * driver: sunpkcs11}). The provider does not show a key's CKA_ID.
 *
 * @param library of the token's vendor
 * @param token which token; null: the one at {@code slotListIndex}, whichever it is
 * @param slotListIndex place of the token's slot in the list of all slots, from 0; null: anywhere
 * @param pin of the user
 * @param stateDirectory where refused PINs are recorded
 * @param keyLabel CKA_LABEL; no other secret key on the token may have the same
 * @param identity what names the key in ciphertexts: the CKA_ID in hex, or what {@code identity}
 *     says
 * @param checkValue a ciphertext that the key opens; empty: the key is not proved
 */
@SuppressWarnings("ArrayRecordComponent") // compared by identity at most: settings are read once
public record SunPkcs11KeySettings(
    String name,
    LibrarySettings library,
    @Nullable TokenName token,
    @Nullable Integer slotListIndex,
    SecretSource pin,
    Path stateDirectory,
    String keyLabel,
    String identity,
    byte[] checkValue,
    int generation,
    PoolSettings pool)
    implements KeySettings {
  @Override
  public List<SecretSource> secrets() {
    return List.of(pin);
  }
}
