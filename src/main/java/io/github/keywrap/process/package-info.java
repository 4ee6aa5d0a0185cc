/** What this process asks of the operating system about itself. */
@NullMarked
package io.github.keywrap.process;

import org.jspecify.annotations.NullMarked;
