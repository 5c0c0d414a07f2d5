package dev.bulkhead.app.registry;

import java.net.InetAddress;

/** From where an address can be reached. */
enum NetworkScope {
    PUBLIC,
    PRIVATE,
    LINK_LOCAL,
    THIS_MACHINE;

    static NetworkScope of(InetAddress address) {
        if (address.isLoopbackAddress() || address.isAnyLocalAddress()) {
            return THIS_MACHINE;
        }
        if (address.isLinkLocalAddress()) {
            return LINK_LOCAL;
        }
        return address.isSiteLocalAddress() || isPrivate(address.getAddress()) ? PRIVATE : PUBLIC;
    }

    /** Unique local addresses of IPv6 (fc00::/7), and those that providers share (100.64.0.0/10). */
    private static boolean isPrivate(byte[] address) {
        return address.length == 16 ? (address[0] & 0xfe) == 0xfc : address[0] == 100 && (address[1] & 0xc0) == 64;
    }
}
