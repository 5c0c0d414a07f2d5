package dev.bulkhead.app.observability;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.MovingClock;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionReviewHandler;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.app.admission.DecisionListener;
import dev.bulkhead.app.admission.DecisionListener.Entry;
import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.admission.WorkloadAdmission;
import dev.bulkhead.app.cluster.FakeApiServer;
import dev.bulkhead.app.cluster.refusal.RefusalEvents;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.fabric8.kubernetes.api.model.Event;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What reviews leave behind in the namespaces of what they refuse. */
class RefusalEventListenerTest {
    private static final String CONTROLLER = "system:serviceaccount:kube-system:replicaset-controller";
    private static final String BY_CONTROLLER = """
            metadata:
              generateName: web-6d5f8-
              namespace: shop
              labels: {pod-template-hash: 6d5f8}
              ownerReferences:
                - {apiVersion: apps/v1, kind: ReplicaSet, name: web-6d5f8, uid: rs-1, controller: true}
            """;

    private final FakeApiServer server = new FakeApiServer();
    private final MovingClock clock = new MovingClock(Instant.parse("2026-11-27T12:00:00Z"));
    private final RefusalEvents events = new RefusalEvents(server.client(), "bulkhead-0", clock);

    @BeforeEach
    void start() {
        server.create("{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}}");
        events.start();
    }

    @AfterEach
    void close() {
        events.close();
        server.close();
    }

    private static String review(String user, String request, String metadata) {
        JsonNode review =
                Yaml.tree("""
                apiVersion: admission.k8s.io/v1
                kind: AdmissionReview
                request:
                  uid: "1"
                  operation: CREATE
                  kind: {group: "", version: v1, kind: Pod}
                  namespace: shop
                  userInfo: {username: "%s"}
                  %s
                  object:
                    apiVersion: v1
                    kind: Pod
                    %s
                    spec: {hostPID: true, hostNetwork: true, containers: [{name: web, image: nginx}]}
                """.formatted(user, request, metadata.indent(4).strip()));
        return review.toString();
    }

