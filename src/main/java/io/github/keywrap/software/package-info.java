/** Keys that are in this process's memory, and what they compute. */
@NullMarked
package io.github.keywrap.software;

import org.jspecify.annotations.NullMarked;
