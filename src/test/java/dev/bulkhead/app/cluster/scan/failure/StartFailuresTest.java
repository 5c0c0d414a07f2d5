package dev.bulkhead.app.cluster.scan.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.MovingClock;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.FakeApiServer;
import dev.bulkhead.app.cluster.resource.EventWriter;
import dev.bulkhead.app.cluster.scan.failure.FailingPods.Failed;
import dev.bulkhead.app.cluster.scan.failure.FailingPods.Workload;
import dev.bulkhead.app.cluster.watch.ClusterState;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.engine.image.KnownImages;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StartFailuresTest {
    private static final Terms TERMS =
            new Terms(Policy.builtIn(Profile.LEAST_PRIVILEGE), DefaultPolicy.FALLBACK, Set.of(), Duration.ofDays(90));

    private final FakeApiServer server = new FakeApiServer();
    private final MovingClock clock = new MovingClock(Instant.parse("2026-11-27T08:00:00Z"));
    private final StartFailureEvents events = new StartFailureEvents(
            server.client(),
            new EventWriter(server.client(), "bulkhead-console-0", clock),
            () -> KnownImages.LOOKUP,
            clock);
    private final FailingPods pods = new FailingPods(events::add, clock);

    @AfterEach
    void close() {
        server.close();
    }

    private static ObjectNode pod(String name, String labels, String owner, String message) {
        return (ObjectNode) Yaml.tree("""
                metadata:
                  name: %s
                  namespace: shop
                  uid: u-%s
                  labels: {%s}
                  annotations: {bulkhead.dev/hardened: runAsNonRoot}
                  ownerReferences: [%s]
                spec: {containers: [{name: a, image: "nginx:1.29"}]}
                status: {containerStatuses: [{name: a, state: {waiting: {reason: CreateContainerConfigError, message: %s}}}]}
                """.formatted(name, name, labels, owner, message));
    }

    private static final String FAILS = "has runAsNonRoot and image will run as root";
    private static final String STARTS = "''";

    private static ObjectNode ofDeployment(String name, String message) {
        return pod(
                name,
                "pod-template-hash: 6d5f8, app: web",
                "{apiVersion: apps/v1, kind: ReplicaSet, name: web-6d5f8, uid: rs-1, controller: true}",
                message);
    }

    private void deployment() {
        server.create("{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop, uid: d-1}}");
    }

    private List<Event> written() {
        return server.client().v1().events().inNamespace("shop").list().getItems();
    }

    @Test
    void anEventOnTheDeploymentSaysWhatHelps() {
        deployment();
        pods.arrived(ofDeployment("web-6d5f8-1", FAILS));
        events.write();

        assertThat(written()).singleElement().satisfies(event -> {
            assertThat(event.getInvolvedObject().getApiVersion()).isEqualTo("apps/v1");
            assertThat(event.getInvolvedObject().getKind()).isEqualTo("Deployment");
            assertThat(event.getInvolvedObject().getName()).isEqualTo("web");
            assertThat(event.getInvolvedObject().getUid())
                    .isEqualTo(server.client()
                            .apps()
                            .deployments()
                            .inNamespace("shop")
                            .withName("web")
                            .get()
                            .getMetadata()
                            .getUid());
            assertThat(event.getType()).isEqualTo("Warning");
            assertThat(event.getReason()).isEqualTo("HardenedPodDoesNotStart");
            assertThat(event.getMessage()).contains("Set securityContext.runAsUser: 101 and runAsGroup: 101");
        });
    }

    @Test
    void whatIsNotThereIsReportedOnWhatThePodNames() {
        pods.arrived(ofDeployment("web-6d5f8-1", FAILS));
        pods.arrived(pod("lonely", "", "", FAILS));
        pods.arrived(pod(
                "job-29-x", "", "{apiVersion: batch/v1, kind: Job, name: job-29, uid: j-1, controller: true}", FAILS));
        events.write();

        assertThat(written())
                .extracting(event -> event.getInvolvedObject().getKind() + " "
                        + event.getInvolvedObject().getName() + " "
                        + event.getInvolvedObject().getUid())
                .containsExactlyInAnyOrder("ReplicaSet web-6d5f8 rs-1", "Pod lonely u-lonely", "Job job-29 j-1");
    }

    @Test
    void aWorkloadIsReportedOnceAnHourHoweverManyPodsItHas() {
        deployment();
        for (int pod = 0; pod < 20; pod++) {
            pods.arrived(ofDeployment("web-6d5f8-" + pod, FAILS));
            events.write();
        }
        assertThat(written()).hasSize(1);

        clock.pass(Duration.ofMinutes(59));
        pods.arrived(ofDeployment("web-6d5f8-1", FAILS));
        events.write();
        assertThat(written()).hasSize(1);

        clock.pass(Duration.ofMinutes(1));
        pods.arrived(ofDeployment("web-6d5f8-1", FAILS));
        events.write();
        assertThat(written()).hasSize(2);
    }

    @Test
    void manyWorkloadsThatFailAreReportedAFewAtATimeAndNotAllAreKept() {
        for (int i = 0; i < 2 * StartFailureEvents.MOST_WAITING; i++) {
            pods.arrived(pod("p-" + i, "", "", FAILS));
        }
        events.write();
        assertThat(written()).hasSize(StartFailureEvents.MOST_AT_ONCE);

        for (int i = 0; i < 2 * StartFailureEvents.MOST_WAITING / StartFailureEvents.MOST_AT_ONCE; i++) {
            events.write();
        }
        assertThat(written()).hasSize(StartFailureEvents.MOST_WAITING);
    }

    @Test
    void anEventThatCannotBeWrittenNowIsWrittenLater() {
        pods.arrived(pod("web", "", "", FAILS));
        server.fail(request -> request.startsWith("POST"), 500);
        assertThatThrownBy(events::write).isInstanceOf(KubernetesClientException.class);

        server.recover();
        events.write();

        assertThat(written()).hasSize(1);
    }

    @Test
    void anEventThatIsForbiddenKeepsNoOtherWaiting() {
        pods.arrived(pod("web", "", "", FAILS));
        server.fail(request -> request.startsWith("POST"), 403);
        events.write();
        server.recover();
        pods.arrived(pod("web", "", "", FAILS));
        pods.arrived(pod("other", "", "", FAILS));
        events.write();

        assertThat(written())
                .extracting(event -> event.getInvolvedObject().getName())
                .containsExactly("other");
    }

    @Test
    void eachContainerOfAPodCountsOnceByReason() {
        for (int i = 0; i < 3; i++) {
            pods.arrived(pod("web", "", "", FAILS));
        }
        pods.arrived(pod("other", "", "", "image has non-numeric user (app) under runAsNonRoot"));

        assertThat(pods.counts().get(StartFailure.Reason.ROOT_USER)).hasToString("1");
        assertThat(pods.counts().get(StartFailure.Reason.NAMED_USER)).hasToString("1");
        assertThat(pods.counts().get(StartFailure.Reason.READ_ONLY_FILE_SYSTEM)).hasToString("0");
    }

    private List<String> failing() {
        return pods.workloads().stream()
                .map(workload ->
                        workload.owner().kind() + "/" + workload.owner().name())
                .distinct()
                .toList();
    }

    @Test
    void aPodCountsUntilItHasRunForAWhile() {
        pods.arrived(ofDeployment("web-6d5f8-1", FAILS));
        assertThat(failing()).containsExactly("Deployment/web");

        pods.arrived(ofDeployment("web-6d5f8-1", STARTS));
        clock.pass(Duration.ofMinutes(5));
        assertThat(failing()).as("it may be between two failures").hasSize(1);
        pods.arrived(ofDeployment("web-6d5f8-1", FAILS));
        pods.arrived(ofDeployment("web-6d5f8-1", STARTS));
        clock.pass(Duration.ofMinutes(5));
        assertThat(failing()).hasSize(1);
        clock.pass(Duration.ofMinutes(2));
        assertThat(failing()).isEmpty();

        pods.arrived(ofDeployment("web-6d5f8-2", FAILS));
        pods.deleted("shop", "web-6d5f8-2", "u-web-6d5f8-2");
        assertThat(failing()).isEmpty();
    }

    @Test
    void howManyPodsFailIsKeptWithinABound() {
        List<Failed> failed = new ArrayList<>();
        FailingPods many = new FailingPods(failed::add, clock);
        for (int i = 0; i < 2 * FailingPods.MOST; i++) {
            many.arrived(pod("p-" + i, "long: " + "x".repeat(5_000), "", FAILS));
        }

        assertThat(failed).hasSize(FailingPods.MOST);
        assertThat(many.workloads())
                .hasSize(FailingPods.MOST)
                .extracting(Workload::labels)
                .allSatisfy(labels -> assertThat(labels).isEmpty());
    }

    private static JsonNode policy(String name, String label) {
        return Yaml.tree("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: %s, uid: uid-%s, generation: 1}
                spec: {match: {workloadSelector: {matchLabels: {app: %s}}}}
                """.formatted(name, name, label));
    }

    private ClusterState cluster(JsonNode... policies) {
        PolicySnapshot snapshot =
                PolicySnapshot.of(List.of(policies), List.of(), TERMS, clock.instant(), PolicySnapshot.none(TERMS));
        return new ClusterState() {
            @Override
            public PolicySnapshot declarations() {
                return snapshot;
            }

            @Override
            public List<Namespace> knownNamespaces() {
                return List.of(Namespace.named("shop"));
            }

            @Override
            public ClusterCapabilities cluster() {
                return ClusterCapabilities.offline(37);
            }
        };
    }

    @Test
    void theStatusOfAPolicyCountsItsWorkloadsAndKeepsTheRest() throws IOException {
        for (String name : List.of("web", "db")) {
            server.create(policy(name, name).toString());
            server.updateStatus(policy(name, name).toString().replaceFirst("}$", ", \"status\": {\"workloads\": 7}}"));
        }
        NotStartingStatus status =
                new NotStartingStatus(server.client(), cluster(policy("web", "web"), policy("db", "db")), clock);
        pods.arrived(ofDeployment("web-6d5f8-1", FAILS));
        pods.arrived(ofDeployment("web-6d5f8-2", FAILS));
        status.write(pods.workloads());

        assertThat(server.get("LeastPrivilegePolicy", "", "web").path("status"))
                .isEqualTo(Yaml.tree("{workloads: 7, notStarting: 1}"));
        assertThat(server.get("LeastPrivilegePolicy", "", "db").path("status"))
                .isEqualTo(Yaml.tree("{workloads: 7, notStarting: 0}"));

        long patches = server.count(request -> request.startsWith("PATCH"));
        status.write(pods.workloads());
        assertThat(server.count(request -> request.startsWith("PATCH"))).isEqualTo(patches);
        pods.deleted("shop", "web-6d5f8-1", "u-web-6d5f8-1");
        pods.deleted("shop", "web-6d5f8-2", "u-web-6d5f8-2");
        status.write(pods.workloads());
        assertThat(server.count(request -> request.startsWith("PATCH"))).isEqualTo(patches + 1);
    }

    @Test
    void aStatusThatCannotBeWrittenIsWrittenLater() throws IOException {
        server.create(policy("web", "web").toString());
        NotStartingStatus status = new NotStartingStatus(server.client(), cluster(policy("web", "web")), clock);
        server.fail(request -> request.startsWith("PATCH"), 500);
        assertThatThrownBy(() -> status.write(List.of())).isInstanceOf(IOException.class);

        server.recover();
        status.write(List.of());

        assertThat(server.get("LeastPrivilegePolicy", "", "web").at("/status/notStarting"))
                .hasToString("0");
    }
}
