package dev.bulkhead.app.observability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import dev.bulkhead.app.admission.AdmissionReviewHandler;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.app.admission.WorkloadAdmission;
import dev.bulkhead.app.cluster.status.ExemptionUsage;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.policy.document.PolicyReader;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reviews leave behind in the cluster: the status of the exemptions that excused something. */
class ExemptionUsageListenerTest {
    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final String EXEMPTION = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: agent, namespace: bulkhead-system}
            spec:
              reason: reads processes
              owner: team
              expires: "2027-01-01T00:00:00Z"
              match: {namespaces: [shop]}
              allow: [{rule: hostNamespaces, values: [hostPID]}]
            """;

    private final ExemptionUsage uses = new ExemptionUsage();

    private boolean isNoted(String request) {
        PolicyReader.Reading reading = PolicyReader.read(Yaml.tree(EXEMPTION), NOW, Duration.ofDays(365));
        PolicySet policies = new PolicySet(
                List.of(Policy.builtIn(Profile.BASELINE)),
                List.of(((PolicyReader.Reading.OfExemption) reading).exemption()));
        WorkloadAdmission gate = new WorkloadAdmission(
                WorkloadKinds.builtIn(), ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR), CLOCK);
        String review = Yaml.tree("""
                apiVersion: admission.k8s.io/v1
                kind: AdmissionReview
                request:
                  uid: "1"
                  kind: {group: "", version: v1, kind: Pod}
                  namespace: shop
                  name: agent
                  %s
                  object:
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: agent, namespace: shop}
                    spec: {hostPID: true, containers: [{name: agent, image: a}]}
                """.formatted(request)).toString();

        AdmissionService.Answer answer = new AdmissionReviewHandler(gate, new ExemptionUsageListener(uses, CLOCK))
                .answer(AdmissionService.Path.VALIDATE, review.getBytes(StandardCharsets.UTF_8), () -> policies);

        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("\"allowed\":true", "agent");
        return !uses.take(NOW).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"operation: CREATE", "{operation: CREATE, dryRun: false}"})
    void recordsWhatAnExemptionExcused(String request) {
        assertThat(isNoted(request.replaceAll("[{}]", "").replace(", ", "\n  ")))
                .isTrue();
    }

    @Test
    void aDryRunCountsForNoExemption() {
        assertThat(isNoted("operation: CREATE\n  dryRun: true")).isFalse();
    }
}
