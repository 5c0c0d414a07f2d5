package dev.bulkhead.app.cluster.refusal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.MovingClock;
import dev.bulkhead.app.cluster.FakeApiServer;
import dev.bulkhead.app.cluster.resource.OutermostController;
import dev.bulkhead.engine.policy.Exemption.Owner;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalEventsTest {
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");

    private final FakeApiServer server = new FakeApiServer();
    private final MovingClock clock = new MovingClock(NOON);
    private final RefusalEvents events = new RefusalEvents(server.client(), "bulkhead-0", clock);

    @AfterEach
    void close() {
        events.close();
        server.close();
    }

    private static RefusedObject pod(String namespace, String name, String... rules) {
        return new RefusedObject(
                new OutermostController(
                        namespace,
                        new Owner("Pod", name),
                        new ObjectReferenceBuilder()
                                .withApiVersion("v1")
                                .withKind("Pod")
                                .withNamespace(namespace)
                                .withName(name)
                                .build()),
                Optional.of("alice"),
                List.of(rules));
    }

    private static RefusedObject ofDeployment(String name) {
        return new RefusedObject(
                new OutermostController(
                        "shop",
                        new Owner("Deployment", name),
                        new ObjectReferenceBuilder()
                                .withApiVersion("apps/v1")
                                .withKind("ReplicaSet")
                                .withNamespace("shop")
                                .withName(name + "-6d5f8")
                                .withUid("rs-1")
                                .build()),
                Optional.of("system:serviceaccount:kube-system:replicaset-controller"),
                List.of("hostPorts"));
    }

    private void refuse(RefusedObject object) {
        events.add(object, () -> "Bulkhead refuses it:\n  - hostPorts");
    }

    private List<Event> written(String namespace) {
        return server.client().v1().events().inNamespace(namespace).list().getItems();
    }

    private long count(String result) {
        return Optional.ofNullable(events.counts().get(result)).orElseThrow().sum();
    }

    @Test
    void anEventSaysWhatWasRefusedToWhomAndWhy() {
        refuse(pod("shop", "web", "hostPorts", "privileged"));
        events.write();

        assertThat(written("shop")).singleElement().satisfies(event -> {
            assertThat(event.getMetadata().getName()).matches("web\\.[0-9a-f]{16}");
            assertThat(event.getMetadata().getAnnotations())
                    .containsEntry("bulkhead.dev/user", "alice")
                    .containsEntry("bulkhead.dev/rules", "hostPorts,privileged");
            assertThat(event.getInvolvedObject().getKind()).isEqualTo("Pod");
            assertThat(event.getInvolvedObject().getName()).isEqualTo("web");
            assertThat(event.getType()).isEqualTo("Warning");
            assertThat(event.getReason()).isEqualTo("Refused");
            assertThat(event.getMessage()).isEqualTo("Bulkhead refuses it: - hostPorts");
            assertThat(event.getReportingComponent()).isEqualTo("bulkhead.dev/bulkhead");
            assertThat(event.getFirstTimestamp()).isEqualTo("2026-11-27T12:00:00Z");
            assertThat(event.getCount()).isEqualTo(1);
        });
    }

    @Test
    void whatIsReadIsWhatWasWritten() {
        refuse(pod("shop", "web", "hostPorts", "privileged"));
        events.write();
        RecentRefusals recent = new RecentRefusals();
        recent.arrived(server.client()
                .getKubernetesSerialization()
                .convertValue(written("shop").get(0), ObjectNode.class));

        assertThat(recent.since(NOON))
                .containsExactly(new Refusal(
                        NOON,
                        NOON,
                        1,
                        "shop",
                        "Pod",
                        "web",
                        Optional.of("alice"),
                        List.of("hostPorts", "privileged"),
                        "Bulkhead refuses it: - hostPorts"));
    }

    @Test
    void anEventOfAReplicaSetsPodsIsAboutTheDeployment() {
        server.create("{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}}");
        refuse(ofDeployment("web"));
        refuse(ofDeployment("gone"));
        events.write();

        assertThat(written("shop"))
                .extracting(event -> event.getInvolvedObject().getKind() + "/"
                        + event.getInvolvedObject().getName())
                .containsExactlyInAnyOrder("Deployment/web", "ReplicaSet/gone-6d5f8");
        assertThat(written("shop"))
                .extracting(event -> event.getInvolvedObject().getUid())
                .contains("rs-1")
                .contains(server.client()
                        .apps()
                        .deployments()
                        .inNamespace("shop")
                        .withName("web")
                        .get()
                        .getMetadata()
                        .getUid());
    }

    @Test
    void withoutThePermissionToReadDeploymentsTheEventIsAboutTheReplicaSet() {
        server.fail(request -> request.startsWith("GET /apis/apps"), 403);
        refuse(ofDeployment("web"));
        events.write();

        assertThat(written("shop"))
                .singleElement()
                .satisfies(
                        event -> assertThat(event.getInvolvedObject().getKind()).isEqualTo("ReplicaSet"));
    }

    @Test
    void whatIsRefusedAgainRaisesTheCount() {
        for (int i = 0; i < 3; i++) {
            refuse(pod("shop", "web", "hostPorts"));
        }
        events.write();
        clock.pass(Duration.ofMinutes(1));
        refuse(pod("shop", "web", "hostPorts"));
        events.write();

        assertThat(written("shop")).singleElement().satisfies(event -> {
            assertThat(event.getCount()).isEqualTo(4);
            assertThat(event.getFirstTimestamp()).isEqualTo("2026-11-27T12:00:00Z");
            assertThat(event.getLastTimestamp()).isEqualTo("2026-11-27T12:01:00Z");
        });
        assertThat(count("created")).isEqualTo(1);
        assertThat(count("updated")).isEqualTo(1);
        assertThat(server.requests())
                .as("no permission to read events is needed")
                .filteredOn(request -> request.startsWith("GET /api/v1/namespaces/shop/events/"))
                .isEmpty();
    }

    @Test
    void otherRulesObjectsAndUsersHaveEventsOfTheirOwn() {
        refuse(pod("shop", "web", "hostPorts"));
        refuse(pod("shop", "web", "hostPorts", "privileged"));
        refuse(pod("shop", "db", "hostPorts"));
        refuse(new RefusedObject(pod("shop", "web").about(), Optional.of("bob"), List.of("hostPorts")));
        events.write();

        assertThat(written("shop")).hasSize(4);
    }

    @Test
    void replicasShareAnEvent() {
        try (RefusalEvents other = new RefusalEvents(server.client(), "bulkhead-1", clock)) {
            for (int i = 0; i < 3; i++) {
                refuse(pod("shop", "web", "hostPorts"));
                events.write();
                other.add(pod("shop", "web", "hostPorts"), () -> "no");
                other.write();
            }
        }

        assertThat(written("shop"))
                .singleElement()
                .satisfies(event -> assertThat(event.getCount()).isEqualTo(6));
    }

    @Test
    void anEventThatTheApiServerHasForgottenIsWrittenAnew() {
        refuse(pod("shop", "web", "hostPorts"));
        events.write();
        server.client().v1().events().inNamespace("shop").delete();
        refuse(pod("shop", "web", "hostPorts"));
        events.write();

        assertThat(written("shop"))
                .singleElement()
                .satisfies(event -> assertThat(event.getCount()).isEqualTo(1));
    }

    @Test
    void whatCannotBeWrittenNowIsWrittenLater() {
        refuse(pod("shop", "web", "hostPorts"));
        refuse(pod("shop", "db", "hostPorts"));
        server.fail(request -> request.startsWith("POST"), 429);
        assertThatThrownBy(events::write).isInstanceOf(KubernetesClientException.class);
        refuse(pod("shop", "web", "hostPorts"));

        server.recover();
        events.write();

        assertThat(written("shop")).extracting(Event::getCount).containsExactlyInAnyOrder(1, 2);
        assertThat(count("failed")).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 500, 503})
    void eventThatIsNotStoredDelaysOnlyItself(int status) {
        refuse(pod("bad", "web", "hostPorts"));
        refuse(pod("bad", "db", "hostPorts"));
        refuse(pod("good", "web", "hostPorts"));
        refuse(pod("other", "web", "hostPorts"));
        server.fail(request -> request.startsWith("POST /api/v1/namespaces/bad/"), status);
        server.fail(request -> request.contains("/namespaces/bad/events/web."), status);
        events.write();
        assertThat(written("good")).hasSize(1);
        assertThat(written("other")).hasSize(1);

        long before = server.count(request -> request.startsWith("POST"));
        refuse(pod("good", "db", "hostPorts"));
        refuse(pod("bad", "web", "hostPorts"));
        events.write();
        assertThat(written("good")).hasSize(2);
        assertThat(server.count(request -> request.startsWith("POST")))
                .as("what failed is not tried again at once")
                .isEqualTo(before + 1);

        server.recover();
        clock.pass(Duration.ofSeconds(2));
        events.write();
        assertThat(written("bad")).extracting(Event::getCount).containsExactlyInAnyOrder(1, 2);
        assertThat(count("failed")).isZero();
    }

    @Test
    void eventThatIsNeverStoredIsGivenUp() {
        refuse(pod("bad", "web", "hostPorts"));
        server.fail(request -> request.startsWith("POST"), 500);
        for (int i = 0; i < 2 * RefusalEvents.MOST_ATTEMPTS; i++) {
            events.write();
            clock.pass(Duration.ofMinutes(1));
        }

        assertThat(server.count(request -> request.startsWith("POST"))).isEqualTo(RefusalEvents.MOST_ATTEMPTS);
        assertThat(count("failed")).isEqualTo(1);
    }

    @Test
    void whatIsForbiddenKeepsNoOtherWaiting() {
        refuse(pod("shop", "web", "hostPorts"));
        refuse(pod("web", "web", "hostPorts"));
        server.fail(request -> request.startsWith("POST /api/v1/namespaces/shop"), 403);
        events.write();

        assertThat(written("web")).hasSize(1);
        assertThat(count("failed")).isEqualTo(1);
    }

    @Test
    void namespaceThatRefusesMuchDelaysNoOtherAndWritesFewEvents() {
        for (int i = 0; i < 10_000; i++) {
            refuse(pod("noisy", "p-" + i, "hostPorts"));
        }
        refuse(pod("quiet", "web", "hostPorts"));
        events.write();

        assertThat(written("quiet")).hasSize(1);
        assertThat(written("noisy")).hasSize(WaitingRefusals.BURST);
        assertThat(count("dropped")).isEqualTo(10_000 - WaitingRefusals.MOST_OF_A_NAMESPACE);

        events.write();
        assertThat(written("noisy")).hasSize(WaitingRefusals.BURST);
        clock.pass(WaitingRefusals.ONE_MORE_AFTER);
        events.write();
        events.write();
        assertThat(written("noisy")).hasSize(WaitingRefusals.BURST + 1);
        clock.pass(Duration.ofHours(1));
        events.write();
        assertThat(written("noisy")).as("no more than at first").hasSize(2 * WaitingRefusals.BURST + 1);
    }

    @Test
    void manyNamespacesAreWrittenAFewAtATimeAndNotAllAreKept() {
        for (int i = 0; i < 2 * WaitingRefusals.MOST; i++) {
            refuse(pod("n-" + i, "web", "hostPorts"));
        }
        events.write();

        assertThat(server.count(request -> request.startsWith("POST"))).isEqualTo(RefusalEvents.MOST_AT_ONCE);
        assertThat(count("dropped")).isEqualTo(WaitingRefusals.MOST);
    }

    @Test
    void messageIsMadeOnlyForWhatIsNotKnownYet() {
        AtomicInteger made = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            events.add(pod("shop", "web", "hostPorts"), () -> "message " + made.incrementAndGet());
        }

        assertThat(made).hasValue(1);
    }

    @Test
    void namesThatNoObjectHasAreNoNamesOfEvents() {
        for (String name : List.of("web-", "", "../x", "a\nb", "Web", "x".repeat(10_000), "-".repeat(10_000))) {
            assertThat(RefusalEvent.name(pod("shop", name)))
                    .as(name)
                    .hasSizeLessThanOrEqualTo(253)
                    .matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?\\.[0-9a-f]{16}");
        }
        assertThat(RefusalEvent.name(pod("shop", "web-"))).startsWith("web.");
    }
}
