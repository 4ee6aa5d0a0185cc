package io.github.keywrap.settings;

import io.github.keywrap.domain.Algorithm;
import java.nio.file.Path;

/**
 * A key on a token behind PKCS#11 ({@code type: pkcs11}).
 *
 * @param library of the token's vendor
 * @param token which one
 * @param pin of the user
 * @param userType {@code CK_USER_TYPE} to log in as
 * @param keyLabel CKA_LABEL; empty: any
 * @param keyId CKA_ID, hex; empty: any
 * @param identity what stands in the key id instead of the CKA_ID; empty: the CKA_ID
 * @param gcmIvLength in bytes
 * @param gcmParameters length of {@code CK_GCM_PARAMS} in bytes
 * @param allowWeakKey whether a key may be used that the token could let go
 * @param stateDirectory where refused PINs are recorded
 */
public record Pkcs11KeySettings(
    String name,
    Path library,
    TokenName token,
    SecretSource pin,
    long userType,
    String keyLabel,
    String keyId,
    String identity,
    Algorithm algorithm,
    GcmIv gcmIv,
    int gcmIvLength,
    int gcmParameters,
    boolean allowWeakKey,
    int generation,
    PoolSettings pool,
    Path stateDirectory)
    implements KeySettings {}
