package dev.bulkhead.app.admission.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.admission.AdmissionContext;
import dev.bulkhead.app.admission.AdmissionRequest;
import dev.bulkhead.app.admission.Decision;
import dev.bulkhead.app.admission.WorkloadAdmission;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the reader passes over changes no decision. */
class TrimmingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

    private final WorkloadAdmission gate = new WorkloadAdmission(
            WorkloadKinds.builtIn(),
            ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
            Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC));

    static Stream<Path> pods() throws IOException {
        try (Stream<Path> files = Files.walk(FIXTURES)) {
            return files.filter(file -> file.endsWith("pod.yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("pods")
    void decidesAsIfNothingWereSkipped(Path pod) throws IOException {
        ObjectNode review = review(Yaml.tree(Files.readString(pod)));
        JsonNode trimmed = ReviewReader.read(review.toString().getBytes(StandardCharsets.UTF_8));
        for (Profile profile : List.of(
                Profile.LEAST_PRIVILEGE,
                Profile.SANDBOXED,
                Profile.parse("restricted").orElseThrow())) {
            assertThat(decisions(trimmed, profile)).isEqualTo(decisions(review, profile));
        }
    }

    private List<String> decisions(JsonNode review, Profile profile) {
        AdmissionRequest request = AdmissionRequest.of(Field.root(review));
        PolicySet policies = PolicySet.of(profile);
        return Stream.of(
                        gate.mutate(request, policies, AdmissionContext.unlimited()),
                        gate.validate(request, policies, AdmissionContext.unlimited()))
                .map(TrimmingTest::written)
                .toList();
    }

    private static String written(Decision decision) {
        if (!(decision instanceof Decision.Evaluated evaluated)) {
            return decision.toString();
        }
        StringBuilder written = new StringBuilder();
        evaluated
                .verdict()
                .findings()
                .forEach(finding -> written.append(finding.action())
                        .append(' ')
                        .append(finding.finding().place().pointer())
                        .append(' ')
                        .append(finding.finding().message())
                        .append(' ')
                        .append(finding.notHardenedReason())
                        .append('\n'));
        return written.append(evaluated.verdict().patch().toJson()).toString();
    }

    /** With much in it that no rule is about. */
    private static ObjectNode review(JsonNode pod) throws IOException {
        ObjectNode object = pod.deepCopy();
        object.set("status", JSON.readTree("{\"containerStatuses\": [{\"name\": \"}\", \"ready\": true}]}"));
        object.withObject("/metadata")
                .set("managedFields", JSON.readTree("[{\"fieldsV1\": {\"f:spec\": {\"f:securityContext\": {}}}}]"));
        if (object.path("spec") instanceof ObjectNode spec) {
            spec.set("tolerations", JSON.readTree("[{\"operator\": \"Exists\"}]"));
            spec.set("affinity", JSON.readTree("{\"nodeAffinity\": {}}"));
            for (JsonNode container : spec.path("containers")) {
                ((ObjectNode) container).set("resources", JSON.readTree("{\"limits\": {\"cpu\": 1}}"));
            }
        }
        ObjectNode review =
                JSON.createObjectNode().put("kind", "AdmissionReview").put("apiVersion", AdmissionRequest.API_VERSION);
        ObjectNode request = review.putObject("request").put("uid", "u");
        request.putObject("kind").put("group", "").put("version", "v1").put("kind", "Pod");
        request.put("operation", "CREATE").put("namespace", "driftwood");
        request.putObject("userInfo").put("username", "jane").putArray("groups").add("a");
        request.putObject("options").put("kind", "CreateOptions");
        request.set("object", object);
        return review;
    }
}
