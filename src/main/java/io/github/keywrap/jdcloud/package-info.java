/** Keys in JD Cloud KMS, over its open API. Knows HTTP and JSON, and no framework. */
@NullMarked
package io.github.keywrap.jdcloud;

import org.jspecify.annotations.NullMarked;
