package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.e2e.Processes.Run;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.ClusterCapabilities;
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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The exported policies in a real API server, with no webhook: it admits and denies what the engine says. */
@ExtendWith(ControlPlaneCondition.class)
class SecondLayerIT {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAMESPACE = "second";

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
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    /** What the API server says of an object. */
    private record Answer(int status, String message, List<String> warnings) {
        boolean isOfPolicy() {
            return message.contains("ValidatingAdmissionPolicy");
        }
    }

    private static Answer create(JsonNode object) {
        String group = object.path("apiVersion").asText().equals("v1")
                ? "/api/v1"
                : "/apis/" + object.path("apiVersion").asText();
        HttpRequest request = HttpRequest.newBuilder(URI.create(plane.url() + group + "/namespaces/" + NAMESPACE + "/"
                        + object.path("kind").asText().toLowerCase(java.util.Locale.ROOT)
                        + "s?dryRun=All&fieldValidation=Ignore"))
                .header("Authorization", "Bearer " + ControlPlane.ADMIN)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofString(object.toString()))
                .build();
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            String message = answer.statusCode() == 201
                    ? ""
                    : JSON.readTree(answer.body()).path("message").asText();
            return new Answer(answer.statusCode(), message, answer.headers().allValues("Warning"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void export(String... args) {
        plane.kubectl("delete", "validatingadmissionpolicies,validatingadmissionpolicybindings", "--all");
        Run run = bulkhead(args);
        assertThat(run.exitCode()).as(run.err()).isZero();
        plane.apply(run.out());
        JsonNode policies = awaitTypeChecked();
        for (JsonNode policy : policies) {
            assertThat(policy.at("/status/typeChecking/expressionWarnings").toPrettyString())
                    .as(policy.at("/metadata/name").asText())
                    .isEmpty();
        }
    }

    private static Run bulkhead(String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("target", "quarkus-app", "quarkus-run.jar").toString(),
                "export",
                "vap",
                "--validating-only"));
        command.addAll(List.of(args));
        return Processes.run(Map.of(), "", command.toArray(String[]::new));
    }

    private static JsonNode awaitTypeChecked() {
        ControlPlane.await(
                "type checking",
                () -> plane.get("validatingadmissionpolicies")
                        .path("items")
                        .valueStream()
                        .allMatch(policy ->
                                policy.at("/status/observedGeneration").asInt() > 0));
        return plane.get("validatingadmissionpolicies").path("items");
    }

    /** The API server's policies come into force some time after they are stored. */
    private static void awaitInForce() {
        ObjectNode privileged = (ObjectNode)
                Yaml.tree("{apiVersion: v1, kind: Pod, metadata: {name: probe}, spec: {containers: [{name: a, image: a,"
                        + " securityContext: {privileged: true}}]}}");
        ControlPlane.await("the policies", () -> create(privileged).isOfPolicy());
    }

    @ParameterizedTest
    @ValueSource(strings = {"baseline", "restricted", "restricted@v1.24", "least-privilege", "sandboxed"})
    void fixturesAreDeniedAsTheEngineDenies(String profile) throws IOException {
        export("--profile", profile);
        awaitInForce();
        WorkloadEvaluation engine = new WorkloadEvaluation(
                PolicySet.of(Profile.parse(profile).orElseThrow()),
                ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                Instant.now());
        List<String> differences = new ArrayList<>();
        int denied = 0;
        for (Path file : fixtures()) {
            ObjectNode pod = (ObjectNode) Yaml.file(file);
            Answer answer = create(pod);
            if (answer.status() != 201 && !answer.isOfPolicy()) {
                // The API server refuses it by itself.
                continue;
            }
            assertThat(answer.message()).doesNotContain("expression");
            Set<String> expected = deniedBy(engine, pod);
            if (answer.isOfPolicy() == expected.isEmpty()) {
                differences.add(
                        file + ": the engine denies by " + expected + ", the API server says " + answer.message());
            }
            denied += answer.isOfPolicy() ? 1 : 0;
        }

        assertThat(differences).isEmpty();
        assertThat(denied).isPositive();
    }

    private static Set<String> deniedBy(WorkloadEvaluation engine, ObjectNode pod) {
        Verdict verdict = engine.asStored(
                        WorkloadKinds.builtIn().find(pod).orElseThrow(), Namespace.named(NAMESPACE), Optional.empty())
                .verdict();
        Set<String> rules = new TreeSet<>();
        verdict.leadingTo(Action.DENY)
                .forEach(one -> rules.add(one.finding().rule().id()));
        rules.remove("secretsInEnv");
        return rules;
    }

    @ParameterizedTest
    @ValueSource(strings = {"baseline", "restricted", "least-privilege", "sandboxed"})
    void bigOrdinaryPodsAreWithinTheCostLimits(String profile) {
        export("--profile", profile);
        awaitInForce();

        Answer answer = create(bigPod());

        assertThat(answer.message()).isEmpty();
        assertThat(answer.status()).isEqualTo(201);
    }

