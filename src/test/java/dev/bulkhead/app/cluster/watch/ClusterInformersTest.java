package dev.bulkhead.app.cluster.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.FakeApiServer;
import dev.bulkhead.app.cluster.resource.ImageConfigMap;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.app.server.LogListener;
import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterInformersTest {
    private static final Terms TERMS = new Terms(
            Policy.builtIn(Profile.BASELINE),
            DefaultPolicy.FALLBACK,
            Set.of("bulkhead-system"),
            Duration.ofDays(100_000));

    private static final ImageConfigMap IMAGES = new ImageConfigMap("bulkhead-system", "bulkhead-images");

    private final FakeApiServer server = new FakeApiServer();
    private final AtomicInteger reads = new AtomicInteger();
    private volatile int failingReads;
    private final ClusterInformers watch = new ClusterInformers(
            server.client(), PolicySnapshot.none(TERMS), this::read, true, Optional.of(IMAGES), Clock.systemUTC());

    private PolicySnapshot read(
            List<JsonNode> policies, List<JsonNode> exemptions, Instant now, PolicySnapshot before) {
        if (reads.incrementAndGet() <= failingReads) {
            throw new IllegalStateException("told to fail");
        }
        return PolicySnapshot.of(policies, exemptions, TERMS, now, before);
    }

    @AfterEach
    void close() {
        watch.close();
        server.close();
    }

    private static String policy(int generation, String spec) {
        return """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: tenants, generation: %d}
                spec: {%s}
                """.formatted(generation, spec);
    }

    private static String exemption(String name) {
        return """
                apiVersion: bulkhead.dev/v1alpha1
                kind: Exemption
                metadata: {name: %s, namespace: bulkhead-system, generation: 1}
                spec:
                  reason: because
                  owner: us
                  expires: "2099-01-01T00:00:00Z"
                  match: {namespaces: [shop]}
                  allow: [{rule: hostNamespaces, values: [hostPID]}]
                """.formatted(name);
    }

    private void startAndAwait() {
        watch.start();
        FakeApiServer.await("the first read", watch::isComplete);
    }

    private int policies() {
        return watch.declarations().policyStates().size();
    }

    @Test
    void knowsWhatThereIsOnceComplete() {
        server.create(policy(1, "profile: restricted"));
        server.create(exemption("agent"));
        server.create("{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: a}}}");
        server.create("{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: gvisor}, handler: runsc}");

        startAndAwait();

        assertThat(watch.declarations().policyStates())
                .singleElement()
                .satisfies(state -> assertThat(state.inForce().name()).isEqualTo("tenants"));
        assertThat(watch.declarations().exemptionStates()).hasSize(1);
        assertThat(watch.knownNamespaces())
                .singleElement()
                .satisfies(namespace -> assertThat(namespace.labels()).containsEntry("team", "a"));
        assertThat(watch.cluster().minor()).isEqualTo(37);
        assertThat(watch.cluster().runtimeClasses()).contains(Set.of("gvisor"));
    }

    @Test
    void followsWhatChanges() {
        startAndAwait();
        assertThat(policies()).isZero();

        server.create(policy(1, "profile: restricted"));
        FakeApiServer.await("the new policy", () -> policies() == 1);
        server.delete(policy(1, ""));

        FakeApiServer.await("the deletion", () -> policies() == 0);
    }

    @Test
    void readsNothingAgainForAStatus() {
        server.create(policy(1, "profile: restricted"));
        startAndAwait();
        int before = reads.get();

        for (int i = 0; i < 5; i++) {
            server.update(policy(1, "profile: restricted") + "status: {workloads: " + i + "}\n");
        }
        server.update(policy(2, "profile: baseline"));
        FakeApiServer.await(
                "the new generation",
                () -> watch.declarations().policyStates().stream()
                        .anyMatch(state -> state.identity().generation() == 2));

        assertThat(reads.get()).isEqualTo(before + 1);
    }

    @Test
    void aFirstReadThatFailedIsNotComplete() throws Exception {
        failingReads = Integer.MAX_VALUE;
        server.create(policy(1, "profile: restricted"));
        watch.start();
        FakeApiServer.await("two reads that fail", () -> reads.get() >= 2);

        assertThat(watch.isComplete()).isFalse();

        failingReads = 0;
        FakeApiServer.await("a read that succeeds", watch::isComplete);
        assertThat(policies()).isEqualTo(1);
    }

    @Test
    void aListThatFailsIsTriedAgain() {
        server.fail(request -> request.contains("/exemptions"), 500);
        watch.start();
        FakeApiServer.await("a list that fails", () -> server.count(request -> request.contains("/exemptions")) > 0);
        assertThat(watch.isComplete()).isFalse();

        server.recover();

        FakeApiServer.await("the first read", watch::isComplete);
    }

    @Test
    void aVersionThatIsNotAnsweredKeepsNoPolicyWaiting() {
        server.hang("GET /version"::equals);
        watch.start();
        FakeApiServer.await("the question", () -> server.requests().contains("GET /version"));

        server.create(policy(1, "profile: restricted"));

        FakeApiServer.await("the policy", () -> policies() == 1);
        assertThat(watch.isComplete()).isFalse();
    }

    @Test
    void theProbesOwnExemptionExcusesNothing() {
        server.create(exemption("bulkhead-reachability-probe"));
        server.create(exemption("agent"));

        startAndAwait();

        assertThat(watch.declarations().exemptionStates())
                .singleElement()
                .satisfies(state -> assertThat(state.identity().name()).isEqualTo("agent"));
    }

    @Test
    void logsOnceWhyAPolicyIsNotInForce() {
        server.create(policy(1, "mode: enforced"));
        server.create(exemption("agent").replace("[hostPID]", "[]"));
        try (LogListener log = LogListener.to(ClusterInformers.class.getName())) {
            startAndAwait();
            server.create("{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: gvisor}, handler: runsc}");
            FakeApiServer.await(
                    "another read",
                    () -> watch.cluster()
                            .runtimeClasses()
                            .filter(classes -> classes.contains("gvisor"))
                            .isPresent());

            assertThat(log.messages())
                    .filteredOn(message ->
                            message.startsWith("policy \"tenants\" is not in force as it stands: /spec/mode:"))
                    .hasSize(1);
            assertThat(log.messages())
                    .filteredOn(message ->
                            message.startsWith("exemption \"bulkhead-system/agent\" has no effect: /spec/allow"))
                    .hasSize(1);
        }
    }

    @Test
    void knowsWhetherANamespaceIsCurrentOrEnding() {
        server.create("{apiVersion: v1, kind: Namespace, metadata: {name: shop, uid: n-1}}");
        startAndAwait();
        String version = server.client()
                .namespaces()
                .withName("shop")
                .get()
                .getMetadata()
                .getResourceVersion();
        String uid = server.client()
                .namespaces()
                .withName("shop")
                .get()
                .getMetadata()
                .getUid();

        assertThat(watch.isCurrent("shop", uid, version)).isTrue();
        assertThat(watch.isCurrent("shop", uid, version + "0")).isFalse();
        assertThat(watch.isCurrent("other", uid, version)).isFalse();
        assertThat(watch.isEnding("shop")).isFalse();
    }

    private static String recorded(String text) {
        return "{apiVersion: v1, kind: ConfigMap, metadata: {name: bulkhead-images, namespace: bulkhead-system}, data:"
                + " {images: \"" + text + "\"}}";
    }

    private Optional<String> user(String image) {
        return watch.cluster()
                .images()
                .find(ImageReference.parse(image).orElseThrow())
                .flatMap(ImageKnowledge::user)
                .map(fact -> fact.value() + " by " + fact.source());
    }

    @Test
    void whatIsRecordedOfImagesCountsBeforeTheTable() {
        startAndAwait();
        assertThat(user("nginx:1")).contains("Root[] by Bulkhead's table of known images");
        assertThat(user("acme/web:1")).isEmpty();
        ClusterCapabilities before = watch.cluster();

        server.create(recorded("docker.io/library/nginx:1 running 2026-11-27 user=101:101\\n"
                + "docker.io/acme/web:1 running 2026-11-27 user=7\\n"));
        FakeApiServer.await("the record", () -> user("acme/web:1").isPresent());

        assertThat(user("nginx:1"))
                .contains("Observed[id=101:101, ofEarlier=false] by a container that runs or ran in this cluster");
        assertThat(user("nginx:2")).contains("Root[] by Bulkhead's table of known images");
        assertThat(before.images().find(ImageReference.parse("acme/web:1").orElseThrow()))
                .as("an evaluation that has begun knows what it knew")
                .isEmpty();

        server.delete(recorded(""));
        FakeApiServer.await("that it is gone", () -> user("acme/web:1").isEmpty());
    }

    @Test
    void recordThatIsBrokenOrForbiddenDelaysNothing() {
        server.create(recorded("\\u0000{{{\\nkubectl: oops\\ndocker.io/acme/web:1 running 2026-11-27 user=7\\n"));
        server.fail(request -> request.contains("/configmaps"), 403);
        startAndAwait();
        assertThat(user("acme/web:1")).isEmpty();

        try (LogListener log = LogListener.to(RecordedImages.class.getName())) {
            server.recover();
            FakeApiServer.await("what can be read", () -> user("acme/web:1").isPresent());

            assertThat(log.messages())
                    .containsExactly(
                            "ConfigMap bulkhead-system/bulkhead-images has 2 lines that Bulkhead does not write:"
                                    + " \"\\u0000{{{\", which is ignored");
        }
    }

    @Test
    void watchesNoOtherConfigMap() {
        startAndAwait();
        FakeApiServer.await("the watch", () -> server.count(request -> request.contains("/configmaps")) > 1);

        assertThat(server.requests())
                .filteredOn(request -> request.contains("/configmaps"))
                .allSatisfy(request -> assertThat(request)
                        .contains("/namespaces/bulkhead-system/configmaps?")
                        .contains("fieldSelector=metadata.name%3Dbulkhead-images"));
    }
}
