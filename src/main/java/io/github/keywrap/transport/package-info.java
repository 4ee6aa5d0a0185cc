/** gRPC on a Unix domain socket: both KMS APIs, the socket file, and a client for it. */
@NullMarked
package io.github.keywrap.transport;

import org.jspecify.annotations.NullMarked;
