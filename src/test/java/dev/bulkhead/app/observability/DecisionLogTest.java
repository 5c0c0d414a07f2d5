package dev.bulkhead.app.observability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import dev.bulkhead.app.admission.AdmissionReviewHandler;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.app.admission.PolicyResourceValidator;
import dev.bulkhead.app.admission.WorkloadAdmission;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.config.GateConfig.Log.Decisions;
import dev.bulkhead.app.server.LogListener;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecisionLogTest {
    private static final String PLAIN = "containers: [{name: a, image: a}]";
    private static final String PRIVILEGED = "containers: [{name: a, image: a, securityContext: {privileged: true}}]";

    private static final GateConfig.Log NOTABLE = new GateConfig.Log() {
        @Override
        public String level() {
            return "INFO";
        }

        @Override
        public boolean json() {
            return false;
        }

        @Override
        public Decisions decisions() {
            return Decisions.NOTABLE;
        }

        @Override
        public boolean access() {
            return false;
        }
    };

    /** What is logged of a pod's validation by a policy of that profile in that mode. */
    private static List<String> logged(Profile profile, Mode mode, String operation, String spec) throws Exception {
        return logged(profile, mode, review(operation, spec));
    }

    private static String review(String operation, String spec) throws Exception {
        return Yaml.tree("""
                apiVersion: admission.k8s.io/v1
                kind: AdmissionReview
                request:
                  uid: "1"
                  operation: %s
                  kind: {group: "", version: v1, kind: Pod}
                  namespace: shop
                  object: {apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {%s}}
                """.formatted(operation, spec)).toString();
    }

    private static List<String> logged(Profile profile, Mode mode, String review) throws Exception {
        return logged(new DecisionLog(NOTABLE), DecisionLog.CATEGORY, profile, mode, review);
    }

    private static List<String> logged(
            DecisionLog decisions, String category, Profile profile, Mode mode, String review) throws Exception {
        WorkloadAdmission gate = new WorkloadAdmission(
                WorkloadKinds.builtIn(),
                ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                Clock.systemUTC());
        PolicySet policies = new PolicySet(List.of(Policy.builtIn(profile, mode)), List.of());
        PolicyResourceValidator resources = new PolicyResourceValidator(
                Set.of("bulkhead-system"), Duration.ofDays(365), Optional.empty(), Clock.systemUTC());
        try (LogListener log = LogListener.to(category)) {
            new AdmissionReviewHandler(gate, List.of(resources), decisions)
                    .answer(Path.VALIDATE, review.getBytes(StandardCharsets.UTF_8), () -> policies);
            return List.copyOf(log.messages());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "AUDIT, passed, privileged: true",
        "WARN, warned, privileged: true",
        "AUDIT, passed, readOnlyRootFilesystem: false",
    })
    void saysWhatWouldHaveBeenDenied(Mode mode, String verdict, String unsafe) throws Exception {
        assertThat(logged(
                        Profile.LEAST_PRIVILEGE,
                        mode,
                        "CREATE",
                        "containers: [{name: a, image: a, securityContext: {" + unsafe + "}}]"))
                .singleElement()
                .asString()
                .startsWith("verdict=" + verdict + " enforced=denied path=validate");
    }

    @Test
    void saysWhatWouldHaveBeenHardened() throws Exception {
        assertThat(logged(Profile.LEAST_PRIVILEGE, Mode.AUDIT, "CREATE", PLAIN))
                .singleElement()
                .asString()
                .startsWith("verdict=passed enforced=hardened");
    }

    @Test
    void enforcedFindingsAreNotRepeated() throws Exception {
        assertThat(logged(Profile.LEAST_PRIVILEGE, Mode.ENFORCE, "CREATE", PRIVILEGED))
                .singleElement()
                .asString()
                .startsWith("verdict=denied path=validate");
    }

    @Test
    void unheardDecisionsAreLoggedWhereNobodyReads() throws Exception {
        String review = review("CREATE", PRIVILEGED);
        String everything = "";

        assertThat(logged(new DecisionLog(NOTABLE), everything, Profile.LEAST_PRIVILEGE, Mode.ENFORCE, review))
                .hasSize(1);
        assertThat(logged(DecisionLog.unheard(NOTABLE), everything, Profile.LEAST_PRIVILEGE, Mode.ENFORCE, review))
                .isEmpty();
        assertThat(logged(DecisionLog.unheard(NOTABLE), "warm-up", Profile.LEAST_PRIVILEGE, Mode.ENFORCE, review))
                .hasSize(1);
    }

    @Test
    void passesAreNotLoggedAsNotable() throws Exception {
        assertThat(logged(Profile.parse("baseline").orElseThrow(), Mode.AUDIT, "CREATE", PLAIN))
                .isEmpty();
        assertThat(logged(Profile.LEAST_PRIVILEGE, Mode.AUDIT, "DELETE", PRIVILEGED))
                .isEmpty();
    }

    @Test
    void logsWhyAPolicyWasRejected() throws Exception {
        assertThat(logged(Profile.LEAST_PRIVILEGE, Mode.ENFORCE, Yaml.tree("""
                apiVersion: admission.k8s.io/v1
                kind: AdmissionReview
                request:
                  uid: "1"
                  operation: CREATE
                  kind: {group: bulkhead.dev, version: v1alpha1, kind: LeastPrivilegePolicy}
                  name: tenants
                  object:
                    apiVersion: bulkhead.dev/v1alpha1
                    kind: LeastPrivilegePolicy
                    metadata: {name: tenants}
                    spec: {mode: enforced}
                """).toString()))
                .singleElement()
                .asString()
                .startsWith("verdict=denied path=validate operation=CREATE kind=LeastPrivilegePolicy name=tenants")
                .contains("reason=\"Bulkhead cannot use this LeastPrivilegePolicy:", "/spec/mode: ");
    }
}
