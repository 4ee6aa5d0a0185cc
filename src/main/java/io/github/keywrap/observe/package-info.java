/** What operators see: metrics and the health endpoints. */
@NullMarked
package io.github.keywrap.observe;

import org.jspecify.annotations.NullMarked;
