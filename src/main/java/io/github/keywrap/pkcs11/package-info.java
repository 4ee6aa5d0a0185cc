/**
 * Keys on a token behind PKCS#11: an HSM, a smart card, SoftHSM. CryptokiLibrary → Token → Session
 * → Mechanism, over {@code java.lang.foreign}. Sections are those of OASIS PKCS #11 Specification
 * Version 3.1; layouts are those of 64-bit Unix, where {@code CK_ULONG} has 8 bytes.
 */
@NullMarked
package io.github.keywrap.pkcs11;

import org.jspecify.annotations.NullMarked;
