package dev.bulkhead.app.cluster.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the console's process is set up, by the environment of its Deployment.
 *
 * @param account its ServiceAccount
 * @param certificate the Secret with what it serves; empty where it serves no TLS
 * @param on what is switched on, by the names of the variables
 * @param reportsApi which API it writes reports by
 * @param images the ConfigMap in which it records what it found out about images
 * @param nodeStatistics the ServiceAccount by whose tokens it asks kubelets
 */
public record ConsolePlace(
        String account,
        Optional<String> certificate,
        Set<String> on,
        String reportsApi,
        Optional<String> images,
        Optional<String> nodeStatistics) {
    private static final String CERTIFICATE_VOLUME = "console-tls";

    private static final Set<String> SWITCHES = Set.of(
            "BULKHEAD_CLUSTER_PERSISTENT_VOLUMES",
            "BULKHEAD_SCAN_START_FAILURES",
            "BULKHEAD_REPORTS_ENABLED",
            "BULKHEAD_SCAN_REGISTRIES_PULL_SECRETS",
            "BULKHEAD_SCAN_NODE_STATS_ENABLED",
            "BULKHEAD_CONSOLE_ENABLED");

    public ConsolePlace {
        on = ImmutableCopies.of(on);
    }

    static ConsolePlace of(JsonNode deployment) {
        JsonNode pod = deployment.at("/spec/template/spec");
        Set<String> on = new TreeSet<>();
        SWITCHES.stream().filter(name -> Place.isOn(pod, name)).forEach(on::add);
        return new ConsolePlace(
                pod.path("serviceAccountName")
                        .asText(deployment.at("/metadata/name").asText()),
                certificate(pod),
                on,
                Place.variable(pod, "BULKHEAD_REPORTS_API").orElse("auto"),
                Place.variable(pod, "BULKHEAD_CLUSTER_IMAGES"),
                Place.variable(pod, "BULKHEAD_SCAN_NODE_STATS_ACCOUNT"));
    }

    private static Optional<String> certificate(JsonNode pod) {
        return pod.path("volumes")
                .valueStream()
                .filter(volume -> volume.path("name").asText().equals(CERTIFICATE_VOLUME))
                .map(volume -> volume.at("/secret/secretName").asText())
                .filter(name -> !name.isEmpty())
                .findFirst();
    }

    boolean isOn(String variable) {
        return on.contains(variable);
    }
}
