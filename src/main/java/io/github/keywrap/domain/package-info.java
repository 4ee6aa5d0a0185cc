/**
 * What keywrap is about, free of any framework: key wrappers, the ring that holds them, key ids,
 * the ciphertext envelope, and the health of a key. Knows {@code java.*} and JSpecify only.
 */
@NullMarked
package io.github.keywrap.domain;

import org.jspecify.annotations.NullMarked;
