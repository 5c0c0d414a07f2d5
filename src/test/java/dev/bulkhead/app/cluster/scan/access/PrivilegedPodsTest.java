package dev.bulkhead.app.cluster.scan.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PrivilegedPodsTest {
    private static final Map<String, Namespace> READ = Map.of(
            "open",
            Namespace.named("open"),
            "labelled",
            new Namespace("labelled", Map.of("pod-security.kubernetes.io/enforce", "baseline")));

    private static PrivilegedPods by(Profile profile, boolean evaluated) {
        return new PrivilegedPods(
                name -> Optional.ofNullable(READ.get(name)),
                new WorkloadEvaluation(PolicySet.of(profile), Evaluations.CLUSTER, Evaluations.NOW),
                name -> evaluated);
    }

    @Test
    void areAdmittedWhereNeitherALabelNorBulkheadDenies() {
        assertThat(by(Profile.PRIVILEGED, true).test("open")).isTrue();
        assertThat(by(Profile.LEAST_PRIVILEGE, true).test("open")).isFalse();
        assertThat(by(Profile.LEAST_PRIVILEGE, false).test("open")).isTrue();
        assertThat(by(Profile.PRIVILEGED, true).test("labelled")).isFalse();
    }

    @Test
    void nothingIsClaimedOfANamespaceThatWasNotRead() {
        assertThat(by(Profile.PRIVILEGED, true).test("unread")).isFalse();
        assertThat(by(Profile.PRIVILEGED, false).test("unread")).isFalse();
        assertThat(by(Profile.PRIVILEGED, true).dependsOnLabel("unread")).isFalse();
    }

    @Test
    void dependOnTheLabelOnlyWhereBulkheadAdmitsThem() {
        assertThat(by(Profile.PRIVILEGED, true).dependsOnLabel("labelled")).isTrue();
        assertThat(by(Profile.LEAST_PRIVILEGE, false).dependsOnLabel("labelled"))
                .isTrue();
        assertThat(by(Profile.LEAST_PRIVILEGE, true).dependsOnLabel("labelled")).isFalse();
        assertThat(by(Profile.PRIVILEGED, true).dependsOnLabel("open")).isFalse();
    }
}
