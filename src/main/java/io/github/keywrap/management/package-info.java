/**
 * The HTTP endpoint for health and metrics, which any local user may reach: what strangers do to it
 * costs the process next to nothing.
 */
@NullMarked
package io.github.keywrap.management;

import org.jspecify.annotations.NullMarked;
