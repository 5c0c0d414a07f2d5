package dev.bulkhead.app.cluster.scan.node;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Where a node's kubelet listens, as the node's status says.
 *
 * @param node its name
 * @param ip to which a connection is made
 * @param names what its certificate may be for: the node's name and all addresses that the node has
 */
record KubeletAddress(String node, String ip, int port, Set<String> names) {
    private static final Pattern IP = Pattern.compile("[0-9.]{7,15}|[0-9a-fA-F:.]{2,45}");
    private static final int MOST_NAMES = 16;
    private static final int DEFAULT_PORT = 10_250;
    private static final int LARGEST_PORT = 65_535;

    KubeletAddress {
        names = ImmutableCopies.of(names);
    }

    /** Empty if the node has no address of its own inside of the cluster. */
    static Optional<KubeletAddress> of(JsonNode node) {
        String name = node.at("/metadata/name").asText();
        Set<String> names = new TreeSet<>();
        names.add(name);
        Optional<String> ip = Optional.empty();
        for (JsonNode address : node.at("/status/addresses")) {
            String text = address.path("address").asText();
            if (names.size() < MOST_NAMES) {
                names.add(text);
            }
            if (ip.isEmpty() && address.path("type").asText().equals("InternalIP") && isIp(text)) {
                ip = Optional.of(text);
            }
        }
        int port = node.at("/status/daemonEndpoints/kubeletEndpoint/Port").asInt(DEFAULT_PORT);
        return ip.filter(of -> port > 0 && port <= LARGEST_PORT).map(of -> new KubeletAddress(name, of, port, names));
    }

    private static boolean isIp(String text) {
        return IP.matcher(text).matches()
                && (text.indexOf(':') >= 0 || text.chars().filter(c -> c == '.').count() == 3);
    }

    /** The host of an address. */
    String host() {
        return ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip;
    }
}
