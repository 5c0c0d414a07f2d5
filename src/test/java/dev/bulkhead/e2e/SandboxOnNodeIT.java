package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.e2e.Processes.Run;
import dev.bulkhead.engine.evaluation.EvaluatedWorkload;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the profile sandboxed fills in runs in gVisor, as docs/sandboxes.md says, on a real node that has it. */
class SandboxOnNodeIT {
    private static final String EXAMPLES = "manifests/examples/";

    /** Pods of this namespace are those that the example policy sandboxes. */
    private static final Namespace STRANGERS = new Namespace("default", Map.of("tier", "stranger"));

    private static final String PROBE = """
            cat /proc/self/status
            echo "version: $(cat /proc/version)"
            echo "log: $(busybox dmesg 2>&1 | grep -m 1 Starting)"
            echo "processes: $(ls /proc | grep -c '^[0-9]')"
            for path in / /etc /tmp; do
                if touch $path/probe 2>/dev/null; then echo "$path: writable"; else echo "$path: read-only"; fi
            done
            """;

    private static Optional<Node> node = Optional.empty();

    @BeforeAll
    static void startNode() throws IOException {
        Node started = Node.start(GVisor.installed());
        node = Optional.of(started);
        started.importImage(
                started.busybox().named("localhost/probe:1").withUser("1000").running("sh"));
        Run applied = started.plane().kubectl("apply", "-f", EXAMPLES + "runtimeclasses.yaml");
        assertThat(applied.exitCode()).as(applied.said()).isZero();
    }

    @AfterAll
    static void stopNode() throws IOException {
        if (node.isPresent()) {
            node.orElseThrow().close();
        }
    }

    private static JsonNode probe(String name) {
        return Yaml.tree("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec:
                  restartPolicy: Never
                  automountServiceAccountToken: false
                  containers:
                  - name: probe
                    image: localhost/probe:1
                    imagePullPolicy: Never
                    command: [sh, -c, %s]
                """.formatted(name, Yaml.quote(PROBE)));
    }

    private static JsonNode hardened(JsonNode pod, PolicySet policies) {
        EvaluatedWorkload evaluated = new WorkloadEvaluation(policies, Evaluations.CLUSTER, Evaluations.NOW)
                .asItArrives(WorkloadKinds.builtIn().find(pod).orElseThrow(), STRANGERS, Optional.empty());
        assertThat(evaluated.verdict().outcome())
                .as(evaluated.verdict().toString())
                .isEqualTo(Verdict.Outcome.HARDENED);
        return evaluated.verdict().patch().applyTo(pod);
    }

    /** The policies that docs/sandboxes.md recommends for it. */
    private static PolicySet examples() throws IOException {
        return Evaluations.policies(
                Files.readString(Path.of(EXAMPLES + "policies.yaml")).split("(?m)^---$", -1));
    }

    private static Map<String, String> run(JsonNode pod) {
        ControlPlane plane = node.orElseThrow().plane();
        String name = pod.at("/metadata/name").asText();
        plane.apply(pod.toString());
        ControlPlane.await(
                "the end of " + name,
                () -> plane.get("pod", name).at("/status/phase").asText().equals("Succeeded"));
        return Node.status(plane.kubectl("logs", name).out().lines());
    }

    @Test
    void sandboxedPodHasAKernelOfItsOwn() throws IOException {
        JsonNode pod = hardened(probe("sandboxed"), examples());
        assertThat(pod.at("/spec/runtimeClassName").asText()).isEqualTo("gvisor");
        assertThat(pod.at("/spec/hostUsers").isMissingNode()).isTrue();

        Map<String, String> found = run(pod);

        assertThat(found.get("version"))
                .contains("gvisor")
                .isNotEqualTo(Files.readString(Path.of("/proc/version")).strip());
        assertThat(found.get("log")).contains("Starting gVisor...");
        assertThat(Integer.parseInt(found.get("processes")))
                .as("those of the pod, and none of the node's")
                .isBetween(1, 8);
        assertThat(found)
                .containsEntry("Uid", "1000 1000 1000 1000")
                .containsEntry("CapPrm", "0000000000000000")
                .containsEntry("CapEff", "0000000000000000")
                .containsEntry("CapBnd", "0000000000000000")
                .containsEntry("NoNewPrivs", "1")
                .containsEntry("/", "read-only")
                .containsEntry("/etc", "read-only")
                .containsEntry("/tmp", "writable");
        assertThat(found)
                .as("gVisor does not apply the pod's filter inside, unless run with --oci-seccomp")
                .containsEntry("Seccomp", "0");
    }

    /** What the test above would find if the class were not filled in, so that it does not pass by accident. */
    @Test
    void anotherPodHasTheNodesKernel() throws IOException {
        Map<String, String> found = run(hardened(probe("not-sandboxed"), PolicySet.of(Profile.LEAST_PRIVILEGE)));

        assertThat(found.get("version"))
                .isEqualTo(Files.readString(Path.of("/proc/version")).strip().replaceAll("\\s+", " "));
        assertThat(found).containsEntry("Seccomp", "2");
    }

    /** Why the rule userNamespace leaves such pods alone. If this pod starts one day, docs/sandboxes.md is to change. */
    @Test
    void podWithBothASandboxAndAUserNamespaceDoesNotStart() {
        ControlPlane plane = node.orElseThrow().plane();
        JsonNode pod = hardened(probe("both"), PolicySet.of(Profile.SANDBOXED));
        assertThat(pod.at("/spec/runtimeClassName").asText()).isEqualTo("gvisor");
        assertThat(pod.path("spec").has("hostUsers")).isFalse();
        ((ObjectNode) pod.path("spec")).put("hostUsers", false);

        plane.apply(pod.toString());
        ControlPlane.await(
                "the event that says why",
                () -> plane.kubectl(
                                "get",
                                "events",
                                "--field-selector",
                                "involvedObject.name=both,reason=FailedCreatePodSandBox")
                        .out()
                        .contains("error setting namespace of type user"));
        plane.kubectl("delete", "pod", "both", "--now", "--wait=false");
    }
}
