package dev.bulkhead.app.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionReviewHandlerTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String WORST = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: driftwood}
            spec:
              containers:
              - name: web
                securityContext: {privileged: true}
            """;
    private static final String CARELESS = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: driftwood}
            spec:
              containers:
              - name: web
            """;
    private static final String SAFE = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: driftwood}
            spec:
              securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
              containers:
              - name: web
                image: web:1
                securityContext:
                  allowPrivilegeEscalation: false
                  readOnlyRootFilesystem: true
                  capabilities: {drop: [ALL]}
            """;

    private final AdmissionReviewHandler reviews = new AdmissionReviewHandler(
            new WorkloadAdmission(
                    WorkloadKinds.builtIn(),
                    ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                    Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC)),
            DecisionListener.SILENT);

    private static ObjectNode review(String operation, String object) {
        JsonNode tree = Yaml.tree(object);
        ObjectNode review =
                JSON.createObjectNode().put("kind", "AdmissionReview").put("apiVersion", "admission.k8s.io/v1");
        ObjectNode request = review.putObject("request").put("uid", "705ab4f5-6393-11e8-b7cc-42010a800002");
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

    private static ObjectNode update(String from, String to) {
        ObjectNode review = review("UPDATE", to);
        ((ObjectNode) review.get("request")).set("oldObject", Yaml.tree(from));
        return review;
    }

    private JsonNode ask(Path path, JsonNode review) {
        return ask(path, review, Profile.LEAST_PRIVILEGE);
    }

    private JsonNode ask(Path path, JsonNode review, Profile profile) {
        Answer answer =
                reviews.answer(path, review.toString().getBytes(StandardCharsets.UTF_8), () -> PolicySet.of(profile));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/json");
        JsonNode read = tree(answer.body());
        assertThat(read.path("apiVersion").asText()).isEqualTo("admission.k8s.io/v1");
        assertThat(read.path("kind").asText()).isEqualTo("AdmissionReview");
        return read.path("response");
    }

    private static JsonNode tree(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode patch(JsonNode response) {
        try {
            return tree(response.path("patch").binaryValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void denialListsEveryFindingWithItsFix() {
        JsonNode response = ask(Path.VALIDATE, review("CREATE", WORST));

        assertThat(response.path("uid").asText()).isEqualTo("705ab4f5-6393-11e8-b7cc-42010a800002");
        assertThat(response.path("allowed").booleanValue()).isFalse();
        assertThat(response.path("status").path("code").intValue()).isEqualTo(403);
        assertThat(response.path("status").path("reason").asText()).isEqualTo("Forbidden");
        assertThat(response.path("status").path("message").asText())
                .contains("container \"web\" must not set securityContext.privileged=true")
                .contains("/spec/containers/0/securityContext/privileged")
                .contains("set securityContext.privileged to false")
                .contains("bulkhead explain privileged")
                .contains("readOnlyRootFilesystem");
        assertThat(response.has("patch")).isFalse();
    }

    @Test
    void quotesThePodSecuritySentenceVerbatim() {
        JsonNode response = ask(
                Path.VALIDATE,
                review("CREATE", WORST),
                Profile.parse("baseline@v1.31").orElseThrow());

        assertThat(response.path("status").path("message").asText())
                .startsWith("violates PodSecurity \"baseline:v1.31\": privileged (container \"web\" must not set"
                        + " securityContext.privileged=true)\n");
    }

    @Test
    void hardensWhatIsUnsetSoThatItPasses() {
        JsonNode response = ask(Path.MUTATE, review("CREATE", CARELESS));

        assertThat(response.path("allowed").booleanValue()).isTrue();
        assertThat(response.path("patchType").asText()).isEqualTo("JSONPatch");
        JsonNode hardened = JsonPatch.apply(patch(response), Yaml.tree(CARELESS));
        assertThat(hardened.at("/metadata/annotations/bulkhead.dev~1hardened").asText())
                .contains("runAsNonRoot")
                .contains("readOnlyRootFilesystem");
        assertThat(ask(Path.VALIDATE, review("CREATE", hardened.toString()))
                        .path("allowed")
                        .booleanValue())
                .isTrue();
        assertThat(ask(Path.MUTATE, review("CREATE", hardened.toString())).has("patch"))
                .isFalse();
    }

    @Test
    void deniesTheCarelessPodThatWasNotHardened() {
        JsonNode response = ask(Path.VALIDATE, review("CREATE", CARELESS));

        assertThat(response.path("allowed").booleanValue()).isFalse();
    }

    private static String deployment(String image, String securityContext) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web, namespace: driftwood}
                spec:
                  template:
                    spec: {containers: [{name: web, image: '%s', securityContext: %s}]}
                """.formatted(image, securityContext);
    }

    private List<String> warnings(String object) {
        List<String> warnings = new ArrayList<>();
        ask(Path.VALIDATE, review("CREATE", object)).path("warnings").forEach(one -> warnings.add(one.asText()));
        return warnings;
    }

    @Test
    void doubtsReachThePersonWhoAppliesAController() {
        assertThat(warnings(deployment("acme/web:1", "{}")))
                .containsExactly(
                        "bulkhead: runAsNonRoot: container \"web\" starts only if image acme/web:1 names a numeric user"
                                + " other than 0; else set runAsUser",
                        "bulkhead: readOnlyRootFilesystem: container \"web\" can write only to its volumes and /tmp (up to"
                                + " 256Mi); name other paths in annotation bulkhead.dev/scratch",
                        "bulkhead: why, and how to fix it:"
                                + " https://github.com/bulkhead-dev/bulkhead/blob/main/docs/rules/runAsNonRoot.md");
        assertThat(warnings(deployment("grafana/grafana:12", "{}")))
                .as("an image of which all is known")
                .noneMatch(warning -> warning.contains("runAsNonRoot"));
        assertThat(warnings(deployment("acme/web:1", "{runAsUser: 7, readOnlyRootFilesystem: true}")))
                .isEmpty();
    }

    @Test
    void controllerOfAnImageThatRunsAsRootIsDeniedWithTheUserThatItWorksAs() {
        JsonNode response = ask(Path.VALIDATE, review("CREATE", deployment("nginx:1.29", "{}")));

        assertThat(response.path("allowed").booleanValue()).isFalse();
        assertThat(response.at("/status/message").asText())
                .contains("not filled in: it would not start: image docker.io/library/nginx:1.29 runs as root")
                .contains("it works with runAsUser 101 and runAsGroup 101");
        assertThat(ask(Path.VALIDATE, review("CREATE", deployment("nginx:1.29", "{runAsUser: 101}")))
                        .path("allowed")
                        .booleanValue())
                .isTrue();
    }

    @Test
    void answersNoPatchWhereNothingChanges() {
        JsonNode response = ask(Path.MUTATE, review("CREATE", SAFE));

        assertThat(response.path("allowed").booleanValue()).isTrue();
        assertThat(response.has("patch")).isFalse();
        assertThat(response.has("patchType")).isFalse();
    }

    @Test
    void mutationNeverDenies() {
        assertThat(ask(Path.MUTATE, review("CREATE", WORST)).path("allowed").booleanValue())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "apps/v1 Deployment",
                "apps/v1 ReplicaSet",
                "apps/v1 StatefulSet",
                "apps/v1 DaemonSet",
                "batch/v1 Job",
                "v1 ReplicationController"
            })
    void controllersAreEvaluatedByTheirHardenedPods(String kind) {
        assertThat(ask(Path.VALIDATE, review("CREATE", controller(kind, CARELESS)))
                        .path("allowed")
                        .booleanValue())
                .isTrue();
        assertThat(ask(Path.VALIDATE, review("CREATE", controller(kind, WORST)))
                        .path("status")
                        .path("message")
                        .asText())
                .contains("/spec/template/spec/containers/0/securityContext/privileged");
        assertThat(ask(Path.MUTATE, review("CREATE", controller(kind, CARELESS)))
                        .has("patch"))
                .isFalse();
    }

    private static String controller(String kind, String pod) {
        String[] parts = kind.split(" ", 2);
        ObjectNode object = JSON.createObjectNode().put("apiVersion", parts[0]).put("kind", parts[1]);
        object.putObject("metadata").put("name", "web");
        object.putObject("spec").set("template", Yaml.tree(pod));
        return object.toString();
    }

    @Test
    void cronJobsAndPodTemplatesAreEvaluated() {
        ObjectNode cron = JSON.createObjectNode().put("apiVersion", "batch/v1").put("kind", "CronJob");
        cron.putObject("spec").putObject("jobTemplate").putObject("spec").set("template", Yaml.tree(WORST));
        ObjectNode template = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "PodTemplate");
        template.set("template", Yaml.tree(WORST));

        assertThat(ask(Path.VALIDATE, review("CREATE", cron.toString()))
                        .at("/status/message")
                        .asText())
                .contains("/spec/jobTemplate/spec/template/spec/containers/0/securityContext/privileged");
        assertThat(ask(Path.VALIDATE, review("CREATE", template.toString()))
                        .at("/status/message")
                        .asText())
                .contains("/template/spec/containers/0/securityContext/privileged");
    }

    @Test
    void labellingAnOldViolatingPodIsNotBlocked() {
        String labelled = WORST.replace("namespace: driftwood", "namespace: driftwood, labels: {a: b}, finalizers: []");

        assertThat(ask(Path.VALIDATE, update(WORST, labelled)).path("allowed").booleanValue())
                .isTrue();
    }

    @Test
    void runningPodFromBeforeAdoptionCanGetAnotherImage() {
        String image = WORST.replace("- name: web", "- name: web\n    image: other");

        JsonNode response = ask(Path.VALIDATE, update(WORST, image));

        assertThat(response.path("allowed").booleanValue()).isTrue();
        assertThat(response.path("warnings"))
                .anySatisfy(warning -> assertThat(warning.asText()).startsWith("bulkhead: privileged: "));
    }

    @Test
    void anotherImageInAViolatingPodIsDeniedByPodSecurityLevelsAsPodSecurityAdmissionDoes() {
        String image = WORST.replace("- name: web", "- name: web\n    image: other");

        assertThat(ask(Path.VALIDATE, update(WORST, image), Profile.RESTRICTED)
                        .path("allowed")
                        .booleanValue())
                .isFalse();
    }

    @Test
    void scalingAnOldViolatingDeploymentIsOnlyWarnedAbout() {
        String before = controller("apps/v1 Deployment", WORST);
        String after = before.replace("\"spec\":{\"template\"", "\"spec\":{\"replicas\":9,\"template\"");

        JsonNode response = ask(Path.VALIDATE, update(before, after));

        assertThat(response.path("allowed").booleanValue()).isTrue();
        assertThat(response.path("warnings"))
                .anySatisfy(warning ->
                        assertThat(warning.asText()).contains("privileged").hasSizeLessThanOrEqualTo(120));
    }

    @Test
    void newViolationOfAnOldViolatingDeploymentIsDenied() {
        String before = controller("apps/v1 Deployment", WORST);
        String after = controller("apps/v1 Deployment", WORST.replace("spec:", "spec:\n  hostPID: true"));

        JsonNode response = ask(Path.VALIDATE, update(before, after));

        assertThat(response.path("allowed").booleanValue()).isFalse();
        assertThat(response.at("/status/message").asText()).contains("hostPID").doesNotContain("- privileged");
    }

    @Test
    void rootGroupInAnotherFieldIsANewViolation() {
        String before =
                controller("apps/v1 Deployment", SAFE.replace("runAsUser: 1000", "runAsUser: 1000, runAsGroup: 0"));
        String after = controller(
                "apps/v1 Deployment", SAFE.replace("runAsUser: 1000", "runAsUser: 1000, runAsGroup: 0, fsGroup: 0"));

        assertThat(ask(Path.VALIDATE, update(before, before), Profile.SANDBOXED)
                        .path("allowed")
                        .booleanValue())
                .isTrue();
        assertThat(ask(Path.VALIDATE, update(before, after), Profile.SANDBOXED)
                        .at("/status/message")
                        .asText())
                .contains("fsGroup")
                .doesNotContain("runAsGroup");
    }

    @Test
    void templateWhosePodsWouldGetATokenIsDeniedAtApply() {
        String message = ask(
                        Path.VALIDATE, review("CREATE", controller("apps/v1 Deployment", CARELESS)), Profile.SANDBOXED)
                .at("/status/message")
                .asText();

        assertThat(message)
                .contains("1 finding")
                .contains("serviceAccountToken")
                .contains("set spec.automountServiceAccountToken to false");
    }

    @Test
    void debugContainerIsHardenedAndNothingElse() {
        String debugged = SAFE + "  ephemeralContainers: [{name: debug, image: sh}]\n";
        ObjectNode review = update(SAFE, debugged);
        ((ObjectNode) review.get("request")).put("subResource", "ephemeralcontainers");

        JsonNode patch = patch(ask(Path.MUTATE, review));

        assertThat(patch)
                .isNotEmpty()
                .allSatisfy(operation -> assertThat(operation.path("path").asText())
                        .startsWith("/spec/ephemeralContainers/0/securityContext"));
    }

    @Test
    void privilegedDebugContainerIsDenied() {
        String debugged =
                SAFE + "  ephemeralContainers: [{name: debug, image: sh, securityContext: {privileged: true}}]\n";
        ObjectNode review = update(SAFE, debugged);
        ((ObjectNode) review.get("request")).put("subResource", "ephemeralcontainers");

        assertThat(ask(Path.VALIDATE, review).path("allowed").booleanValue()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "CONNECT"})
    void otherOperationsAreSkipped(String operation) {
        assertThat(ask(Path.VALIDATE, review(operation, WORST)).path("allowed").booleanValue())
                .isTrue();
    }

    @Test
    void kindsWithoutPodsAreSkipped() {
        String service = "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {}}";

        assertThat(ask(Path.VALIDATE, review("CREATE", service)).path("allowed").booleanValue())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{apiVersion: v1, kind: Pod, spec: {containers: {}}}",
                "{apiVersion: v1, kind: Pod, spec: {containers: [web]}}",
                "{apiVersion: v1, kind: Pod, spec: {containers: [{name: a, securityContext: {privileged: 'true'}}]}}",
                "{apiVersion: v1, kind: Pod, spec: []}"
            })
    void whatCannotBeEvaluatedIsDenied(String pod) {
        JsonNode response = ask(Path.VALIDATE, review("CREATE", pod));

        assertThat(response.path("allowed").booleanValue()).isFalse();
        assertThat(response.at("/status/code").intValue()).isEqualTo(403);
        assertThat(response.at("/status/message").asText())
                .contains("cannot evaluate")
                .contains("expected");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"operation\":\"UPDATE\",\"object\":{\"metadata\":{\"labels\":[1]}},\"oldObject\":7",
                "\"operation\":\"DANCE\"",
                "\"operation\":7",
                "\"operation\":\"UPDATE\",\"operation\":\"UPDATE\"",
                "\"operation\":\"UPDATE\",\"object\":{",
            })
    void aNamespaceIsNeverDenied(String rest) {
        String review = "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{"
                + "\"uid\":\"u-1\",\"kind\":{\"group\":\"\",\"version\":\"v1\",\"kind\":\"Namespace\"},\"name\":\"shop\","
                + rest
                + "}}";

        Answer answer = reviews.answer(
                Path.VALIDATE, review.getBytes(StandardCharsets.UTF_8), () -> PolicySet.of(Profile.LEAST_PRIVILEGE));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(tree(answer.body()).at("/response/allowed").booleanValue()).isTrue();
    }

    @Test
    void warnsWhenAnErrorPreventsCheckingANamespace() {
        Answer answer = reviews.answer(
                Path.VALIDATE,
                review("UPDATE", WORST)
                        .toString()
                        .replace("\"kind\":\"Pod\"", "\"kind\":\"Namespace\"")
                        .getBytes(StandardCharsets.UTF_8),
                () -> {
                    throw new IllegalStateException("no policies");
                });

        assertThat(tree(answer.body()).at("/response/allowed").booleanValue()).isTrue();
        assertThat(tree(answer.body()).at("/response/warnings/0").asText())
                .startsWith("bulkhead: nothing was checked: an error inside Bulkhead");
    }

    @Test
    void aFailingValidatorNeitherDeniesNorAdmits() {
        for (Throwable failure : List.of(new IllegalStateException("no"), new OutOfMemoryError())) {
            AdmissionReviewHandler failing = new AdmissionReviewHandler(
                    new WorkloadAdmission(
                            WorkloadKinds.builtIn(),
                            ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                            Clock.systemUTC()),
                    List.of((request, policies, context) -> {
                        if (failure instanceof Error error) {
                            throw error;
                        }
                        throw new IllegalStateException(failure);
                    }),
                    DecisionListener.SILENT,
                    Guidance.DEFAULT);
            for (String[] kindAndVerdict : new String[][] {{"Pod", "false"}, {"Namespace", "true"}}) {
                String text = review("CREATE", WORST)
                        .toString()
                        .replace("\"kind\":\"Pod\"", "\"kind\":\"" + kindAndVerdict[0] + "\"");

                Answer answer = failing.answer(
                        Path.VALIDATE,
                        text.getBytes(StandardCharsets.UTF_8),
                        () -> PolicySet.of(Profile.LEAST_PRIVILEGE));

                assertThat(tree(answer.body()).at("/response/allowed").asText()).isEqualTo(kindAndVerdict[1]);
            }
        }
    }

    @Test
    void answersWhenReportingFails() {
        Error unspeakable = new OutOfMemoryError() {
            private static final long serialVersionUID = 1;

            @Override
            public String getMessage() {
                throw new OutOfMemoryError();
            }
        };
        AdmissionReviewHandler silenced = new AdmissionReviewHandler(
                new WorkloadAdmission(
                        WorkloadKinds.builtIn(),
                        ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                        Clock.systemUTC()),
                entry -> {
                    throw unspeakable;
                });
        for (String text : List.of(
                review("CREATE", WORST).toString(),
                review("CREATE", WORST).toString().replaceFirst("}$", ""))) {
            Answer answer = silenced.answer(
                    Path.VALIDATE, text.getBytes(StandardCharsets.UTF_8), () -> PolicySet.of(Profile.LEAST_PRIVILEGE));

            assertThat(tree(answer.body()).at("/response/allowed").booleanValue())
                    .isFalse();
        }
    }

    @Test
    void unreadableReviewWithAUidIsDenied() {
        String text = review("CREATE", WORST).toString();
        byte[] cut = text.substring(0, text.length() - 5).getBytes(StandardCharsets.UTF_8);

        Answer answer = reviews.answer(Path.VALIDATE, cut, () -> PolicySet.of(Profile.LEAST_PRIVILEGE));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(tree(answer.body()).at("/response/allowed").booleanValue()).isFalse();
        assertThat(tree(answer.body()).at("/response/uid").asText()).startsWith("705ab4f5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1beta1\",\"request\":{\"uid\":\"x\"}}",
                "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\"}",
                "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"\"}}",
                "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"request\":{\"uid\":\"x\"}}"
            })
    void bodiesThatAreNoReviewAreBadRequests(String body) {
        Answer answer = reviews.answer(
                Path.VALIDATE, body.getBytes(StandardCharsets.UTF_8), () -> PolicySet.of(Profile.LEAST_PRIVILEGE));

        assertThat(answer.status()).isEqualTo(400);
    }

    @Test
    void duplicateKeysAreDenied() {
        String twice = review("CREATE", SAFE)
                .toString()
                .replace("\"spec\":{", "\"spec\":{\"hostNetwork\":true,\"hostNetwork\":false,");

        Answer answer = reviews.answer(
                Path.VALIDATE, twice.getBytes(StandardCharsets.UTF_8), () -> PolicySet.of(Profile.LEAST_PRIVILEGE));

        assertThat(tree(answer.body()).at("/response/allowed").booleanValue()).isFalse();
    }

    @Test
    void secretsNeverAppearInTheAnswer() {
        String secret = WORST + "    env: [{name: DB_PASSWORD, value: canary-4711}]\n";

        Answer answer = reviews.answer(
                Path.VALIDATE,
                review("CREATE", secret).toString().getBytes(StandardCharsets.UTF_8),
                () -> PolicySet.of(Profile.SANDBOXED));

        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .contains("DB_PASSWORD")
                .doesNotContain("canary-4711");
    }
}
