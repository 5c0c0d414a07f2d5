package dev.bulkhead.app.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.admission.AdmissionService.Attempt;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.CustomKind;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What kube-apiserver does with an answer, and what it asks; the ids are those of {@code docs/threat-model.md}. */
class ApiServerContractTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String UID = "705ab4f5-6393-11e8-b7cc-42010a800002";
    private static final String WORST = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
              - name: web
                securityContext: {privileged: true}
            """;
    private static final String CARELESS = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
              - name: web
            """;

    private final List<DecisionListener.Entry> decisions = new ArrayList<>();

    @Test
    @DisplayName("AS-12 the response echoes the uid and the version of the request")
    void echoesUidAndVersion() {
        JsonNode answer = tree(answer(Path.VALIDATE, review("CREATE", CARELESS)));

        assertThat(answer.path("apiVersion").asText()).isEqualTo("admission.k8s.io/v1");
        assertThat(answer.path("kind").asText()).isEqualTo("AdmissionReview");
        assertThat(answer.at("/response/uid").asText()).isEqualTo(UID);
        assertThat(answer.has("request")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"admission.k8s.io/v1beta1", "admission.k8s.io/v2", "v1", ""})
    @DisplayName("AS-12 other versions of AdmissionReview are rejected")
    void refusesOtherVersions(String version) {
        ObjectNode review = review("CREATE", CARELESS);
        review.put("apiVersion", version);

        assertThat(answer(Path.VALIDATE, review).status()).isEqualTo(400);
    }

    @Test
    @DisplayName("AS-14 a validation response never has a patch")
    void validationHoldsNoPatch() {
        for (String pod : List.of(WORST, CARELESS)) {
            JsonNode response = ask(Path.VALIDATE, review("CREATE", pod));

            assertThat(response.has("patch")).isFalse();
            assertThat(response.has("patchType")).isFalse();
        }
    }

    @Test
    @DisplayName("AS-14 a mutation response has a patch and its type, or neither")
    void patchAndItsTypeComeTogether() {
        JsonNode changed = ask(Path.MUTATE, review("CREATE", CARELESS));
        JsonNode unchanged = ask(Path.MUTATE, review("CREATE", hardened(CARELESS)));

        assertThat(changed.path("patchType").asText()).isEqualTo("JSONPatch");
        assertThat(changed.path("patch").asText()).isNotEmpty();
        assertThat(unchanged.has("patch")).isFalse();
        assertThat(unchanged.has("patchType")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "CONNECT"})
    @DisplayName("AS-15 DELETE and CONNECT are allowed and never patched")
    void neverPatchesDeletionsAndConnections(String operation) {
        ObjectNode review = review(operation, WORST);
        request(review).putNull("object");
        request(review).set("oldObject", Yaml.tree(WORST));
        for (Path path : Path.values()) {
            JsonNode response = ask(path, review);

            assertThat(response.path("allowed").booleanValue()).isTrue();
            assertThat(response.has("patch")).isFalse();
        }
    }

    @Test
    @DisplayName("AS-16 a patch sets only fields that the API server knows")
    void patchSetsKnownFieldsOnly() throws IOException {
        JsonNode patch = JSON.readTree(
                ask(Path.MUTATE, review("CREATE", CARELESS)).path("patch").binaryValue());

        assertThat(patch).isNotEmpty().allSatisfy(operation -> {
            assertThat(operation.path("op").asText()).isEqualTo("add");
            assertThat(operation.path("path").asText())
                    .matches("/metadata/annotations(/bulkhead.dev~1hardened)?"
                            + "|/spec/(securityContext|volumes)(/.*)?"
                            + "|/spec/containers/0/(securityContext|volumeMounts)(/.*)?");
        });
    }

    @Test
    @DisplayName("AS-17 a denial is a failure with code 403, its reason and a message")
    void denialSaysWhy() {
        JsonNode status = ask(Path.VALIDATE, review("CREATE", WORST)).path("status");

        assertThat(status.path("status").asText()).isEqualTo("Failure");
        assertThat(status.path("code").intValue()).isEqualTo(403);
        assertThat(status.path("reason").asText()).isEqualTo("Forbidden");
        assertThat(status.path("message").asText()).startsWith("Bulkhead refuses Pod \"web\"");
    }

    @ParameterizedTest
    @EnumSource(Path.class)
    @DisplayName("AS-18 an internal error denies on validation and patches nothing on mutation")
    void errorInsideIsADecision(Path path) {
        Answer answer = reviews().answer(path, bytes(review("CREATE", CARELESS)), () -> {
            throw new IllegalStateException("a secret of the inside");
        });

        assertThat(answer.status()).isEqualTo(200);
        JsonNode response = tree(answer).path("response");
        assertThat(response.path("uid").asText()).isEqualTo(UID);
        assertThat(response.path("allowed").booleanValue()).isEqualTo(path == Path.MUTATE);
        assertThat(response.has("patch")).isFalse();
        assertThat(response.at("/auditAnnotations/error").asText()).matches(".*under the reference [0-9a-f]{8}");
        assertThat(new String(answer.body(), UTF_8)).doesNotContain("secret", "Exception", "dev.bulkhead");
        assertThat(decisions)
                .singleElement()
                .satisfies(entry -> assertThat(entry.verdict()).isEqualTo("failed"));
    }

    @ParameterizedTest
    @EnumSource(Path.class)
    @DisplayName("AS-18 an OutOfMemoryError or StackOverflowError that does not end the process denies too")
    void lackOfMemoryIsADecision(Path path) {
        for (Error error : List.of(new OutOfMemoryError(), new StackOverflowError())) {
            Answer answer = reviews().answer(path, bytes(review("CREATE", CARELESS)), () -> {
                throw error;
            });

            assertThat(answer.status()).isEqualTo(200);
            assertThat(tree(answer).at("/response/allowed").booleanValue()).isEqualTo(path == Path.MUTATE);
        }
    }

    @Test
    @DisplayName("AS-27 an unknown namespace does not admit anything")
    void unknownNamespaceIsLookedUpOrDenied() {
        Clock clock = Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);
        AdmissionReviewHandler reviews = new AdmissionReviewHandler(
                new WorkloadAdmission(
                        WorkloadKinds.builtIn(),
                        () -> ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                        clock,
                        (name, mayAsk) -> {
                            if (mayAsk) {
                                throw new IllegalStateException("the API server is away");
                            }
                            return Optional.empty();
                        }),
                decisions::add);
        byte[] body = bytes(review("CREATE", WORST));

        AdmissionContext context = AdmissionContext.unlimited().withoutAsking();
        assertThat(reviews.attempt(Path.VALIDATE, body, () -> PolicySet.of(Profile.PRIVILEGED), context))
                .isInstanceOf(Attempt.MustAsk.class);
        assertThat(reviews.attempt(Path.VALIDATE, body, () -> PolicySet.pinned(Profile.PRIVILEGED), context))
                .isInstanceOf(Attempt.Answered.class);
        assertThat(decisions).hasSize(1);
        JsonNode response = tree(reviews.answer(Path.VALIDATE, body, () -> PolicySet.of(Profile.PRIVILEGED)))
                .path("response");
        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/message").asText())
                .contains("reference")
                .doesNotContain("away");
    }

    @Test
    @DisplayName("AS-18 a decision that cannot be counted or logged stands")
    void decisionStandsWithoutItsRecord() {
        AdmissionReviewHandler reviews = new AdmissionReviewHandler(gate(WorkloadKinds.builtIn()), entry -> {
            throw new IllegalStateException("the log is full");
        });

        Answer answer = reviews.answer(
                Path.VALIDATE, bytes(review("CREATE", WORST)), () -> PolicySet.of(Profile.LEAST_PRIVILEGE));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(tree(answer).at("/response/status/message").asText()).contains("privileged");
    }

    @Test
    @DisplayName("AS-19 the response stays small, however many findings there are; the rest is counted")
    void answerStaysSmall() {
        ObjectNode review = review("CREATE", WORST);
        ArrayNode containers = (ArrayNode) review.at("/request/object/spec/containers");
        for (int i = 0; i < 1_900; i++) {
            containers
                    .addObject()
                    .put("name", "c" + i + "名".repeat(2_000))
                    .putObject("securityContext")
                    .put("privileged", true);
        }

        for (Profile profile :
                List.of(Profile.LEAST_PRIVILEGE, Profile.parse("restricted").orElseThrow())) {
            Answer answer = reviews().answer(Path.VALIDATE, bytes(review), () -> PolicySet.of(profile));

            assertThat(answer.body().length).isLessThan(64 * 1024);
            assertThat(tree(answer).at("/response/status/message").asText())
                    .containsPattern("- and \\d+ more")
                    .contains("privileged");
        }
    }

    @Test
    @DisplayName("AS-20 warnings are few, short and free of control characters, so that none is truncated or dropped")
    void warningsArriveWhole() {
        ObjectNode review = review("CREATE", WORST);
        ArrayNode containers = (ArrayNode) review.at("/request/object/spec/containers");
        for (int i = 0; i < 100; i++) {
            containers
                    .addObject()
                    .put("name", "c" + i + "\n\u001b[31m\ud800\u202e" + "é".repeat(300))
                    .putObject("securityContext")
                    .put("privileged", true);
        }
        ObjectNode update = review.deepCopy();
        request(update).put("operation", "UPDATE");
        JsonNode deployment = Yaml.tree("{apiVersion: apps/v1, kind: Deployment, spec: {}}");
        ((ObjectNode) deployment.path("spec")).set("template", review.at("/request/object"));
        request(update).set("object", deployment);
        request(update).set("oldObject", deployment);
        ((ObjectNode) update.at("/request/kind")).put("group", "apps").put("kind", "Deployment");

        JsonNode response = ask(Path.VALIDATE, update);

        assertThat(response.path("allowed").booleanValue()).isTrue();
        int total = 0;
        for (JsonNode warning : response.path("warnings")) {
            String text = warning.asText();
            assertThat(text.codePointCount(0, text.length())).isLessThanOrEqualTo(120);
            assertThat(text.codePoints().noneMatch(Character::isISOControl)).isTrue();
            assertThat(UTF_8.newEncoder().canEncode(text)).isTrue();
            total += text.codePointCount(0, text.length());
        }
        assertThat(response.path("warnings")).hasSize(10);
        assertThat(response.path("warnings").get(9).asText()).matches("bulkhead: and \\d+ more warnings");
        assertThat(total).isLessThanOrEqualTo(4_096);
    }

    @Test
    @DisplayName("AS-21 audit annotations have plain keys and the same values each time")
    void auditAnnotationsAreStable() {
        JsonNode first = ask(Path.MUTATE, review("CREATE", CARELESS)).path("auditAnnotations");
        JsonNode second = ask(Path.MUTATE, review("CREATE", CARELESS)).path("auditAnnotations");

        assertThat(first).isEqualTo(second);
        first.fieldNames()
                .forEachRemaining(key -> assertThat(key).isIn("policy", "verdict", "violations", "exemption", "error"));
        assertThat(first.path("policy").asText()).isEqualTo("built-in least-privilege");
        assertThat(first.path("verdict").asText()).isEqualTo("hardened");
        assertThat(first.path("violations").asText()).contains("runAsNonRoot(web)=harden");
    }

    @Test
    @DisplayName("AS-23 a dry run is answered like any other")
    void dryRunMakesNoDifference() {
        ObjectNode dry = review("CREATE", CARELESS);
        request(dry).put("dryRun", true);

        assertThat(ask(Path.MUTATE, dry)).isEqualTo(ask(Path.MUTATE, review("CREATE", CARELESS)));
        assertThat(decisions.get(0).request().orElseThrow().dryRun()).isTrue();
    }

    @Test
    @DisplayName("AS-24 mutating its own result changes nothing")
    void secondMutationChangesNothing() {
        assertThat(ask(Path.MUTATE, review("CREATE", hardened(CARELESS))).has("patch"))
                .isFalse();
    }

    @Test
    @DisplayName("AS-25 the converted object is evaluated, whatever version the user sent")
    void evaluatesTheConvertedObject() {
        ObjectNode review = review("CREATE", deployment(WORST));
        request(review)
                .putObject("requestKind")
                .put("group", "extensions")
                .put("version", "v1beta1")
                .put("kind", "OldDeployment");

        assertThat(ask(Path.VALIDATE, review).path("allowed").booleanValue()).isFalse();
        assertThat(decisions.get(0).request().orElseThrow().requestKind()).contains("OldDeployment");
    }

    @Test
    @DisplayName("AS-25 the request's kind counts, not what the object calls itself")
    void objectsCannotHideTheirKind() {
        ObjectNode review = review("CREATE", WORST);
        ((ObjectNode) review.at("/request/object")).put("kind", "Service").put("apiVersion", "v9");

        assertThat(ask(Path.VALIDATE, review).path("allowed").booleanValue()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "5s, 4000, 4000",
        "2s, 4000, 1800",
        "1s, 4000, 900",
        "30s, 4000, 4000",
        "0s, 4000, 4000",
        "-1s, 4000, 4000",
        "5m, 4000, 4000",
        "99999999999s, 4000, 4000",
        "1.5s, 4000, 4000",
        "'', 4000, 4000",
    })
    @DisplayName("AS-06 the timeout of a request can shorten the deadline, never extend it")
    void timeoutIsAHint(String hint, long longest, long millis) {
        ReviewDeadline deadline = ReviewDeadline.from(System.nanoTime(), Duration.ofMillis(longest), hint);

        assertThat(TimeUnit.NANOSECONDS.toMillis(deadline.nanos())).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status"})
    @DisplayName("Subresources that cannot change what a pod may do are allowed")
    void harmlessSubresourcesAreAllowed(String subResource) {
        ObjectNode review = review("UPDATE", WORST);
        request(review).put("subResource", subResource);

        assertThat(ask(Path.VALIDATE, review).path("allowed").booleanValue()).isTrue();
        assertThat(decisions.get(0).verdict()).isEqualTo("skipped");
    }

    @ParameterizedTest
    @CsvSource({
        "ephemeralcontainers, '  ephemeralContainers: [{name: d, securityContext: {privileged: true}}]'",
        "resize, '  initContainers: [{name: i, securityContext: {privileged: true}}]'",
        "something-new, '  hostPID: true'"
    })
    @DisplayName("Every other subresource of pods is evaluated, also those that do not exist yet")
    void otherSubresourcesAreEvaluated(String subResource, String more) {
        String safe = hardened(CARELESS);
        ObjectNode review = review("UPDATE", safe);
        ((ObjectNode) review.at("/request/object/spec")).setAll((ObjectNode) Yaml.tree(more));
        request(review).put("subResource", subResource);
        request(review).set("oldObject", Yaml.tree(safe));

        assertThat(ask(Path.VALIDATE, review).path("allowed").booleanValue()).isFalse();

        request(review).set("object", Yaml.tree(safe));
        assertThat(ask(Path.VALIDATE, review).path("allowed").booleanValue()).isTrue();
    }

    @Test
    @DisplayName("Resizing an existing violating pod is not blocked, since it changes nothing that rules check")
    void resizingIsNotBlocked() {
        ObjectNode review =
                review("UPDATE", WORST.replace("- name: web", "- name: web\n    resources: {limits: {cpu: 2}}"));
        request(review).put("subResource", "resize");
        request(review).set("oldObject", Yaml.tree(WORST));

        assertThat(ask(Path.VALIDATE, review).path("allowed").booleanValue()).isTrue();
    }

    @Test
    @DisplayName("Scaling through the subresource holds no pod")
    void scaleHoldsNoPod() {
        ObjectNode review = review("UPDATE", "{apiVersion: autoscaling/v1, kind: Scale, spec: {replicas: 3}}");
        request(review).put("subResource", "scale");

        assertThat(ask(Path.VALIDATE, review).path("allowed").booleanValue()).isTrue();
    }

    @Test
    @DisplayName("Custom kinds are evaluated by the template at their path")
    void customKindsAreEvaluated() {
        JsonNode response = ask(Path.VALIDATE, review("CREATE", rollout("template", WORST)));

        assertThat(response.path("allowed").booleanValue()).isFalse();
        assertThat(response.at("/status/message").asText())
                .contains("Rollout")
                .contains("/spec/template/spec/containers/0/securityContext/privileged");
        assertThat(ask(Path.VALIDATE, review("CREATE", rollout("template", CARELESS)))
                        .path("allowed")
                        .booleanValue())
                .isTrue();
    }

    @Test
    @DisplayName("An object without the declared template is denied, but its finalizers can be removed")
    void pathThatMatchesNothingIsRefused() {
        String elsewhere = rollout("pod", WORST);
        ObjectNode labelled = review("UPDATE", elsewhere);
        request(labelled).set("oldObject", Yaml.tree(elsewhere));
        ((ObjectNode) labelled.at("/request/object")).putObject("metadata").putArray("finalizers");

        JsonNode created = ask(Path.VALIDATE, review("CREATE", elsewhere));

        assertThat(created.path("allowed").booleanValue()).isFalse();
        assertThat(created.at("/status/message").asText())
                .isEqualTo("Bulkhead cannot evaluate this object: /spec/template: expected a pod template, as the kind"
                        + " is declared by argoproj.io/Rollout=/spec/template, found none");
        assertThat(ask(Path.VALIDATE, labelled).path("allowed").booleanValue()).isTrue();
    }

    @Test
    @DisplayName("An optional template may be absent")
    void optionalTemplateMayBeAbsent() {
        AdmissionReviewHandler reviews = reviews(WorkloadKinds.builtIn()
                .with(CustomKind.parse("argoproj.io/Rollout=/spec/template?").orElseThrow()));

        Answer answer = reviews.answer(
                Path.VALIDATE,
                bytes(review("CREATE", rollout("workloadRef", "{}"))),
                () -> PolicySet.of(Profile.LEAST_PRIVILEGE));

        assertThat(tree(answer).at("/response/allowed").booleanValue()).isTrue();
    }

    private static String rollout(String member, String pod) {
        ObjectNode rollout = (ObjectNode) Yaml.tree("{apiVersion: argoproj.io/v1alpha1, kind: Rollout, spec: {}}");
        ((ObjectNode) rollout.path("spec")).set(member, Yaml.tree(pod));
        return rollout.toString();
    }

    private static String deployment(String pod) {
        ObjectNode deployment = (ObjectNode) Yaml.tree("{apiVersion: apps/v1, kind: Deployment, spec: {}}");
        ((ObjectNode) deployment.path("spec")).set("template", Yaml.tree(pod));
        return deployment.toString();
    }

    private String hardened(String pod) {
        try {
            JsonNode patch = JSON.readTree(
                    ask(Path.MUTATE, review("CREATE", pod)).path("patch").binaryValue());
            return JsonPatch.apply(patch, Yaml.tree(pod)).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode review(String operation, String object) {
        JsonNode tree = Yaml.tree(object);
        ObjectNode review =
                JSON.createObjectNode().put("kind", "AdmissionReview").put("apiVersion", "admission.k8s.io/v1");
        ObjectNode request = review.putObject("request").put("uid", UID);
        String apiVersion = tree.path("apiVersion").asText();
        int slash = apiVersion.indexOf('/');
        request.putObject("kind")
                .put("group", slash < 0 ? "" : apiVersion.substring(0, slash))
                .put("version", apiVersion.substring(slash + 1))
                .put("kind", tree.path("kind").asText());
        request.put("operation", operation).put("namespace", "driftwood").put("name", "web");
        request.putObject("userInfo").put("username", "jane");
        request.set("object", tree);
        return review;
    }

    private static ObjectNode request(ObjectNode review) {
        return (ObjectNode) review.get("request");
    }

    private JsonNode ask(Path path, ObjectNode review) {
        Answer answer = answer(path, review);
        assertThat(answer.status()).isEqualTo(200);
        return tree(answer).path("response");
    }

    private Answer answer(Path path, ObjectNode review) {
        return reviews().answer(path, bytes(review), () -> PolicySet.of(Profile.LEAST_PRIVILEGE));
    }

    private AdmissionReviewHandler reviews() {
        return reviews(WorkloadKinds.builtIn()
                .with(CustomKind.parse("argoproj.io/Rollout=/spec/template").orElseThrow()));
    }

    private AdmissionReviewHandler reviews(WorkloadKinds kinds) {
        return new AdmissionReviewHandler(gate(kinds), decisions::add);
    }

    private static WorkloadAdmission gate(WorkloadKinds kinds) {
        Clock clock = Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);
        return new WorkloadAdmission(kinds, ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR), clock);
    }

    private static byte[] bytes(ObjectNode review) {
        return review.toString().getBytes(UTF_8);
    }

    private static JsonNode tree(Answer answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
