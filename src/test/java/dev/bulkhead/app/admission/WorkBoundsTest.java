package dev.bulkhead.app.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.admission.AdmissionService.Attempt;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.app.admission.HostileReviews.Shape;
import dev.bulkhead.app.admission.HostileReviews.Way;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Where the work for one review ends, and that nothing is admitted because of it. */
class WorkBoundsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AdmissionReviewHandler reviews = AdmissionReviewHandler.by(
            WorkloadKinds.builtIn(), ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR), clock());

    private static Clock clock() {
        return Clock.fixed(Evaluations.NOW, ZoneOffset.UTC);
    }

    private static ObjectNode review(BiConsumer<ObjectNode, Integer> grow, Way way, int size) {
        return HostileReviews.review(new Shape("", grow), way, size);
    }

    private static void containers(ObjectNode pod, int size) {
        ArrayNode containers = (ArrayNode) pod.at("/spec/containers");
        while (containers.size() < size) {
            containers.addObject().put("name", "c" + containers.size());
        }
    }

    private static void volumes(ObjectNode pod, int size) {
        ArrayNode volumes = pod.withObjectProperty("spec").withArrayProperty("volumes");
        while (volumes.size() < size) {
            volumes.addObject().put("name", "v" + volumes.size()).putObject("emptyDir");
        }
    }

    private static void capabilities(ObjectNode pod, int size) {
        ArrayNode added = ((ObjectNode) pod.at("/spec/containers/0"))
                .withObjectProperty("securityContext")
                .withObjectProperty("capabilities")
                .withArrayProperty("add");
        while (added.size() < size) {
            added.add("CAP" + added.size());
        }
    }

    private JsonNode ask(Path path, JsonNode review, PolicySet policies, AdmissionContext context) {
        byte[] body = review.toString().getBytes(StandardCharsets.UTF_8);
        Attempt attempt = reviews.attempt(path, body, () -> policies, context);
        assertThat(attempt).isInstanceOf(Attempt.Answered.class);
        try {
            return JSON.readTree(((Attempt.Answered) attempt).answer().body()).path("response");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode validate(JsonNode review, PolicySet policies) {
        return ask(Path.VALIDATE, review, policies, AdmissionContext.unlimited());
    }

    private static String message(JsonNode response) {
        assertThat(response.path("allowed").booleanValue()).isFalse();
        return response.at("/status/message").asText();
    }

    @Test
    void moreContainersOrVolumesThanAnyPodHasAreDenied() {
        PolicySet nothing = PolicySet.of(Profile.PRIVILEGED);

        assertThat(validate(review(WorkBoundsTest::containers, Way.CREATE, 2_000), nothing)
                        .path("allowed")
                        .booleanValue())
                .isTrue();
        assertThat(validate(review(WorkBoundsTest::volumes, Way.CREATE, 10_000), nothing)
                        .path("allowed")
                        .booleanValue())
                .isTrue();
        assertThat(message(validate(review(WorkBoundsTest::containers, Way.CREATE, 2_001), nothing)))
                .contains("/spec/containers: expected at most 2000 containers, found 2001");
        assertThat(message(validate(review(WorkBoundsTest::volumes, Way.CREATE_CONTROLLER, 10_001), nothing)))
                .contains("/spec/template/spec/volumes: expected at most 10000 volumes");
    }

    @Test
    void findingsBeyondTheLimitStillDeny() {
        // Everything that is kept is excused; the last one, which is not kept, would not be.
        PolicySet excusing = Evaluations.policies(
                "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy,"
                        + " metadata: {name: a}, spec: {profile: baseline}}",
                """
                apiVersion: bulkhead.dev/v1alpha1
                kind: Exemption
                metadata: {name: e, namespace: bulkhead-system}
                spec:
                  reason: r
                  owner: o
                  expires: 2027-01-01T00:00:00Z
                  match: {namespaces: [n]}
                  allow: [{rule: capabilities_baseline, values: ['*']}]
                """);

        assertThat(validate(review(WorkBoundsTest::capabilities, Way.CREATE, 20_000), excusing)
                        .path("allowed")
                        .booleanValue())
                .isTrue();
        assertThat(message(validate(review(WorkBoundsTest::capabilities, Way.CREATE, 20_001), excusing)))
                .contains("and 1 more");
    }

    @Test
    void oneLongListDoesNotHideOtherFindings() {
        ObjectNode review = review(
                (pod, size) -> {
                    capabilities(pod, size);
                    ((ObjectNode) pod.get("spec")).put("hostPID", true).put("hostNetwork", true);
                    ((ArrayNode) pod.at("/spec/containers"))
                            .add(Yaml.tree("{name: late, securityContext: {runAsUser: 0}}"));
                },
                Way.CREATE,
                4_000);

        String message = message(validate(review, PolicySet.of(Profile.LEAST_PRIVILEGE)));

        assertThat(message)
                .contains("hostPID", "container \"late\" must not set runAsUser=0")
                .contains("capabilities_restricted in container \"c\": 4001 in all");
    }

    @Test
    void findingsBeyondTheLimitBlockNoUnrelatedUpdate() {
        ObjectNode scaled = review(WorkBoundsTest::capabilities, Way.UPDATE_CONTROLLER, 25_000);
        ((ObjectNode) scaled.get("request"))
                .set("oldObject", scaled.at("/request/object").deepCopy());
        ((ObjectNode) scaled.at("/request/object/spec")).put("replicas", 7);
        ObjectNode changed = review(WorkBoundsTest::capabilities, Way.UPDATE_CONTROLLER, 25_000);

        assertThat(validate(scaled, PolicySet.of(Profile.LEAST_PRIVILEGE))
                        .path("allowed")
                        .booleanValue())
                .isTrue();
        assertThat(message(validate(changed, PolicySet.of(Profile.LEAST_PRIVILEGE))))
                .contains("more");
    }

    @Test
    void evaluationStopsAtTheDeadline() {
        ObjectNode review = review(WorkBoundsTest::capabilities, Way.CREATE, 1_000);

        JsonNode validated = ask(Path.VALIDATE, review, PolicySet.of(Profile.LEAST_PRIVILEGE), late());
        JsonNode mutated = ask(Path.MUTATE, review, PolicySet.of(Profile.LEAST_PRIVILEGE), late());

        assertThat(message(validated)).contains("it was not evaluated within 4000 ms");
        assertThat(mutated.path("allowed").booleanValue()).isTrue();
        assertThat(mutated.has("patch")).isFalse();
    }

    private static AdmissionContext late() {
        return new AdmissionContext(
                ReviewDeadline.from(System.nanoTime() - Duration.ofSeconds(9).toNanos(), Duration.ofSeconds(4), null),
                Optional.empty(),
                AdmissionContext.Caller.UNKNOWN,
                true,
                new AdmissionContext.Claim());
    }
}
