/** A client made with the vendor's own SDK core, for the tests to compare with. */
@NullMarked
package io.github.keywrap.vendor;

import org.jspecify.annotations.NullMarked;
