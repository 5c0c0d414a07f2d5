package dev.bulkhead.app.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.edit.AnnotationSize;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.junit.jupiter.api.Test;

/** A pod that the API server would take is not made one that it refuses. */
class AnnotationSizeTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final WorkloadAdmission gate = new WorkloadAdmission(
            WorkloadKinds.builtIn(), ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR), Clock.systemUTC());

    /** The annotations that the webhook adds, in bytes. */
    private int added() {
        int bytes = 0;
        for (var annotation : hardened("x").path("metadata").path("annotations").properties()) {
            bytes += annotation.getValue().asText().equals("x")
                    ? 0
                    : annotation.getKey().length()
                            + annotation.getValue().asText().length();
        }
        return bytes;
    }

    @Test
    void annotatesThePodUpToTheApiServersLimit() {
        JsonNode pod = hardened("x".repeat((int) AnnotationSize.LIMIT - 1 - added()));

        assertThat(pod.path("metadata").path("annotations").has(WorkloadAdmission.HARDENED_ANNOTATION))
                .isTrue();
        assertThat(size(pod)).isEqualTo(AnnotationSize.LIMIT);
    }

    @Test
    void hardensWithoutTheAnnotationWhereItDoesNotFit() {
        JsonNode pod = hardened("x".repeat((int) AnnotationSize.LIMIT - added()));

        assertThat(pod.path("metadata").path("annotations").has(WorkloadAdmission.HARDENED_ANNOTATION))
                .isFalse();
        assertThat(pod.path("spec").path("securityContext").path("runAsNonRoot").asBoolean())
                .isTrue();
    }

    @Test
    void countsBytesNotCharacters() {
        JsonNode pod = hardened("ä".repeat((int) (AnnotationSize.LIMIT / 2) - 60));

        assertThat(pod.path("metadata").path("annotations").has(WorkloadAdmission.HARDENED_ANNOTATION))
                .isFalse();
    }

    private JsonNode hardened(String annotation) {
        ObjectNode pod = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Pod");
        pod.putObject("metadata").put("name", "web").putObject("annotations").put("a", annotation);
        pod.putObject("spec")
                .putArray("containers")
                .addObject()
                .put("name", "web")
                .put("image", "x:1");
        ObjectNode review = JSON.createObjectNode();
        ObjectNode request = review.putObject("request").put("uid", "u").put("operation", "CREATE");
        request.putObject("kind").put("group", "").put("version", "v1").put("kind", "Pod");
        request.set("object", pod);
        Decision decision = gate.mutate(
                AdmissionRequest.of(Field.root(review)),
                PolicySet.of(Profile.LEAST_PRIVILEGE),
                AdmissionContext.unlimited());
        assertThat(decision).isInstanceOf(Decision.Evaluated.class);
        return ((Decision.Evaluated) decision).verdict().patch().applyTo(pod);
    }

    private static long size(JsonNode pod) {
        long size = 0;
        for (var annotation : pod.path("metadata").path("annotations").properties()) {
            size += annotation.getKey().getBytes(StandardCharsets.UTF_8).length
                    + annotation.getValue().asText().getBytes(StandardCharsets.UTF_8).length;
        }
        return size;
    }
}
