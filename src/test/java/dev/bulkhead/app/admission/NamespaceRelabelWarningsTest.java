package dev.bulkhead.app.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.MovingClock;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.cluster.PodPage;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.EvaluationTimeoutException;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceRelabelWarningsTest {
    private static final String SANDBOXED = "bulkhead.dev/profile: sandboxed";

    private final List<JsonNode> pods = new ArrayList<>();
    private int listed;
    private int mostInAPage;
    private Duration longestWait = Duration.ZERO;
    private long bytesPerPod = 5_000;
    private Runnable duringListing = () -> {};
    private Optional<Throwable> broken = Optional.empty();
    private final MovingClock clock = new MovingClock(Instant.parse("2026-11-24T12:00:00Z"));
    private final NamespaceRelabelWarnings validator = validator();

    private PolicySet policies = PolicySet.of(Profile.BASELINE);

    private void pod(String name, String owner, String spec) {
        pods.add(Yaml.tree("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %s
                  namespace: shop
                  uid: %s
                  ownerReferences: [{controller: true, kind: ReplicaSet, name: web, uid: %s}]
                spec: {%s, containers: [{name: app, image: a}]}
                """.formatted(name, name, owner, spec)));
    }

    private static AdmissionRequest relabelled(String operation, String before, String after) {
        return AdmissionRequest.of(Field.root(Yaml.tree("""
                request:
                  uid: "1"
                  operation: %s
                  kind: {group: "", version: v1, kind: Namespace}
                  name: shop
                  object: {metadata: {name: shop, labels: {%s}}}
                  oldObject: {metadata: {name: shop, labels: {%s}}}
                """.formatted(operation, after, before))));
    }

    private static void throwAny(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    private Optional<Decision> decide(AdmissionRequest request, boolean mayAsk) {
        AdmissionContext context = AdmissionContext.unlimited();
        return decide(request, mayAsk ? context : context.withoutAsking());
    }

    private Optional<Decision> decide(AdmissionRequest request, AdmissionContext context) {
        return validator.on(request, policies, context);
    }

    private NamespaceRelabelWarnings validator() {
        return new NamespaceRelabelWarnings(
                () -> ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                (name, uid, version) -> name.equals("shop") && uid.equals("n-1") && version.equals("42"),
                (namespace, most, from, within) -> {
                    listed++;
                    longestWait = within.compareTo(longestWait) > 0 ? within : longestWait;
                    mostInAPage = Math.max(mostInAPage, most);
                    duringListing.run();
                    if (broken.isPresent()) {
                        throwAny(broken.get());
                    }
                    assertThat(namespace).isEqualTo("shop");
                    int start = from.map(Integer::parseInt).orElse(0);
                    int end = Math.min(start + most, pods.size());
                    return new PodPage(
                            pods.subList(start, end),
                            (end - start) * bytesPerPod,
                            pods.size() - end,
                            end < pods.size() ? Optional.of(Integer.toString(end)) : Optional.empty());
                },
                WorkloadKinds.builtIn(),
                clock);
    }

    private List<String> warnings(String before, String after) {
        Decision decision = decide(relabelled("UPDATE", before, after), true).orElseThrow();
        assertThat(decision).isInstanceOf(Decision.Advice.class);
        assertThat(((Decision.Advice) decision).refusal()).isEmpty();
        return ((Decision.Advice) decision).warnings();
    }

    @Test
    void reportsPodsThatWouldBeDeniedOncePerController() {
        pod("web-1", "a", "hostUsers: true");
        pod("web-2", "a", "hostUsers: true");
        pod("db-1", "b", "hostUsers: true");

        assertThat(warnings("", SANDBOXED))
                .hasSize(2)
                .startsWith("pods in \"shop\" would be denied if they were created again:")
                .last()
                .asString()
                .startsWith("web-1 (and 2 other pods): ")
                .contains("userNamespace");
    }

    @Test
    void skipsWhatWasDeniedBefore() {
        pod("gone-1", "c", "hostPID: true");

        assertThat(warnings("", "bulkhead.dev/profile: baseline")).isEmpty();
        assertThat(warnings("", "bulkhead.dev/profile: restricted"))
                .last()
                .asString()
                .contains("runAsNonRoot")
                .doesNotContain("hostNamespaces");
    }

    @Test
    void believesPodsAboutTheirControllerAsAdmissionBelievesTheController() {
        pod("web-1", "a", "hostPID: true");
        policies = Evaluations.policies(
                "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: p},"
                        + " spec: {profile: privileged}}",
                """
                apiVersion: bulkhead.dev/v1alpha1
                kind: Exemption
                metadata: {name: e, namespace: bulkhead-system}
                spec:
                  reason: r
                  owner: o
                  expires: 2035-01-01T00:00:00Z
                  match: {namespaces: [shop], workloads: [{kind: ReplicaSet, name: web}]}
                  allow: [{rule: hostNamespaces, values: [hostPID]}]
                """);

        assertThat(warnings("", "bulkhead.dev/profile: baseline")).isEmpty();
    }

    @Test
    void isSilentWhenNothingGetsStricter() {
        pod("web-1", "a", "hostUsers: true");

        assertThat(warnings(SANDBOXED, "")).isEmpty();
        assertThat(warnings("", "bulkhead.dev/profile: privileged")).isEmpty();
    }

    @Test
    void checksALimitedNumberOfPodsAndReportsIt() {
        for (int i = 0; i < 4_001; i++) {
            pod("web-" + i, "a", "hostUsers: true");
        }

        assertThat(warnings("", SANDBOXED))
                .contains("only the first 3000 of 4001 pods in \"shop\" were looked at")
                .last()
                .asString()
                .startsWith("web-0 (and 2999 other pods): ");
    }

    @Test
    void checksALimitedNumberOfBytesInSmallPages() {
        for (int i = 0; i < 300; i++) {
            pod("web-" + i, "a", "hostUsers: true");
        }
        bytesPerPod = 1_500_000;

        assertThat(warnings("", SANDBOXED))
                .first()
                .asString()
                .isEqualTo("only the first 30 of 300 pods in \"shop\" were looked at");
        assertThat(mostInAPage).isLessThanOrEqualTo(20);
    }

    @Test
    void checksOneNamespaceAtATime() throws Exception {
        pod("web-1", "a", "hostUsers: true");
        CountDownLatch listing = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        duringListing = () -> {
            listing.countDown();
            try {
                over.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        ExecutorService other = Executors.newSingleThreadExecutor();
        Future<List<String>> first = other.submit(() -> warnings("", SANDBOXED));
        listing.await();

        assertThat(warnings("", SANDBOXED)).singleElement().asString().startsWith("no pods in \"shop\"");
        assertThat(listed).isEqualTo(1);

        over.countDown();
        assertThat(first.get()).hasSize(2);
        assertThat(warnings("", SANDBOXED)).hasSize(2);
        other.shutdown();
    }

    @Test
    void checksForOneSecondAtMost() {
        for (int i = 0; i < 100; i++) {
            pod("web-" + i, "owner-" + i, "hostUsers: true");
        }
        clock.passesAtEachLook(Duration.ofMillis(20));

        assertThat(warnings("", SANDBOXED))
                .first()
                .asString()
                .containsPattern("only the first ([1-4]?[0-9]|50) of 100 pods");
    }

    @Test
    void listsPodsOnlyWithTheRight() {
        assertThat(decide(relabelled("UPDATE", "", SANDBOXED), false)).contains(new Decision.Postponed());
        assertThat(decide(relabelled("UPDATE", "a: b", "a: b"), false)).contains(new Decision.Skipped());
    }

    @ParameterizedTest
    @CsvSource({
        "VERIFIED, n-0, 0, true",
        "UNKNOWN, n-1, 42, true",
        "UNKNOWN, n-1, 41, false",
        "UNKNOWN, n-2, 42, false",
        "UNKNOWN, '', '', false",
        "UNVERIFIED, n-1, 42, false",
    })
    void listsPodsForTheApiServerOnly(Caller caller, String uid, String version, boolean asks) {
        pod("web-1", "a", "hostUsers: true");
        AdmissionRequest request = AdmissionRequest.of(Field.root(Yaml.tree("""
                request:
                  uid: "1"
                  operation: UPDATE
                  kind: {group: "", version: v1, kind: Namespace}
                  name: shop
                  object: {metadata: {name: shop, labels: {%s}}}
                  oldObject: {metadata: {name: shop, uid: "%s", resourceVersion: "%s"}}
                """.formatted(SANDBOXED, uid, version))));
        AdmissionContext context = new AdmissionContext(
                ReviewDeadline.never(), Optional.empty(), caller, true, new AdmissionContext.Claim());

        Optional<Decision> decision = decide(request, context);

        assertThat(listed).isEqualTo(asks ? 1 : 0);
        assertThat(decision.orElseThrow()).isInstanceOf(asks ? Decision.Advice.class : Decision.Skipped.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"team: a", "pod-security.kubernetes.io/enforce: restricted"})
    void listsPodsOnlyWhenALabelThatCountsHasChanged(String labels) {
        assertThat(decide(relabelled("UPDATE", "", labels), true)).contains(new Decision.Skipped());
        assertThat(listed).isZero();
    }

    @Test
    void admitsWithAWarningWhenPodsCannotBeListed() {
        broken = Optional.of(
                new UncheckedIOException(new IOException("HTTP status 403, in a body of the API server's")));

        assertThat(warnings("", SANDBOXED))
                .containsExactly("the pods in \"shop\" were not checked: they could not be listed");
    }

    @Test
    void saysHowManyPodsWereCheckedBeforeTheListFailed() {
        for (int i = 0; i < 30; i++) {
            pod("web-" + i, "a", "hostUsers: true");
        }
        duringListing = () -> {
            if (listed == 2) {
                broken =
                        Optional.of(new UncheckedIOException(new IOException("the API server did not answer in time")));
            }
        };

        assertThat(warnings("", SANDBOXED))
                .hasSize(3)
                .startsWith("only the first 10 pods in \"shop\" were checked: the others could not be listed")
                .last()
                .asString()
                .startsWith("web-0 (and 9 other pods): ");
    }

    @Test
    void waitsForTheApiServerNoLongerThanASecond() {
        clock.passesAtEachLook(Duration.ofMillis(300));
        for (int i = 0; i < 30; i++) {
            pod("web-" + i, "a", "hostUsers: true");
        }

        assertThat(warnings("", SANDBOXED)).isNotEmpty();
        assertThat(longestWait).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void admitsWithAWarningWhateverGoesWrong() {
        for (Throwable failure : List.of(new IllegalStateException("a secret"), new OutOfMemoryError("a secret"))) {
            broken = Optional.of(failure);
            assertThat(warnings("", SANDBOXED))
                    .singleElement()
                    .asString()
                    .startsWith("the pods in \"shop\" were not checked: an error inside Bulkhead")
                    .doesNotContain("a secret");
        }
    }

    @Test
    void admitsWithAWarningWhenTimeRunsOut() {
        pod("web-1", "a", "hostUsers: true");
        broken = Optional.of(new EvaluationTimeoutException());

        assertThat(warnings("", SANDBOXED)).containsExactly("the pods in \"shop\" were not checked: time ran out");
    }

    @Test
    void deniesNothingWhoseLabelsCannotBeRead() {
        AdmissionRequest request = AdmissionRequest.of(Field.root(Yaml.tree("""
                request:
                  uid: "1"
                  operation: UPDATE
                  kind: {group: "", version: v1, kind: Namespace}
                  name: shop
                  object: {metadata: {name: shop, labels: [a]}}
                  oldObject: 7
                """)));

        assertThat(decide(request, true))
                .hasValueSatisfying(decision -> assertThat(decision)
                        .isInstanceOfSatisfying(
                                Decision.Advice.class,
                                advice -> assertThat(advice.refusal()).isEmpty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATE", "DELETE"})
    void isSilentOtherwise(String operation) {
        assertThat(decide(relabelled(operation, "", SANDBOXED), true)).contains(new Decision.Skipped());
    }
}
