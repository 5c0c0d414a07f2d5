package dev.bulkhead.app.cluster.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import dev.bulkhead.Yaml;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributes;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What doctor asks for is what the chart grants. */
class GateRightsTest {
    private static final String HOME = "bulkhead-system";

    /** Granted as well, but the webhook works without: it lists and watches, or gets and watches, these. */
    private static final Set<String> SPARE = Set.of(
            "get namespaces",
            "get leastprivilegepolicies.bulkhead.dev",
            "get exemptions.bulkhead.dev",
            "get runtimeclasses.node.k8s.io",
            "list mutatingwebhookconfigurations.admissionregistration.k8s.io bulkhead",
            "list validatingwebhookconfigurations.admissionregistration.k8s.io bulkhead",
            "patch leases.coordination.k8s.io bulkhead in bulkhead-system",
            "list configmaps bulkhead in bulkhead-system",
            "get configmaps bulkhead-images in bulkhead-system",
            "list secrets bulkhead-certificate in bulkhead-system");

    private static List<JsonNode> chart(String... settings) {
        TemplateCommand command = new Helm(Path.of("charts/bulkhead"))
                .template()
                .withName("bulkhead")
                .withNamespace(HOME)
                .withKubeVersion("v1.37.0");
        for (String setting : settings) {
            String[] parts = setting.split("=", 2);
            command.set(parts[0], parts[1]);
        }
        return Stream.of(command.call().split("(?m)^---$", -1))
                .map(Yaml::tree)
                .filter(object -> object.at("/metadata/name").asText().equals("bulkhead"))
                .toList();
    }

    private static Set<String> granted(List<JsonNode> chart) {
        Set<String> granted = new TreeSet<>();
        for (JsonNode role : chart) {
            String kind = role.path("kind").asText();
            if (kind.equals("ClusterRole") || kind.equals("Role")) {
                role.path("rules").forEach(rule -> grant(rule, kind.equals("Role") ? HOME : "", granted));
            }
        }
        return granted;
    }

    private static void grant(JsonNode rule, String namespace, Set<String> granted) {
        if (!rule.has("resourceNames")) {
            ((ObjectNode) rule).putArray("resourceNames").add("");
        }
        for (JsonNode group : rule.path("apiGroups")) {
            for (JsonNode resource : rule.path("resources")) {
                for (JsonNode verb : rule.path("verbs")) {
                    for (JsonNode name : rule.path("resourceNames")) {
                        granted.add(right(verb.asText(), group.asText(), resource.asText(), name.asText(), namespace));
                    }
                }
            }
        }
    }

    private static Set<String> asked(List<JsonNode> chart) {
        Place place = Place.of(
                HOME,
                chart.stream()
                        .filter(object -> object.path("kind").asText().equals("Deployment"))
                        .findFirst());
        Set<String> asked = new TreeSet<>();
        GateRights.reviews(place).forEach(review -> {
            ResourceAttributes of = review.getSpec().getResourceAttributes();
            String subresource = of.getSubresource();
            asked.add(right(
                    of.getVerb(),
                    of.getGroup(),
                    of.getResource() + (subresource.isEmpty() ? "" : "/" + subresource),
                    of.getName(),
                    of.getNamespace()));
        });
        return asked;
    }

    private static String right(String verb, String group, String resource, String name, String namespace) {
        return verb + " " + resource + (group.isEmpty() ? "" : "." + group) + (name.isEmpty() ? "" : " " + name)
                + (namespace.isEmpty() ? "" : " in " + namespace);
    }

    private static void assertAskedAsGranted(String... settings) {
        List<JsonNode> chart = chart(settings);
        Set<String> granted = granted(chart);
        granted.removeAll(SPARE);

        assertThat(asked(chart)).isEqualTo(granted).hasSizeGreaterThan(20);
    }

    @Test
    void asksForWhatTheChartGrantsByDefault() {
        assertAskedAsGranted();
    }

    @Test
    void asksForNothingOfWhatIsSwitchedOff() {
        assertAskedAsGranted(
                "refusals.events=false",
                "scan.enabled=false",
                "console.enabled=false",
                "webhooks.repair=edits",
                "persistentVolumes.watch=false",
                "certificates.source=cert-manager");
    }

    @Test
    void asksForWhatIsSwitchedOn() {
        List<JsonNode> chart = chart("refusals.events=true", "scan.enabled=true", "webhooks.repair=all");
        assertAskedAsGranted("refusals.events=true", "scan.enabled=true", "webhooks.repair=all");

        assertThat(asked(chart))
                .contains(
                        "patch events",
                        "get cronjobs.batch",
                        "watch configmaps bulkhead-images in bulkhead-system",
                        "get clusterroles.rbac.authorization.k8s.io bulkhead");
    }
}
