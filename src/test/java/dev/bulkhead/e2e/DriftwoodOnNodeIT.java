package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.e2e.InstalledOnNode.Site;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The application of {@code docs/driftwood} runs at each step at which it is admitted. */
@Tag("image")
@ExtendWith(InstalledOnNode.class)
class DriftwoodOnNodeIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** All but those that ask for user namespaces and gVisor, which this node does not have. */
    private static final List<String> STEPS = List.of(
            "0-worst-case",
            "1-host",
            "2-identity",
            "3-capabilities",
            "4-confinement",
            "5-read-only-root",
            "6-no-escalation",
            "7-secrets",
            "careless");

    private final Node node;
    private final ControlPlane plane;

    DriftwoodOnNodeIT(Site site) {
        this.node = site.node();
        this.plane = node.plane();
    }

    @Test
    void runsAtEachStepAtWhichItIsAdmitted() throws IOException {
        node.importImage(node.busybox()
                .named("registry.example/driftwood/web:4.2")
                .withUser("1000")
                .running("httpd", "-f", "-p", "8080", "-h", "/etc"));

        // Each in a namespace of its own, so that they start side by side.
        List<String> admitted = new ArrayList<>();
        for (String step : STEPS) {
            plane.apply("{apiVersion: v1, kind: Namespace, metadata: {name: " + namespace(step) + "}}");
            String manifest = Files.readString(Path.of("docs", "driftwood", step + ".yaml"))
                    .replace("namespace: driftwood", "namespace: " + namespace(step));
            Run applied = plane.kubectlWith(manifest, "apply", "-f", "-");
            if (applied.exitCode() == 0) {
                admitted.add(step);
            } else {
                assertThat(applied.err()).contains("Bulkhead refuses Deployment \"web\"");
            }
        }

        assertThat(admitted).containsExactlyElementsOf(STEPS.subList(2, STEPS.size()));
        for (String step : admitted) {
            ControlPlane.await(
                    step + ": "
                            + plane.kubectl("-n", namespace(step), "describe", "pods")
                                    .out(),
                    PATIENCE,
                    () -> available(step) == 2);
        }
    }

    private static String namespace(String step) {
        return "driftwood-" + step;
    }

    private int available(String step) {
        JsonNode deployment = plane.get("-n", namespace(step), "deployment", "web");
        return deployment.at("/status/availableReplicas").asInt();
    }
}
