package dev.bulkhead.app.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.app.admission.DecisionListener.Entry;
import dev.bulkhead.app.admission.HostileReviews.Shape;
import dev.bulkhead.app.admission.HostileReviews.Way;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a review costs grows no faster than its bytes, whatever list or map in it is long, and on whatever way it is
 * evaluated. Work is counted, not timed: how often the review's tree is looked at, the steps of the evaluation, and the
 * bytes allocated on the way.
 */
class LinearCostTest {
    private static final int SMALL = 100;
    private static final int TIMES = 8;

    /**
     * Room for logarithms, for tables that double, and for the old object, which is evaluated only where the new one is to
     * be denied; far below the square, which would be eight times too much.
     */
    private static final double TOLERANCE = 2.5;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final WorkloadAdmission gate = new WorkloadAdmission(
            WorkloadKinds.builtIn(),
            ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
            Clock.fixed(Evaluations.NOW, ZoneOffset.UTC));

    /** What a review cost. */
    private record Work(long bytes, long steps, long allocated) {}

    private static final Map<String, PolicySet> POLICIES = policies();

    private static Map<String, PolicySet> policies() {
        Map<String, PolicySet> policies = new LinkedHashMap<>();
        policies.put("least-privilege", PolicySet.of(Profile.LEAST_PRIVILEGE));
        policies.put(
                "sandboxed with a user", Evaluations.policies(policy("a", "profile: sandboxed, user: {id: 10001}")));
        policies.put("restricted", PolicySet.of(Profile.RESTRICTED));
        policies.put(
                "several revisions",
                Evaluations.policies(
                        policy("a", "profile: least-privilege"),
                        policy("b", "profile: restricted@v1.22"),
                        policy("c", "profile: restricted@v1.34, mode: warn")));
        policies.put("warn", Evaluations.policies(policy("a", "profile: sandboxed, mode: warn")));
        policies.put("exemptions by container", Evaluations.policies(exempting()));
        return policies;
    }

    private static String policy(String name, String spec) {
        return "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: " + name + "}, spec: {"
                + spec + "}}";
    }

    /** A policy, and exemptions of every value for fifty containers, half of the fewest that a shape has. */
    private static String[] exempting() {
        String containers = IntStream.range(0, 50).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        List<String> documents = new ArrayList<>();
        documents.add(policy("a", "profile: sandboxed"));
        String allow = RuleRegistry.ALL.stream()
                .map(rule -> "{rule: " + rule.id() + ", values: ['*']}")
                .collect(Collectors.joining(", "));
        for (String names : List.of("c", "c, " + containers, containers)) {
            documents.add("{apiVersion: bulkhead.dev/v1alpha1, kind: Exemption, metadata: {name: e" + documents.size()
                    + ", namespace: bulkhead-system}, spec: {reason: r, owner: o, expires: 2027-01-01T00:00:00Z,"
                    + " match: {namespaces: [n], containers: [" + names + "]}, allow: [" + allow + "]}}");
        }
        return documents.toArray(String[]::new);
    }

    static Stream<Arguments> shapesOnEveryWay() {
        return HostileReviews.all().stream()
                .flatMap(shape -> Stream.of(Way.values()).map(way -> Arguments.of(shape, way)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("shapesOnEveryWay")
    void workGrowsNoFasterThanTheBytes(Shape shape, Way way) {
        ObjectNode small = HostileReviews.review(shape, way, SMALL);
        ObjectNode large = HostileReviews.review(shape, way, SMALL * TIMES);
        POLICIES.forEach((name, policies) -> {
            for (Path path : Path.values()) {
                decide(small, path, policies, new CountingNodes());
                Work little = work(small, path, policies);
                Work much = work(large, path, policies);

                double bound = TOLERANCE * much.bytes() / little.bytes();
                assertThat((double) much.steps() / little.steps())
                        .as("steps of %s by %s: %s, then %s", path, name, little, much)
                        .isLessThan(bound);
                assertThat((double) much.allocated() / little.allocated())
                        .as("bytes allocated by %s by %s: %s, then %s", path, name, little, much)
                        .isLessThan(bound);
            }
        });
    }

    private Work work(ObjectNode review, Path path, PolicySet policies) {
        CountingNodes nodes = new CountingNodes();
        Field counted = Field.root(nodes.copyOf(review));
        int bytes = review.toString().getBytes(StandardCharsets.UTF_8).length;
        long before = THREADS.getCurrentThreadAllocatedBytes();
        decide(counted, path, policies);
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        return new Work(bytes, nodes.count(), allocated);
    }

    private void decide(ObjectNode review, Path path, PolicySet policies, CountingNodes nodes) {
        decide(Field.root(nodes.copyOf(review)), path, policies);
    }

    private void decide(Field review, Path path, PolicySet policies) {
        AdmissionRequest request = AdmissionRequest.of(review);
        Decision decision;
        try {
            decision = path == Path.MUTATE
                    ? gate.mutate(request, policies, AdmissionContext.unlimited())
                    : gate.validate(request, policies, AdmissionContext.unlimited());
        } catch (MalformedWorkloadException e) {
            throw new AssertionError("a shape that cannot be evaluated says nothing about the evaluation", e);
        }
        assertThat(decision).isNotInstanceOfAny(Decision.Invalid.class, Decision.Failed.class);
        AdmissionResponseWriter.to(
                new Entry(path, "u", Optional.of(request), decision, 0, AdmissionContext.Caller.UNKNOWN),
                Guidance.DEFAULT);
    }

    @Test
    void detectsQuadraticWork() {
        // The test can fail: a tree looked at once for every pair of its items is noticed.
        CountingNodes nodes = new CountingNodes();
        ObjectNode review = HostileReviews.review(HostileReviews.all().get(0), Way.CREATE, 100);
        var list = nodes.copyOf(review).at("/request/object/spec/containers/0/securityContext/capabilities/add");
        long before = nodes.count();
        for (int i = 0; i < list.size(); i++) {
            for (int j = 0; j < list.size(); j++) {
                list.get(j).textValue();
            }
        }
        assertThat(nodes.count() - before).isGreaterThanOrEqualTo(100 * 100);
    }
}