    private JsonNode answer(Path path, String review, Caller caller, boolean users) {
        WorkloadAdmission gate = new WorkloadAdmission(
                WorkloadKinds.builtIn(), ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR), clock);
        PolicySet policies = new PolicySet(List.of(Policy.builtIn(Profile.BASELINE)), List.of());
        DecisionListener listener = new RefusalEventListener(events, Guidance.DEFAULT, users);
        DecisionListener asCaller = entry -> listener.write(
                new Entry(entry.path(), entry.uid(), entry.request(), entry.decision(), entry.nanos(), caller));
        Answer answer = new AdmissionReviewHandler(gate, asCaller)
                .answer(path, review.getBytes(StandardCharsets.UTF_8), () -> policies);
        return Yaml.tree(new String(answer.body(), StandardCharsets.UTF_8));
    }

    private Event event() {
        FakeApiServer.await(
                "an event",
                () -> !server.client()
                        .v1()
                        .events()
                        .inNamespace("shop")
                        .list()
                        .getItems()
                        .isEmpty());
        return server.client()
                .v1()
                .events()
                .inNamespace("shop")
                .list()
                .getItems()
                .get(0);
    }

    /** The objects of which there are events. */
    private List<String> names() {
        return server.client().v1().events().inNamespace("shop").list().getItems().stream()
                .map(event -> event.getInvolvedObject().getName())
                .toList();
    }

    /** What is refused after it is written, so that nothing else was. */
    private void assertNothingIsWrittenBefore() {
        answer(Path.VALIDATE, review("last", "name: last", "metadata: {name: last}"), Caller.UNKNOWN, true);
        assertThat(event().getInvolvedObject().getName()).isEqualTo("last");
        assertThat(server.client().v1().events().inNamespace("shop").list().getItems())
                .hasSize(1);
    }

    @Test
    void anEventOnThePodSaysWhatItsUserWasTold() {
        JsonNode answer = answer(
                Path.VALIDATE, review("alice", "name: web", "metadata: {name: web, uid: u-1}"), Caller.VERIFIED, true);

        assertThat(answer.at("/response/allowed").asBoolean(true)).isFalse();
        Event event = event();
        String told = answer.at("/response/status/message").asText().replaceAll("\\s*\\n\\s*", " ");
        assertThat(event.getMessage()).contains("violates PodSecurity", "Bulkhead refuses Pod \"web\"");
        assertThat(told).startsWith(event.getMessage().replace("…", ""));
        assertThat(event.getMetadata().getAnnotations())
                .containsEntry("bulkhead.dev/user", "alice")
                .containsEntry("bulkhead.dev/rules", "hostNamespaces");
        assertThat(event.getInvolvedObject().getUid()).isEqualTo("u-1");
    }

    @Test
    void anEventAboutThePodsOfAReplicaSetIsOnItsDeployment() {
        answer(Path.VALIDATE, review(CONTROLLER, "name: ''", BY_CONTROLLER), Caller.UNKNOWN, true);

        assertThat(event().getInvolvedObject().getKind()).isEqualTo("Deployment");
        assertThat(event().getInvolvedObject().getName()).isEqualTo("web");
    }

    @Test
    void ownersThatAUserMadeUpDoNotCount() {
        answer(Path.VALIDATE, review("mallory", "name: ''", BY_CONTROLLER), Caller.UNKNOWN, true);

        assertThat(event().getInvolvedObject().getKind()).isEqualTo("Pod");
        assertThat(event().getInvolvedObject().getName()).isEqualTo("web-6d5f8-");
    }

    @Test
    void attemptsWithAGeneratedNameAreOneEvent() {
        for (String suffix : List.of("x7k2p", "b4c8d")) {
            answer(
                    Path.VALIDATE,
                    review("alice", "name: job-" + suffix, "metadata: {generateName: job-, name: job-" + suffix + "}"),
                    Caller.UNKNOWN,
                    true);
        }

        answer(Path.VALIDATE, review("alice", "name: last", "metadata: {name: last}"), Caller.UNKNOWN, true);
        FakeApiServer.await("the last event", () -> names().contains("last"));

        assertThat(names()).containsExactlyInAnyOrder("job-", "last");
    }

    @Test
    void usersAreLeftOutWhereTheyAreNotToBeRecorded() {
        answer(Path.VALIDATE, review("alice", "name: web", "metadata: {name: web}"), Caller.UNKNOWN, false);

        assertThat(event().getMetadata().getAnnotations()).containsOnlyKeys("bulkhead.dev/rules");
    }

    @Test
    void whatCannotBeEvaluatedIsReportedWithTheReason() {
        answer(
                Path.VALIDATE,
                review("alice", "name: web", "metadata: {name: web, annotations: 3}"),
                Caller.UNKNOWN,
                true);

        assertThat(event().getMessage()).startsWith("Bulkhead cannot evaluate this object: ");
        assertThat(event().getMetadata().getAnnotations()).doesNotContainKey("bulkhead.dev/rules");
    }

    @Test
    void dryRunsMutationsStrangersAndImpossibleNamespacesLeaveNothing() {
        answer(Path.VALIDATE, review("alice", "dryRun: true", "metadata: {name: dry}"), Caller.UNKNOWN, true);
        answer(Path.MUTATE, review("alice", "name: m", "metadata: {name: mutated}"), Caller.UNKNOWN, true);
        answer(Path.VALIDATE, review("alice", "name: u", "metadata: {name: forged}"), Caller.UNVERIFIED, true);

        answer(
                Path.VALIDATE,
                review("alice", "name: n", "metadata: {name: outside}")
                        .replace("\"namespace\":\"shop\"", "\"namespace\":\"../../../pods\""),
                Caller.UNKNOWN,
                true);

        assertNothingIsWrittenBefore();
    }

    @Test
    void anApiServerThatRefusesEventsAffectsNoVerdict() {
        server.fail(request -> request.startsWith("POST"), 500);
        for (int i = 0; i < 3; i++) {
            JsonNode answer =
                    answer(Path.VALIDATE, review("alice", "name: web", "metadata: {name: web}"), Caller.UNKNOWN, true);
            assertThat(answer.at("/response/status/code").asInt()).isEqualTo(403);
        }
    }
}
