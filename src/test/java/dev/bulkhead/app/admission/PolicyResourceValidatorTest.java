package dev.bulkhead.app.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.workload.Field;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyResourceValidatorTest {
    private static final Policy BUILT_IN = Policy.builtIn(Profile.LEAST_PRIVILEGE);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);

    private static Decision.Advice on(String kind, String spec, Optional<Policy> fallback, PolicySet inForce) {
        PolicyResourceValidator validator =
                new PolicyResourceValidator(Set.of("bulkhead-system"), Duration.ofDays(365), fallback, CLOCK);
        String object =
                "{apiVersion: bulkhead.dev/v1alpha1, kind: " + kind + ", metadata: {name: x}, spec: {" + spec + "}}";
        String review = "{request: {uid: u, operation: CREATE, namespace: bulkhead-system, name: x, kind: {group:"
                + " bulkhead.dev, version: v1alpha1, kind: " + kind + "}, object: " + object + "}}";
        return (Decision.Advice) validator
                .on(AdmissionRequest.of(Field.root(Yaml.tree(review))), inForce, AdmissionContext.unlimited())
                .orElseThrow();
    }

    private static String refusal(String kind, String spec) {
        return on(kind, spec, Optional.of(BUILT_IN), PolicySet.of(Profile.LEAST_PRIVILEGE))
                .refusal()
                .orElse("");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "namespaces: ['*'] | /spec/match/namespaces/0: \"*\" is not the name of a namespace: globs are not supported",
                "namespaces: [a], workloads: [{kind: Rollout, name: web}] | /spec/match/workloads/0/kind: an exemption cannot be for workloads of kind \"Rollout\"",
                "namespaces: [a], workloads: [{kind: Pod, name: web-*}] | /spec/match/workloads/0/name: \"web-*\" is not the name of a workload",
            })
    void rejectsExemptionsThatCannotMatch(String match, String message) {
        assertThat(refusal(
                        "Exemption",
                        "expires: '2027-06-30T00:00:00Z', match: {" + match
                                + "}, allow: [{rule: privileged, values: ['true']}]"))
                .startsWith("Bulkhead cannot use this Exemption:")
                .contains(message);
    }

    @Test
    void rejectsUnquotedOff() throws JsonProcessingException {
        String spec = "rules: {secretsInEnv: {action: " + new ObjectMapper().readTree("false") + "}}";

        assertThat(refusal("LeastPrivilegePolicy", spec))
                .contains("/spec/rules/secretsInEnv/action: expected text, found false: quote it, because");
    }

    @Test
    void warnsWhenCoverageDependsOnLabels() {
        String tenants = "match: {namespaceSelector: {matchLabels: {tier: tenant}}}";

        assertThat(on("LeastPrivilegePolicy", tenants, Optional.empty(), new PolicySet(List.of(), List.of()))
                        .warnings())
                .singleElement()
                .asString()
                .startsWith("/spec/match/namespaceSelector: nothing evaluates namespaces without these labels");
        assertThat(on("LeastPrivilegePolicy", tenants, Optional.of(BUILT_IN), PolicySet.of(Profile.LEAST_PRIVILEGE))
                        .warnings())
                .isEmpty();
    }

    @Test
    void comparesAPolicyWithTheOthersOnly() {
        String web = "mode: warn, match: {workloadSelector: {matchLabels: {app: web}}}";
        Policy everything = new Policy(
                "x",
                Policy.Match.EVERYTHING,
                Profile.BASELINE,
                BUILT_IN.mode(),
                BUILT_IN.namespaceLabels(),
                java.util.Map.of(),
                BUILT_IN.settings());
        PolicySet itself = new PolicySet(List.of(everything), Optional.of(BUILT_IN), List.of());
        PolicySet another = new PolicySet(List.of(Policy.builtIn(Profile.BASELINE)), Optional.of(BUILT_IN), List.of());

        assertThat(on("LeastPrivilegePolicy", web, Optional.of(BUILT_IN), itself)
                        .warnings())
                .singleElement()
                .asString()
                .contains("evaluated by this policy instead of the built-in one, which is stricter about ");
        assertThat(on("LeastPrivilegePolicy", web, Optional.of(BUILT_IN), another)
                        .warnings())
                .isEmpty();
    }
}
