/** Files that keywrap reads and writes: bounded when read, on disk when written. */
@NullMarked
package io.github.keywrap.files;

import org.jspecify.annotations.NullMarked;
