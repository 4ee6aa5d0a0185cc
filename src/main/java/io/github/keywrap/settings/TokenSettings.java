package io.github.keywrap.settings;

import java.nio.file.Path;

/**
 * A token behind PKCS#11, and how to log in.
 *
 * @param library of the token's vendor
 * @param name which token
 * @param pin of the user
 * @param userType {@code CK_USER_TYPE} to log in as
 * @param stateDirectory where refused PINs are recorded
 */
public record TokenSettings(
    Path library, TokenName name, SecretSource pin, long userType, Path stateDirectory) {}
