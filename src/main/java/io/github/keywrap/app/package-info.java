/** Puts the parts together: opens the keys, starts and stops the program. */
@NullMarked
package io.github.keywrap.app;

import org.jspecify.annotations.NullMarked;
