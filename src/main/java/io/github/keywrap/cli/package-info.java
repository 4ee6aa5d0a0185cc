/** The command line: the only place with console output and exit codes. */
@NullMarked
package io.github.keywrap.cli;

import org.jspecify.annotations.NullMarked;
