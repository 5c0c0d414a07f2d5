package dev.bulkhead.app.cluster.scan.node;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/** Names and addresses of nodes, as they are compared. An IPv6 address can be written in many ways. */
final class NodeName {
    private NodeName() {}

    /** The one way to write it. Asks no name server. */
    static String canonical(String name) {
        if (name.indexOf(':') < 0) {
            return name.toLowerCase(Locale.ROOT);
        }
        String address = name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
        try {
            // With a colon it is an address, or refused.
            return InetAddress.getByName(address).getHostAddress();
        } catch (UnknownHostException e) {
            return name.toLowerCase(Locale.ROOT);
        }
    }
}
