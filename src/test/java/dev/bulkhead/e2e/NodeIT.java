package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.scan.node.NodeStatistics;
import dev.bulkhead.e2e.Processes.Run;
import dev.bulkhead.engine.evaluation.EvaluatedWorkload;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.ImageUser;
import dev.bulkhead.engine.image.KnownImages;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.ClaimLookup;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What hardening fills in is what the kernel then holds a process to. */
class NodeIT {
    private static Optional<Node> node = Optional.empty();

    @BeforeAll
    static void startNode() throws IOException {
        node = Optional.of(Node.start());
    }

    @AfterAll
    static void stopNode() throws IOException {
        if (node.isPresent()) {
            node.orElseThrow().close();
        }
    }

    private static JsonNode hardened(String yaml) {
        return hardened(yaml, KnownImages.LOOKUP);
    }

    private static JsonNode hardened(String yaml, ImageLookup images) {
        JsonNode pod = Yaml.tree(yaml);
        ClusterCapabilities cluster = new ClusterCapabilities(
                Evaluations.CLUSTER.minor(), Evaluations.CLUSTER.runtimeClasses(), ClaimLookup.NONE, images);
        EvaluatedWorkload evaluated = new WorkloadEvaluation(
                        PolicySet.of(Profile.LEAST_PRIVILEGE), cluster, Evaluations.NOW)
                .asItArrives(
                        WorkloadKinds.builtIn().find(pod).orElseThrow(), Namespace.named("default"), Optional.empty());
        assertThat(evaluated.verdict().outcome()).isEqualTo(Verdict.Outcome.HARDENED);
        return evaluated.verdict().patch().applyTo(pod);
    }

    /** Runs a pod to its end, and returns what it wrote. */
    private static String run(JsonNode pod) {
        ControlPlane plane = node.orElseThrow().plane();
        String name = pod.at("/metadata/name").asText();
        plane.apply(pod.toString());
        ControlPlane.await(
                "the end of " + name,
                () -> plane.get("pod", name).at("/status/phase").asText().equals("Succeeded"));
        return plane.kubectl("logs", name).out();
    }

    private static final String PROBE = """
            cat /proc/self/status
            awk '$2 == "/" {print "root: " $4}' /proc/mounts
            for path in / /etc /tmp; do
                if touch $path/probe 2>/dev/null; then echo "$path: writable"; else echo "$path: read-only"; fi
            done
            """;

