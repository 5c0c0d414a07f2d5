package dev.bulkhead.app.cluster.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.bulkhead.app.cluster.scan.InstalledSettings;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.engine.policy.document.PolicyReader;
import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import java.util.Optional;

/**
 * Where an installation is, and how it is set up, by the environment of its Deployment; the chart's defaults where there is
 * none, or it cannot be read.
 *
 * @param home its namespace
 * @param name of its Deployment, Service, Lease, ConfigMap and webhook configurations
 * @param account its ServiceAccount
 * @param certificate the Secret with what it serves
 * @param issues whether it issues and stores its certificate itself
 * @param watchesVolumes whether it watches PersistentVolumes
 * @param recreates whether it recreates deleted webhook configurations
 * @param sparesCalls whether calls of {@code /mutate} are spared, which depends on the webhooks of others
 * @param writesEvents whether it writes events about what it refuses
 * @param images the ConfigMap with what was found out about images, if it reads one
 * @param secondLayer how many policies of the second layer there may be with each effect; 0 if there is none
 * @param console the process that scans what runs, if it is installed
 */
public record Place(
        String home,
        String name,
        String account,
        String certificate,
        boolean issues,
        boolean watchesVolumes,
        boolean recreates,
        boolean sparesCalls,
        boolean writesEvents,
        Optional<String> images,
        int secondLayer,
        Optional<ConsolePlace> console,
        Terms terms) {
    private static final String NAME = "bulkhead";

    /** The installation of that Deployment.
     *
     * @param console the Deployment of what scans
     */
    public static Place of(String home, Optional<JsonNode> deployment, Optional<JsonNode> console) {
        JsonNode found = deployment.orElse(MissingNode.getInstance());
        JsonNode pod = found.at("/spec/template/spec");
        InstalledSettings settings = InstalledSettings.of(found, home);
        String name = found.at("/metadata/name").asText(NAME);
        return new Place(
                home,
                name,
                pod.path("serviceAccountName").asText(name),
                variable(pod, "BULKHEAD_TLS_SECRET").or(() -> mounted(pod)).orElse(name + "-certificate"),
                variable(pod, "BULKHEAD_TLS_SECRET").isPresent(),
                isOn(pod, "BULKHEAD_CLUSTER_PERSISTENT_VOLUMES"),
                variable(pod, "BULKHEAD_CLUSTER_REPAIR").filter("all"::equals).isPresent(),
                isOn(pod, "BULKHEAD_CLUSTER_SPARE_MUTATE_CALLS"),
                isOn(pod, "BULKHEAD_REFUSALS_EVENTS"),
                variable(pod, "BULKHEAD_CLUSTER_IMAGES"),
                variable(pod, "BULKHEAD_CLUSTER_SECOND_LAYER")
                        .filter(number -> number.matches("[0-9]{1,3}"))
                        .map(Integer::parseInt)
                        .orElse(0),
                console.map(ConsolePlace::of),
                new Terms(
                        settings.builtIn(),
                        settings.defaultPolicy(),
                        settings.exemptionNamespaces(),
                        variable(pod, "BULKHEAD_EXEMPTIONS_MAX_DURATION")
                                .flatMap(Place::duration)
                                .orElse(PolicyReader.LONGEST_EXEMPTION)));
    }

    static Optional<String> variable(JsonNode pod, String name) {
        for (JsonNode variable : pod.at("/containers/0/env")) {
            if (variable.path("name").asText().equals(name)) {
                return Optional.of(variable.path("value").asText()).filter(value -> !value.isEmpty());
            }
        }
        return Optional.empty();
    }

    static boolean isOn(JsonNode pod, String name) {
        return variable(pod, name).filter(Boolean::parseBoolean).isPresent();
    }

    private static Optional<String> mounted(JsonNode pod) {
        for (JsonNode volume : pod.path("volumes")) {
            String secret = volume.at("/secret/secretName").asText();
            if (!secret.isEmpty()) {
                return Optional.of(secret);
            }
        }
        return Optional.empty();
    }

    private static Optional<Duration> duration(String text) {
        try {
            return Optional.of(DurationConverter.parseDuration(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
