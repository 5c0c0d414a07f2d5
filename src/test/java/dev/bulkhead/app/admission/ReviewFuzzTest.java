package dev.bulkhead.app.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.app.admission.json.ReviewReader;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Whatever bytes come, the webhook answers as it should. */
class ReviewFuzzTest {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final AdmissionReviewHandler reviews = AdmissionReviewHandler.by(
            WorkloadKinds.builtIn(), ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR), Clock.systemUTC());

    @FuzzTest(maxDuration = "30s")
    void everyBodyGetsItsAnswer(byte[] body) throws IOException {
        Optional<JsonNode> read = read(body);
        for (Path path : Path.values()) {
            Answer answer = reviews.answer(path, body, () -> PolicySet.of(Profile.LEAST_PRIVILEGE));
            assertThat(answer.status()).isIn(200, 400);
            assertThat(answer.body().length).isLessThan(64 * 1024 + body.length);
            if (answer.status() == 200) {
                JsonNode response = STRICT.readTree(answer.body()).path("response");
                assertThat(response.at("/auditAnnotations/error").asText()).doesNotContain("an error inside");
                assertThat(response.path("uid").asText()).isNotEmpty();
                assertThat(response.has("patch")).isEqualTo(response.has("patchType"));
                if (path == Path.MUTATE) {
                    assertThat(response.path("allowed").booleanValue()).isTrue();
                } else if (response.path("allowed").booleanValue()) {
                    if (read.isPresent()) {
                        assertThat(isPrivilegedPod(read.get())).isFalse();
                    } else {
                        assertAllowedUnread(body, response);
                    }
                }
            }
        }
    }

    /** A namespace alone is allowed although its review is unreadable, since nothing in it is evaluated; with a warning. */
    private static void assertAllowedUnread(byte[] body, JsonNode response) {
        assertThat(ReviewEnvelope.of(body).concernsNamespace())
                .as("what is allowed was readable, or is a namespace")
                .isTrue();
        assertThat(response.at("/warnings/0").asText()).contains("nothing was checked");
    }

    private static Optional<JsonNode> read(byte[] body) {
        try {
            return Optional.of(ReviewReader.read(body));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** By another way than the webhook's; what is read is compared with another reader elsewhere. */
    private static boolean isPrivilegedPod(JsonNode review) {
        JsonNode request = review.path("request");
        boolean creates = request.path("operation").asText().equals("CREATE")
                && request.at("/kind/kind").asText().equals("Pod")
                && request.at("/kind/group").asText().isEmpty()
                && request.path("subResource").asText().isEmpty();
        if (!creates) {
            return false;
        }
        for (String list : List.of("containers", "initContainers", "ephemeralContainers")) {
            for (JsonNode container : request.at("/object/spec").path(list)) {
                if (container.at("/securityContext/privileged").booleanValue()) {
                    return true;
                }
            }
        }
        return false;
    }
}
