package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.e2e.Processes.Run;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.RandomPods;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.ClaimLookup;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The exported mutating and validating policies in a real API server, with no webhook: pods get what hardening would give
 * them, and are admitted or denied as after it.
 */
@ExtendWith(ControlPlaneCondition.class)
class FillingLayerIT {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAMESPACE = "filling";
    private static final int GENERATED = 200;

    /** What the mutating policy fills in; the policy hardens nothing else. */
    private static final List<String> MEMBERS =
            List.of("allowPrivilegeEscalation", "capabilities", "runAsNonRoot", "seccompProfile");

    private static final String POLICY = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: filling}
            spec:
              profile: least-privilege
              rules:
                userNamespace: {action: "off"}
                readOnlyRootFilesystem: {action: warn}
                sandboxRuntime: {action: "off"}
            """;

    @TempDir
    static Path directory;

    private static ControlPlane plane;
    private static HttpClient client;

    @BeforeAll
    static void start() throws IOException {
        plane = ControlPlane.start(Installed.programs(), directory);
        client = Load.client(plane);
        plane.apply("{apiVersion: v1, kind: Namespace, metadata: {name: " + NAMESPACE + "}}");
        for (String sandbox : List.of("gvisor", "kata")) {
            plane.apply(
                    "{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: " + sandbox + "}, handler: x}");
        }
        ControlPlane.await(
                "its account",
                () -> plane.kubectl("-n", NAMESPACE, "get", "serviceaccount", "default")
                                .exitCode()
                        == 0);
        Path policy = directory.resolve("policy.yaml");
        Files.writeString(policy, POLICY);
        Run run = Processes.run(
                Map.of(),
                "",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("target", "quarkus-app", "quarkus-run.jar").toString(),
                "export",
                "vap",
                "--policy",
                policy.toString(),
                "--default-policy",
                "none");
        assertThat(run.exitCode()).as(run.err()).isZero();
        plane.apply(run.out());
        ObjectNode privileged = pod("{name: a, image: a, securityContext: {privileged: true}}");
        ControlPlane.await("the validating policies", () -> isOfPolicy(send(privileged)));
        ObjectNode bare = pod("{name: a, image: a}");
        ControlPlane.await(
                "the mutating policy",
                () -> send(bare)
                        .body()
                        .at("/spec/containers/0/securityContext/allowPrivilegeEscalation")
                        .isBoolean());
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    private static ObjectNode pod(String container) {
        return (ObjectNode) Yaml.tree("{apiVersion: v1, kind: Pod, metadata: {name: probe}, spec: {hostUsers: false,"
                + " containers: [" + container + "]}}");
    }

    private record Answer(int status, JsonNode body) {}

    private static boolean isOfPolicy(Answer answer) {
        return answer.body().path("message").asText().contains("ValidatingAdmissionPolicy");
    }

    private static Answer send(JsonNode pod) {
        return send("POST", "?dryRun=All&fieldValidation=Ignore", "application/json", pod);
    }

    private static Answer send(String method, String path, String type, JsonNode body) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(plane.url() + "/api/v1/namespaces/" + NAMESPACE + "/pods" + path))
                .header("Authorization", "Bearer " + ControlPlane.ADMIN)
                .header("Content-Type", type)
                .timeout(Duration.ofSeconds(60))
                .method(method, HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, ObjectNode> pods() throws IOException {
        Map<String, ObjectNode> pods = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(FIXTURES)) {
            for (Path file :
                    files.filter(one -> one.endsWith("pod.yaml")).sorted().toList()) {
                pods.put(file.toString(), (ObjectNode) Yaml.file(file));
            }
        }
        for (int i = 0; i < GENERATED; i++) {
            pods.put("generated pod " + i, RandomPods.pod(i, i % 12));
        }
        return pods;
    }

    @Test
    void podsAreHardenedAndDeniedAsTheEngineSays() throws IOException {
        WorkloadEvaluation engine = new WorkloadEvaluation(
                Evaluations.policies(POLICY),
                new ClusterCapabilities(
                        ClusterCapabilities.NEWEST_MINOR, Optional.empty(), ClaimLookup.NONE, ImageLookup.NONE),
                Instant.now());
        List<String> differences = new ArrayList<>();
        int admitted = 0;
        int denied = 0;
        for (Map.Entry<String, ObjectNode> pod : pods().entrySet()) {
            Answer answer = send(pod.getValue());
            boolean ofPolicy = isOfPolicy(answer);
            if (answer.status() != 201 && !ofPolicy) {
                // The API server refuses it by itself.
                assertThat(answer.body().path("message").asText()).doesNotContain("AdmissionPolicy");
                continue;
            }
            Verdict verdict = engine.asItArrives(
                            WorkloadKinds.builtIn().find(pod.getValue()).orElseThrow(),
                            Namespace.named(NAMESPACE),
                            Optional.empty())
                    .verdict();
            Set<String> expected = new TreeSet<>();
            verdict.leadingTo(Action.DENY)
                    .forEach(one -> expected.add(one.finding().rule().id()));
            expected.remove("secretsInEnv");
            if (ofPolicy == expected.isEmpty()) {
                differences.add(pod.getKey() + ": the engine denies by " + expected + ", the API server says "
                        + answer.body().path("message"));
            } else if (!ofPolicy) {
                Map<String, JsonNode> hardened = security(verdict.patch().applyTo(pod.getValue()));
                Map<String, JsonNode> actual = security(answer.body());
                if (!actual.equals(hardened)) {
                    differences.add(pod.getKey() + ": hardening gives " + hardened + ", the API server " + actual);
                }
            }
            admitted += ofPolicy ? 0 : 1;
            denied += ofPolicy ? 1 : 0;
        }

        assertThat(differences).isEmpty();
        assertThat(admitted).isGreaterThan(10);
        assertThat(denied).isGreaterThan(10);
    }

    /** The members that are filled in, of the pod and of each container. */
    private static Map<String, JsonNode> security(JsonNode pod) {
        Map<String, JsonNode> all = new TreeMap<>();
        members("pod", pod.path("spec"), all);
        for (String list : List.of("initContainers", "containers")) {
            pod.path("spec")
                    .path(list)
                    .forEach(container -> members(container.path("name").asText(), container, all));
        }
        return all;
    }

    private static void members(String of, JsonNode holder, Map<String, JsonNode> all) {
        for (String member : MEMBERS) {
            JsonNode value = holder.path("securityContext").path(member);
            if (!value.isMissingNode() && !value.isNull() && !(value.isObject() && value.isEmpty())) {
                all.put(of + "." + member, value);
            }
        }
    }

    @Test
    void debugContainersAreFilledIn() throws IOException {
        ObjectNode running = pod("{name: a, image: a}");
        ((ObjectNode) running.get("metadata")).put("name", "running");
        assertThat(send("POST", "", "application/json", running).status()).isEqualTo(201);

        Answer answer = send(
                "PATCH",
                "/running/ephemeralcontainers",
                "application/strategic-merge-patch+json",
                Yaml.tree("{spec: {ephemeralContainers: [{name: debug, image: b}]}}"));

        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        JsonNode added = answer.body().at("/spec/ephemeralContainers/0/securityContext");
        assertThat(added.path("allowPrivilegeEscalation").asText()).isEqualTo("false");
        assertThat(added.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
    }

    @Test
    void ordinaryUpdatesPass() {
        ObjectNode labelled = pod("{name: a, image: a}");
        ((ObjectNode) labelled.get("metadata")).put("name", "labelled");
        assertThat(send("POST", "", "application/json", labelled).status()).isEqualTo(201);

        Answer answer = send(
                "PATCH",
                "/labelled",
                "application/merge-patch+json",
                Yaml.tree("{metadata: {labels: {a: b}, finalizers: []}}"));

        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    }
}
