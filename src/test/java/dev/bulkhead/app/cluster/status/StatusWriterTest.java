package dev.bulkhead.app.cluster.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.MovingClock;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.FakeApiServer;
import dev.bulkhead.app.cluster.watch.ClusterState;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the leader reports of policies and exemptions, with and without the right to list pods. */
class StatusWriterTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Terms TERMS = new Terms(
            Policy.builtIn(Profile.BASELINE), DefaultPolicy.FALLBACK, Set.of("bulkhead-system"), Duration.ofDays(90));
    private static final String POLICY = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: %s, uid: %s, generation: 3}
            spec: {%s}
            """;
    private static final String EXEMPTION = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: agent, namespace: %s, uid: %s, generation: 2}
            spec:
              reason: because
              owner: us
              expires: %s
              match: {namespaces: [shop]}
              allow: [{rule: hostNamespaces, values: [hostPID]}]
            """;

    private final FakeApiServer server = new FakeApiServer();
    private final MovingClock clock = new MovingClock(NOW);
    private final Cluster cluster = new Cluster();
    private final WorkloadCounter workloads = new WorkloadCounter(server.client(), cluster, clock);
    private final StatusWriter writer =
            new StatusWriter(server.client(), cluster, workloads, Set.of("kube-system"), clock);

    /** What is known: what a test says. */
    private static final class Cluster implements ClusterState {
        private final List<JsonNode> policies = new ArrayList<>();
        private final List<JsonNode> exemptions = new ArrayList<>();

        @Override
        public PolicySnapshot declarations() {
            return PolicySnapshot.of(policies, exemptions, TERMS, NOW, PolicySnapshot.none(TERMS));
        }

        @Override
        public List<Namespace> knownNamespaces() {
            return List.of(
                    new Namespace("shop", Map.of("tier", "tenant")),
                    Namespace.named("other"),
                    Namespace.named("kube-system"));
        }

        @Override
        public ClusterCapabilities cluster() {
            return ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR);
        }
    }

    @BeforeEach
    void policyAndPods() {
        policy("tenants", "match: {namespaceSelector: {matchLabels: {tier: tenant}}}");
        pods(3);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private void policy(String name, String spec) {
        String text = POLICY.formatted(name, "u-" + name, spec);
        server.create(text);
        cluster.policies.add(Yaml.tree(text));
    }

    private void exemption(String namespace, String expires) {
        String text = EXEMPTION.formatted(namespace, "u-" + namespace, expires);
        server.create(text);
        cluster.exemptions.add(Yaml.tree(text));
    }

    /** One page for each of so many pods, whatever limit is asked for. */
    private void pods(int number) {
        for (int i = 0; i < number; i++) {
            int pod = i;
            String next = i + 1 < number ? "\"continue\":\"" + (i + 1) + "\"" : "";
            server.answer(
                    request -> request.startsWith("GET /api/v1/pods?")
                            && (pod == 0 ? !request.contains("continue") : request.endsWith("continue=" + pod)),
                    "{\"metadata\":{" + next + "},\"items\":[{\"metadata\":{\"namespace\":\"shop\",\"name\":\"web-"
                            + pod + "\"}}]}");
        }
    }

    private JsonNode policyStatus() {
        return server.get("LeastPrivilegePolicy", "", "tenants").path("status");
    }

    private long patches() {
        return server.count(request -> request.startsWith("PATCH"));
    }

    @Test
    void reportsWhatAPolicyIsFor() throws IOException {
        workloads.count();

        writer.write(() -> true);

        assertThat(policyStatus().toString())
                .isEqualTo(Yaml.tree("{observedGeneration: 3, state: Active, namespaces: 1, builtInNamespaces: 1,"
                                + " unevaluatedNamespaces: 0, workloads: 3}")
                        .toString());
    }

    @Test
    void reportsNoWorkloadsWithoutTheRightToListPods() throws IOException {
        server.fail(request -> request.startsWith("GET /api/v1/pods"), 403);

        assertThatThrownBy(workloads::count)
                .isInstanceOf(IOException.class)
                .hasMessage("pods cannot be listed: HTTP status 403");
        writer.write(() -> true);

        assertThat(policyStatus().path("state").asText()).isEqualTo("Active");
        assertThat(policyStatus().path("namespaces").asInt()).isEqualTo(1);
        assertThat(policyStatus().has("workloads")).isFalse();
    }

    @Test
    void countsOnceAMinuteAndWhenPoliciesChange() throws IOException {
        workloads.count();
        workloads.count();
        assertThat(server.count(request -> request.startsWith("GET /api/v1/pods")))
                .isEqualTo(3);
        assertThat(workloads.isCurrent()).isTrue();

        clock.pass(Duration.ofMinutes(1));
        workloads.count();
        assertThat(server.count(request -> request.startsWith("GET /api/v1/pods")))
                .isEqualTo(6);

        policy("everything", "profile: restricted");
        assertThat(workloads.isCurrent()).isFalse();
        workloads.count();
        assertThat(server.count(request -> request.startsWith("GET /api/v1/pods")))
                .isEqualTo(9);
    }

    @Test
    void listsFewerPodsAtOnceWhereTheirMetadataIsLarge() throws IOException {
        server.answer(
                request -> request.equals("GET /api/v1/pods?limit=500"),
                "{\"items\":[],\"metadata\":{\"continue\":\"" + "x".repeat(5 << 20) + "\"}}");

        workloads.count();

        assertThat(server.requests()).contains("GET /api/v1/pods?limit=50");
        assertThat(workloads.count("tenants")).contains(3);
    }

    @Test
    void reportsWhyAPolicyIsNotInForce() throws IOException {
        policy("wrong", "mode: enforced");

        writer.write(() -> true);

        JsonNode status = server.get("LeastPrivilegePolicy", "", "wrong").path("status");
        assertThat(status.path("state").asText()).isEqualTo("Invalid");
        assertThat(status.path("message").asText()).startsWith("/spec/mode: ");
    }

    @Test
    void reportsWhatBecameOfExemptions() throws IOException {
        exemption("bulkhead-system", "2026-12-01T00:00:00Z");
        exemption("shop", "2026-12-01T00:00:00Z");

        writer.write(() -> true);

        assertThat(List.of("bulkhead-system", "shop").stream()
                        .map(namespace -> server.get("Exemption", namespace, "agent")
                                .at("/status/state")
                                .asText())
                        .collect(Collectors.toList()))
                .containsExactly("Active", "NotHonoured");

        clock.pass(Duration.ofDays(30));
        writer.write(() -> true);
        assertThat(server.get("Exemption", "bulkhead-system", "agent")
                        .at("/status/state")
                        .asText())
                .isEqualTo("Expired");
    }

    @Test
    void removesWhatAnEarlierVersionWroteInAnotherForm() throws IOException {
        String recent = "{lastUsed: '2026-11-24T11:00:00Z', values: ['hostPorts=80']}";
        exemption("bulkhead-system", "2026-12-01T00:00:00Z");
        server.updateStatus(EXEMPTION.formatted("bulkhead-system", "u-bulkhead-system", "2026-12-01T00:00:00Z")
                + "status: {excused: {shop/Job/a: 'hostPorts=80', shop/Job/b: " + recent + "}}\n");
        server.withoutRatcheting();

        writer.write(() -> true);

        JsonNode status = server.get("Exemption", "bulkhead-system", "agent").path("status");
        assertThat(status.path("state").asText()).isEqualTo("Active");
        assertThat(status.path("excused").toString())
                .isEqualTo(Yaml.tree("{shop/Job/b: " + recent + "}").toString());
    }

    @Test
    void writesOnlyWhatHasChanged() throws IOException {
        writer.write(() -> true);
        writer.write(() -> true);
        assertThat(patches()).isEqualTo(1);

        writer.forget();
        writer.write(() -> true);
        assertThat(patches()).isEqualTo(2);
    }

    @Test
    void writesNothingMoreOnceAnotherReplicaLeads() throws IOException {
        policy("more", "profile: baseline");
        exemption("bulkhead-system", "2026-12-01T00:00:00Z");

        writer.write(() -> patches() == 0);

        assertThat(patches()).isEqualTo(1);
    }

    @Test
    void triesAgainWhatCouldNotBeWritten() throws IOException {
        IntStream.range(0, 3).forEach(i -> policy("more-" + i, "profile: baseline"));
        server.fail(request -> request.startsWith("PATCH") && request.contains("/tenants/"), 500);

        assertThatThrownBy(() -> writer.write(() -> true))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the status of 1 policies and exemptions could not be written")
                .hasMessageContaining("told to fail");
        assertThat(server.get("LeastPrivilegePolicy", "", "more-2")
                        .at("/status/state")
                        .asText())
                .isEqualTo("Active");

        server.recover();
        writer.write(() -> true);
        assertThat(policyStatus().path("state").asText()).isEqualTo("Active");
    }

    @Test
    void saysNothingOfWhatIsGone() throws IOException {
        server.delete(POLICY.formatted("tenants", "u-tenants", "mode: warn"));

        assertThatCode(() -> writer.write(() -> true)).doesNotThrowAnyException();
    }
}
