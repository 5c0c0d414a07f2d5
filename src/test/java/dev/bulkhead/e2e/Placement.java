package dev.bulkhead.e2e;

import java.util.List;
import java.util.Map;

/**
 * Where the programs of a control plane run, and what they are told beside what every control plane is.
 *
 * @param enter the command that runs another one there; empty for this machine's own network
 * @param address where the API server listens, as this machine reaches it
 * @param port where it listens
 * @param services the range of the Services' addresses
 * @param users further lines of the API server's token file
 * @param options further options, by program
 */
record Placement(
        List<String> enter,
        String address,
        int port,
        String services,
        List<String> users,
        Map<String, List<String>> options) {
    Placement {
        enter = List.copyOf(enter);
        users = List.copyOf(users);
    }

    /** On loopback, with those addresses for Services. */
    static Placement onLoopback(ServiceRange services) {
        return new Placement(
                List.of(),
                "127.0.0.1",
                ControlPlane.freePort(),
                services.cidr(),
                List.of(),
                Map.of(
                        "kube-apiserver", List.of("--bind-address=127.0.0.1"),
                        // A test that plays nodes sends no heartbeats.
                        "kube-controller-manager", List.of("--node-monitor-grace-period=24h")));
    }

    List<String> optionsOf(String program) {
        return options.getOrDefault(program, List.of());
    }
}
