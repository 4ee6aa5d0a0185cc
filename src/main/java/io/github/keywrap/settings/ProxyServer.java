package io.github.keywrap.settings;

import java.util.Optional;

/**
 * An HTTP proxy.
 *
 * @param isTls whether it is spoken to over TLS
 * @param login basic authentication (RFC 7617)
 */
public record ProxyServer(boolean isTls, HostAndPort place, Optional<ProxyLogin> login) {}
