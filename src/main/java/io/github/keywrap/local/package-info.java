/** Keys in a local keystore file: for trying out, for tests, and where no KMS or HSM is at hand. */
@NullMarked
package io.github.keywrap.local;

import org.jspecify.annotations.NullMarked;
