/** A strict stand-in for JD Cloud KMS and STS. */
@NullMarked
package io.github.keywrap.fakekms;

import org.jspecify.annotations.NullMarked;
