package org.buildchain.substituter.http;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Who is at the other end of a connection.
 *
 * @param address where its bytes come from; a proxy's, if one stands between
 * @param certificate the name in the certificate that it has shown (RFC 2253), which TLS has
 *     checked: whoever issued it chose the text
 */
public record Peer(InetAddress address, Optional<String> certificate) {}
