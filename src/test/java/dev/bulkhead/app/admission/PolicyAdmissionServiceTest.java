package dev.bulkhead.app.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.admission.AdmissionService.Attempt;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicyAdmissionServiceTest {
    private static final String REVIEW = """
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE",
             "kind":{"group":"","version":"v1","kind":"Pod"},"namespace":"a","name":"p",
             "object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},
                       "spec":{"containers":[{"name":"c","image":"x"}]}}}}
            """;

    private final PolicyAdmissionService service = new PolicyAdmissionService(
            AdmissionReviewHandler.by(
                    WorkloadKinds.builtIn(),
                    ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                    Clock.systemUTC()),
            () -> PolicySet.of(Profile.PRIVILEGED));

    private String answer(String profile) {
        Attempt attempt = service.attempt(
                AdmissionService.Path.VALIDATE,
                Optional.of(profile),
                REVIEW.getBytes(StandardCharsets.UTF_8),
                AdmissionContext.unlimited());
        return new String(((Attempt.Answered) attempt).answer().body(), StandardCharsets.UTF_8);
    }

    @Test
    void profilesInPathsAreCachedWithinABound() {
        for (int i = 0; i < 3_000; i++) {
            assertThat(answer("restricted@v1." + i)).contains("\"allowed\":false");
        }

        assertThat(service.pinnedBytes()).isBetween(1L, 4L << 20);
    }

    @Test
    void spellingsOfAProfileAreOneProfile() {
        answer("restricted");
        long before = service.pinnedBytes();

        answer("restricted@latest");

        assertThat(service.pinnedBytes()).isEqualTo(before);
    }
}