    @Test
    void exemptionsCountUntilTheyExpire() throws IOException {
        Instant expires = Instant.now().plusSeconds(30).truncatedTo(ChronoUnit.SECONDS);
        Path file = directory.resolve("exempt.yaml");
        Files.writeString(file, """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: exempting}
                spec: {profile: baseline}
                ---
                apiVersion: bulkhead.dev/v1alpha1
                kind: Exemption
                metadata: {name: proc, namespace: bulkhead-system}
                spec:
                  reason: r
                  owner: o
                  expires: %s
                  match: {namespaces: [second], workloads: [{kind: Pod, name: exempt}]}
                  allow: [{rule: hostPathVolumes, values: [/proc]}]
                """.formatted(expires));
        export("--policy", file.toString());
        awaitInForce();

        assertThat(create(hostPath("exempt")).message()).isEmpty();
        assertThat(create(hostPath("other")).message())
                .contains(
                        "denied request: hostPathVolumes: volume \"data\" (/proc): use a volume that is not the host's");
        ControlPlane.await("its end", () -> Instant.now().isAfter(expires.plusSeconds(1)));
        assertThat(create(hostPath("exempt")).isOfPolicy()).isTrue();
    }

    private static JsonNode hostPath(String name) {
        return Yaml.tree("{apiVersion: v1, kind: Pod, metadata: {name: " + name
                + "}, spec: {volumes: [{name: data, hostPath: {path: /proc}}], containers: [{name: a, image: a}]}}");
    }

    @Test
    void controllersAreJudgedByTheirPodsAndUpdatesByWhatTheyAdd() {
        String deployment = """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web, namespace: second}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec:
                      hostNetwork: true
                      containers: [{name: app, image: "a:1", securityContext: {privileged: %s}}]
                """;
        plane.kubectl("delete", "validatingadmissionpolicies,validatingadmissionpolicybindings", "--all");
        ControlPlane.await("no policy", () -> create(hostPath("free")).status() == 201);
        plane.apply(deployment.formatted("false"));
        export("--profile", "least-privilege");
        awaitInForce();

        assertThat(plane.kubectl("-n", NAMESPACE, "scale", "deployment/web", "--replicas=1")
                        .exitCode())
                .isZero();
        assertThat(plane.kubectl("-n", NAMESPACE, "set", "image", "deployment/web", "app=a:2")
                        .err())
                .isEmpty();
        Run worse = plane.kubectlWith(deployment.formatted("true"), "apply", "-f", "-");
        assertThat(worse.err()).contains("privileged: container \"app\" (true)").doesNotContain("hostNamespaces");
        Run another = plane.kubectlWith(
                deployment.formatted("false").replace("name: web,", "name: other,"), "apply", "-f", "-");
        assertThat(another.err()).contains("hostNamespaces: pod (hostNetwork)").doesNotContain("runAsNonRoot");
    }

    @Test
    void onlyUnsafeDebugContainersAreDenied() {
        export("--profile", "least-privilege");
        awaitInForce();
        ObjectNode pod = bigPod();
        ObjectNode spec = (ObjectNode) pod.get("spec");
        spec.remove("runtimeClassName");
        ArrayNode containers = (ArrayNode) spec.get("containers");
        while (containers.size() > 1) {
            containers.remove(1);
        }
        ((ObjectNode) pod.get("metadata")).put("name", "debugged").put("namespace", NAMESPACE);
        plane.apply(pod.toString());

        Run hardened = plane.kubectl(
                "-n", NAMESPACE, "debug", "debugged", "--image=busybox", "--profile=restricted", "--container=safe");
        Run unsafe = plane.kubectl(
                "-n", NAMESPACE, "debug", "debugged", "--image=busybox", "--profile=sysadmin", "--container=unsafe");

        assertThat(unsafe.err()).contains("privileged: container \"unsafe\" (true)");
        assertThat(hardened.err()).contains("readOnlyRootFilesystem").doesNotContain("container-0");
    }

    /** A hundred hardened containers with a hundred variables each. */
    private static ObjectNode bigPod() {
        ObjectNode pod = (ObjectNode) Yaml.tree("""
                apiVersion: v1
                kind: Pod
                metadata: {name: big}
                spec:
                  automountServiceAccountToken: false
                  hostUsers: false
                  runtimeClassName: gvisor
                  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
                """);
        ArrayNode volumes = pod.withObjectProperty("spec").putArray("volumes");
        for (int i = 0; i < 50; i++) {
            volumes.addObject().put("name", "v" + i).putObject("emptyDir");
        }
        ArrayNode containers = pod.withObjectProperty("spec").putArray("containers");
        for (int i = 0; i < 100; i++) {
            ObjectNode container = containers
                    .addObject()
                    .put("name", "container-" + i)
                    .put("image", "registry.example/team/app:1.2.3");
            ObjectNode security = container.putObject("securityContext");
            security.put("allowPrivilegeEscalation", false).put("readOnlyRootFilesystem", true);
            security.putObject("capabilities").putArray("drop").add("ALL");
            for (int j = 0; j < 100; j++) {
                container
                        .withArrayProperty("env")
                        .addObject()
                        .put("name", "SETTING_" + j)
                        .put("value", "some value of it " + j);
            }
            for (int j = 0; j < 20; j++) {
                container
                        .withArrayProperty("volumeMounts")
                        .addObject()
                        .put("name", "v" + j)
                        .put("mountPath", "/data/" + j);
            }
            container.putArray("ports").addObject().put("containerPort", 8000 + i);
            container
                    .putObject("livenessProbe")
                    .putObject("httpGet")
                    .put("path", "/live")
                    .put("port", 8000 + i);
        }
        return pod;
    }

    private static List<Path> fixtures() throws IOException {
        try (Stream<Path> files = Files.walk(FIXTURES)) {
            return files.filter(file -> file.endsWith("pod.yaml")).sorted().toList();
        }
    }
}