    /** A pod of that name, with an image of its own for that user. */
    private static String probe(String name, String user) throws IOException {
        String image = "localhost/" + name + ":1";
        node.orElseThrow()
                .importImage(
                        node.orElseThrow().busybox().named(image).withUser(user).running("sh"));
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec:
                  restartPolicy: Never
                  containers:
                  - name: probe
                    image: %s
                    imagePullPolicy: Never
                    command: [sh, -c, %s]
                """.formatted(name, image, Yaml.quote(PROBE));
    }

    @Test
    void hardenedContainerHasNoPrivilegesAndAWritableTmp() throws IOException {
        Map<String, String> found =
                Node.status(run(hardened(probe("hardened", "1000"))).lines());

        assertThat(found)
                .containsEntry("Uid", "1000 1000 1000 1000")
                .containsEntry("Gid", "1000 1000 1000 1000")
                .containsEntry("CapInh", "0000000000000000")
                .containsEntry("CapPrm", "0000000000000000")
                .containsEntry("CapEff", "0000000000000000")
                .containsEntry("CapBnd", "0000000000000000")
                .containsEntry("CapAmb", "0000000000000000")
                .containsEntry("NoNewPrivs", "1")
                .containsEntry("Seccomp", "2")
                .containsEntry("/", "read-only")
                .containsEntry("/etc", "read-only")
                .containsEntry("/tmp", "writable");
        assertThat(found.get("Groups")).isEqualTo("1000");
        assertThat(found.get("root")).startsWith("ro,");
    }

    /** What the test above would find if nothing were filled in, so that it does not pass by accident. */
    @Test
    void unhardenedContainerHasWhatHardeningTakesAway() throws IOException {
        Map<String, String> found =
                Node.status(run(Yaml.tree(probe("plain", ""))).lines());

        assertThat(found)
                .containsEntry("Uid", "0 0 0 0")
                .containsEntry("NoNewPrivs", "0")
                .containsEntry("Seccomp", "0")
                .containsEntry("/", "writable");
        assertThat(found.get("CapEff")).isNotEqualTo("0000000000000000");
        assertThat(found.get("root")).startsWith("rw,");
    }

    @Test
    void kubeletTellsWhatAContainerHasWrittenToItsRootFileSystem() throws IOException {
        Node of = node.orElseThrow();
        ControlPlane plane = of.plane();
        of.importImage(of.busybox().named("localhost/writer:1").running("sh"));
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers:
                  - name: app
                    image: localhost/writer:1
                    imagePullPolicy: Never
                    command: [sh, -c, "%s; sleep 3600"]
                """;
        plane.apply(pod.formatted("quiet", "true"));
        plane.apply(pod.formatted("writing", "dd if=/dev/zero of=/data bs=1024 count=2048"));
        plane.kubectl("-n", "default", "create", "serviceaccount", "node-stats");
        NodeStatistics.Account account = new NodeStatistics.Account("default", "node-stats");
        Config config = Config.fromKubeconfig(Files.readString(plane.kubeconfig()));
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            NodeStatistics statistics =
                    new NodeStatistics(client, account, of.kubeletCertificate(), Duration.ofMinutes(1));
            List<NodeStatistics.Reading> readings = new ArrayList<>();
            ControlPlane.await("what was written", () -> {
                readings.add(read(statistics));
                return readings.get(readings.size() - 1).written().containsKey(uid("writing"));
            });
            NodeStatistics.Reading last = readings.get(readings.size() - 1);
            assertThat(last.problems()).isEmpty();
            assertThat(last.written().get(uid("writing")))
                    .hasEntrySatisfying("app", bytes -> assertThat(bytes).isBetween(2L << 20, 3L << 20));
            ControlPlane.await("statistics of the other one", () -> rootFileSystem("quiet") > 0);
            assertThat(rootFileSystem("quiet"))
                    .as("what the runtime itself writes")
                    .isLessThan(96 << 10);
            assertThat(read(statistics).written()).doesNotContainKey(uid("quiet"));

            NodeStatistics strangers =
                    new NodeStatistics(client, account, Files.readAllBytes(plane.certificate()), Duration.ofMinutes(1));
            assertThat(strangers.read().problems())
                    .as("of a CA that did not issue its certificate")
                    .singleElement()
                    .asString()
                    .contains("its certificate is issued by no CA that is trusted");
        }
        plane.kubectl("delete", "pod", "quiet", "writing", "--wait=false");
    }

    @Test
    void scanSaysOfAContainerThatWritesThatItMayNotStart(@TempDir Path directory) throws IOException {
        Node of = node.orElseThrow();
        ControlPlane plane = of.plane();
        of.importImage(of.busybox().named("localhost/scribe:1").withUser("1000").running("sh"));
        plane.apply("""
                {apiVersion: v1, kind: Namespace, metadata: {name: bulkhead-system}}
                ---
                {apiVersion: v1, kind: Namespace, metadata: {name: scribes}}
                ---
                {apiVersion: v1, kind: ServiceAccount, metadata: {name: bulkhead-node-stats, namespace: bulkhead-system}}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: bulkhead-node-stats}
                rules: [{apiGroups: [""], resources: [nodes/stats], verbs: [get]}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: bulkhead-node-stats}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: bulkhead-node-stats}
                subjects: [{kind: ServiceAccount, name: bulkhead-node-stats, namespace: bulkhead-system}]
                """);
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: scribes}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers:
                  - name: app
                    image: localhost/scribe:1
                    imagePullPolicy: Never
                    command: [sh, -c, "%s; sleep 3600"]
                    securityContext: {runAsUser: %d}
                """;
        plane.apply(pod.formatted("reader", "true", 1000));
        plane.apply(pod.formatted("scribe", "dd if=/dev/zero of=/data bs=1024 count=2048", 0));
        Path ca = Files.write(directory.resolve("kubelet.crt"), of.kubeletCertificate());

        ControlPlane.await(
                "what it has written",
                () -> workload(preview(ca), "scribe").toString().contains("has written"));
        Run run = preview(ca);
        assertThat(run.err()).doesNotContain("kubelet");
        assertThat(workload(run, "reader").toString()).doesNotContain("has written");
        assertThat(preview(Path.of(plane.certificate().toString())).err())
                .as("of a CA that did not issue its certificate")
                .contains("issued by no CA that is trusted");
        plane.kubectl("delete", "namespace", "scribes", "--wait=false");
    }

    private static Run preview(Path kubeletCa) {
        return ScanIT.scanAs(
                node.orElseThrow().plane().kubeconfig(),
                "-n",
                "scribes",
                "--preview",
                "least-privilege",
                "--node-stats",
                "--kubelet-ca",
                kubeletCa.toString(),
                "-o",
                "json");
    }

    private static JsonNode workload(Run run, String name) {
        for (JsonNode workload : Yaml.tree(run.out()).path("workloads")) {
            if (workload.path("name").asText().equals(name)) {
                return workload;
            }
        }
        throw new AssertionError(name + " is not in " + run.out() + run.err());
    }

    private static NodeStatistics.Reading read(NodeStatistics statistics) {
        try {
            return statistics.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String uid(String pod) {
        return node.orElseThrow().plane().get("pod", pod).at("/metadata/uid").asText();
    }

    /** As the API server passes it on, where the test may use what Bulkhead does not. */
    private static long rootFileSystem(String pod) {
        String summary = node.orElseThrow()
                .plane()
                .kubectl("get", "--raw", "/api/v1/nodes/node1/proxy/stats/summary")
                .out();
        for (JsonNode one : Yaml.tree(summary).path("pods")) {
            if (one.at("/podRef/name").asText().equals(pod)) {
                return one.at("/containers/0/rootfs/usedBytes").asLong();
            }
        }
        return 0;
    }

    /** With a group of the image's the kubelet does what it does without. */
    @Test
    void groupThatAnImageNamesIsNotTheProcesss() throws IOException {
        String noUsers = "root:x:0:0:root:/:/bin/sh\n";
        node.orElseThrow()
                .importImage(node.orElseThrow()
                        .busybox()
                        .file("etc/passwd", 0644, noUsers.getBytes(StandardCharsets.UTF_8))
                        .named("localhost/group:1")
                        .withUser("1000:1000")
                        .running("sh", "-c", "id -u; id -g"));
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec: {restartPolicy: Never, containers: [{name: a, image: 'localhost/group:1', imagePullPolicy: Never}]}
                """;

        assertThat(run(Yaml.tree(pod.formatted("group-plain")))).isEqualTo("1000\n0\n");
        assertThat(run(hardened(pod.formatted("group-hardened")))).isEqualTo("1000\n0\n");
        ImageLookup known = image ->
                Optional.of(ImageKnowledge.ofUser(new ImageUser.Numeric(1000, Optional.of(1000L)), "the test"));
        assertThat(run(hardened(pod.formatted("group-known"), known)))
                .as("with the group that is known to be the image's")
                .isEqualTo("1000\n1000\n");
    }

    @Test
    void severalPathsAreDirectoriesOfOneVolume() throws IOException {
        String probe = """
                for path in /tmp /run /var/cache/web; do
                    echo "$path: $(stat -c %a $path) $(touch $path/probe && echo writable)"
                    rm $path/probe
                done
                awk '{print "root of " $5 ": " $4}' /proc/self/mountinfo
                """;
        node.orElseThrow()
                .importImage(node.orElseThrow()
                        .busybox()
                        .named("localhost/paths:1")
                        .withUser("1000")
                        .running("sh", "-c", probe));

        Map<String, String> found = Node.status(run(hardened("""
                apiVersion: v1
                kind: Pod
                metadata: {name: paths, annotations: {bulkhead.dev/scratch: '/run,/var/cache/web'}}
                spec: {restartPolicy: Never, containers: [{name: a, image: 'localhost/paths:1', imagePullPolicy: Never}]}
                """)).lines());

        assertThat(found)
                .containsEntry("/tmp", "777 writable")
                .containsEntry("/run", "777 writable")
                .containsEntry("/var/cache/web", "777 writable");
        assertThat(found.get("root of /tmp")).endsWith("/kubernetes.io~empty-dir/bulkhead-scratch-0/0");
        assertThat(found.get("root of /run")).endsWith("/kubernetes.io~empty-dir/bulkhead-scratch-0/1");
        assertThat(found.get("root of /var/cache/web")).endsWith("/kubernetes.io~empty-dir/bulkhead-scratch-0/2");
    }

    @Test
    void statusTellsTheUserOfTheFirstProcess() throws IOException {
        run(hardened(probe("user", "1000")));

        assertThat(node.orElseThrow()
                        .plane()
                        .get("pod", "user")
                        .at("/status/containerStatuses/0/user/linux/uid")
                        .asInt(-1))
                .isEqualTo(1000);
    }
}
