package io.github.keywrap.settings;

import java.nio.file.Path;

/**
 * A token behind PKCS#11, and how to log in.
 *
 * @param library of the token's vendor
 * @param name which token
 * @param login of the user that wraps
 * @param makerLogin of the user that makes keys, often the same
 * @param writes whether sessions are read/write, as some tokens want them; otherwise only that of
 *     {@code keygen} is
 * @param stateDirectory where refused PINs are recorded
 */
public record TokenSettings(
    LibrarySettings library,
    TokenName name,
    LoginSettings login,
    LoginSettings makerLogin,
    boolean writes,
    Path stateDirectory) {}
