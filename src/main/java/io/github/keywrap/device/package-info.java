/**
 * A key that stays in a device which may go away and come back: connection, proof, recovery, PINs
 * that are tried once. Knows nothing of the interface that the device is called by.
 */
@NullMarked
package io.github.keywrap.device;

import org.jspecify.annotations.NullMarked;
