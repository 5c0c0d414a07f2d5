package dev.bulkhead.app.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.cluster.resource.ReachabilityProbe;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.workload.Field;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReachabilityProbeValidatorTest {
    private static final String NONCE = "0123456789abcdef0123456789abcdef";

    private final ReachabilityProbeValidator validator = new ReachabilityProbeValidator("bulkhead-system");

    private Optional<Decision> ask(String namespace, boolean dryRun, String kind, String name, String nonce)
            throws Exception {
        String review = """
                {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE",
                "kind":{"group":"bulkhead.dev","version":"v1alpha1","kind":"%s"},"namespace":"%s","dryRun":%s,
                "object":{"metadata":{"name":"%s","annotations":{"bulkhead.dev/nonce":"%s"}}}}}""".formatted(kind, namespace, dryRun, name, nonce);
        AdmissionRequest request = AdmissionRequest.of(Field.root(new ObjectMapper().readTree(review)));
        return validator.on(request, PolicySet.of(Profile.LEAST_PRIVILEGE), AdmissionContext.unlimited());
    }

    private static String refusal(Optional<Decision> decision) {
        return decision.map(Decision.Advice.class::cast)
                .flatMap(Decision.Advice::refusal)
                .orElse("");
    }

    @Test
    void echoesTheNonce() throws Exception {
        assertThat(refusal(ask("bulkhead-system", true, "Exemption", ReachabilityProbe.NAME, NONCE)))
                .isEqualTo(ReachabilityProbe.answerTo(NONCE));
    }

    @Test
    void echoesNumbersOnly() throws Exception {
        assertThat(refusal(ask("bulkhead-system", true, "Exemption", ReachabilityProbe.NAME, "<script>")))
                .contains("reserved")
                .doesNotContain("script");
    }

    @Test
    void rejectsStoringTheProbe() throws Exception {
        assertThat(refusal(ask("bulkhead-system", false, "Exemption", ReachabilityProbe.NAME, NONCE)))
                .contains("reserved");
        assertThat(refusal(ask("team-a", false, "Exemption", ReachabilityProbe.NAME, NONCE)))
                .contains("reserved");
    }

    /** Otherwise one release would tell another one that it is reached. */
    @Test
    void ignoresTheProbeOfAnotherRelease() throws Exception {
        assertThat(ask("second", true, "Exemption", ReachabilityProbe.NAME, NONCE))
                .contains(new Decision.Skipped());
    }

    @Test
    void ignoresOtherResources() throws Exception {
        assertThat(ask("bulkhead-system", true, "Exemption", "node-exporter", NONCE))
                .isEmpty();
        assertThat(ask("bulkhead-system", true, "LeastPrivilegePolicy", ReachabilityProbe.NAME, NONCE))
                .isEmpty();
    }
}
