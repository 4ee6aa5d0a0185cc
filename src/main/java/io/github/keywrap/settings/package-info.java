/** The settings as plain records, checked, and where secrets come from. */
@NullMarked
package io.github.keywrap.settings;

import org.jspecify.annotations.NullMarked;
