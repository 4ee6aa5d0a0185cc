/**
 * The one loader of settings: YAML or properties file, environment on top, every problem reported
 * in one go with its place and a hint. See ADR 4.
 */
@NullMarked
package io.github.keywrap.config;

import org.jspecify.annotations.NullMarked;
