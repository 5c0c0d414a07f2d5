package dev.bulkhead.app.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Golden;
import dev.bulkhead.app.admission.AdmissionReviewHandler;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.app.warmup.SampleReviews.Sample;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The reviews of the warm-up are made of the examples, and lead to every kind of answer. */
class SampleReviewsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final java.nio.file.Path RESOURCE =
            java.nio.file.Path.of("src/main/resources/dev/bulkhead/warmup/reviews.ndjson");

    private final AdmissionReviewHandler reviews = AdmissionReviewHandler.by(
            WorkloadKinds.builtIn(), ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR), Clock.systemUTC());

    @Test
    void areMadeOfTheExamples() throws IOException {
        ObjectNode typical = read("bench/reviews/typical.json");
        ObjectNode example = read("docs/examples/review.json");
        List<String> lines = new ArrayList<>();
        for (ObjectNode review : List.of(typical, example)) {
            lines.add(line(Path.MUTATE, review));
            lines.add(line(Path.VALIDATE, hardened(review)));
            lines.add(line(Path.MUTATE, hardened(review)));
            lines.add(line(Path.VALIDATE, controller(review, "apps", "Deployment", "deployments")));
        }
        lines.add(line(Path.VALIDATE, privileged(hardened(typical))));
        lines.add(line(Path.VALIDATE, updated(hardened(typical))));
        lines.add(line(Path.VALIDATE, updated(controller(typical, "apps", "Deployment", "deployments"))));

        Golden.file(RESOURCE, lines.stream().collect(Collectors.joining("\n", "", "\n")));
    }

    @Test
    void leadToEveryKindOfAnswer() {
        assertThat(SampleReviews.all().stream().map(this::answered).toList())
                .containsExactly(
                        "patched", "allowed", "allowed", "allowed", "patched", "denied", "allowed", "denied", "denied",
                        "allowed", "allowed");
    }

    private String answered(Sample sample) {
        JsonNode response = response(sample.path(), sample.review());
        return !response.get("allowed").asBoolean() ? "denied" : response.has("patch") ? "patched" : "allowed";
    }

    private JsonNode response(Path path, byte[] review) {
        Answer answer = reviews.answer(path, review, () -> PolicySet.of(Profile.LEAST_PRIVILEGE));
        try {
            return JSON.readTree(answer.body()).get("response");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ObjectNode read(String file) throws IOException {
        return (ObjectNode) JSON.readTree(Files.readString(java.nio.file.Path.of(file)));
    }

    private static String line(Path path, ObjectNode review) {
        return path + " " + review;
    }

    private ObjectNode hardened(ObjectNode review) throws IOException {
        JsonNode patch = JSON.readTree(response(Path.MUTATE, review.toString().getBytes(StandardCharsets.UTF_8))
                .get("patch")
                .binaryValue());
        ObjectNode hardened = review.deepCopy();
        request(hardened).set("object", JsonPatch.apply(patch, review.at("/request/object")));
        return hardened;
    }

    private static ObjectNode privileged(ObjectNode review) {
        ObjectNode denied = review.deepCopy();
        ObjectNode container = (ObjectNode) denied.at("/request/object/spec/containers/0");
        container.withObjectProperty("securityContext").put("privileged", true);
        container
                .withArrayProperty("volumeMounts")
                .addObject()
                .put("name", "socket")
                .put("mountPath", "/var/run/docker.sock");
        ObjectNode spec = (ObjectNode) denied.at("/request/object/spec");
        spec.withArrayProperty("volumes")
                .addObject()
                .put("name", "socket")
                .putObject("hostPath")
                .put("path", "/var/run/docker.sock");
        return denied;
    }

    /** The pod's controller, as its author would apply it. */
    private static ObjectNode controller(ObjectNode review, String group, String kind, String resource) {
        ObjectNode applied = review.deepCopy();
        ObjectNode request = request(applied);
        for (String field : List.of("kind", "requestKind")) {
            request.putObject(field).put("group", group).put("version", "v1").put("kind", kind);
        }
        for (String field : List.of("resource", "requestResource")) {
            request.putObject(field).put("group", group).put("version", "v1").put("resource", resource);
        }
        request.put("name", "web");
        request.withObjectProperty("userInfo").put("username", "jane");
        JsonNode pod = review.at("/request/object");
        ObjectNode object =
                request.putObject("object").put("apiVersion", group + "/v1").put("kind", kind);
        ObjectNode metadata = object.putObject("metadata").put("name", "web");
        metadata.set("namespace", pod.at("/metadata/namespace"));
        metadata.set("managedFields", pod.at("/metadata/managedFields"));
        ObjectNode spec = object.putObject("spec").put("replicas", 2);
        spec.putObject("selector").set("matchLabels", pod.at("/metadata/labels"));
        ObjectNode template = spec.putObject("template");
        template.putObject("metadata").set("labels", pod.at("/metadata/labels"));
        template.set("spec", pod.get("spec"));
        return applied;
    }

    private static ObjectNode updated(ObjectNode review) {
        ObjectNode updated = review.deepCopy();
        ObjectNode request = request(updated).put("operation", "UPDATE");
        request.set("oldObject", request.get("object").deepCopy());
        ((ObjectNode) request.at("/object/metadata"))
                .withObjectProperty("labels")
                .put("release", "2");
        JsonNode container = request.at("/object/spec/template/spec/containers/0");
        if (container instanceof ObjectNode template) {
            template.put("image", template.get("image").asText() + "-2");
        }
        return updated;
    }

    private static ObjectNode request(ObjectNode review) {
        return (ObjectNode) review.get("request");
    }
}
