package dev.bulkhead.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An exemption for some containers reaches a value of the pod only where no other container inherits it. */
class InheritedValuesTest {
    private static final String POLICY = "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy,"
            + " metadata: {name: p}, spec: {profile: least-privilege, rules: {rootGroup: {action: deny}}}}";

    private static String exemption(String name, String containers) {
        return """
                apiVersion: bulkhead.dev/v1alpha1
                kind: Exemption
                metadata: {name: %s, namespace: bulkhead-system}
                spec:
                  reason: reads host metrics
                  owner: team
                  expires: 2027-03-31T00:00:00Z
                  match: {namespaces: [driftwood], containers: [%s]}
                  allow:
                    - {rule: runAsUser, values: ["0"]}
                    - {rule: runAsNonRoot, values: ["false"]}
                    - {rule: seccompProfile_restricted, values: [Unconfined]}
                    - {rule: appArmorProfile, values: [Unconfined]}
                    - {rule: seLinuxOptions, values: ["type=spc_t"]}
                    - {rule: rootGroup, values: ["*"]}
                    - {rule: sysctls, values: ["*"]}
                    - {rule: hostNamespaces, values: ["*"]}
                """.formatted(name, containers);
    }

    private static String pod(String podSettings, String attackerSettings) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: ne, namespace: driftwood}
                spec:
                  %s
                  containers:
                  - {name: exporter, image: x}
                  - {name: attacker, image: x, securityContext: {%s}}
                """.formatted(podSettings, attackerSettings);
    }

    private static List<String> denied(String pod, String containers) {
        Verdict verdict = Evaluations.evaluate(pod, Evaluations.policies(POLICY, exemption("e", containers)));
        return verdict.leadingTo(Action.DENY).stream()
                .map(evaluated -> evaluated.finding().rule().id())
                .distinct()
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "runAsUser: 0",
                "runAsGroup: 0",
                "appArmorProfile: {type: Unconfined}",
                "seLinuxOptions: {type: spc_t}"
            })
    void valueThatAnotherContainerInheritsIsNotExcused(String value) {
        String settings = "securityContext: {" + value + "}";

        assertThat(denied(pod(settings, ""), "exporter")).isNotEmpty();
        assertThat(denied(pod(settings, ""), "exporter, attacker")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "runAsUser: 0 | runAsUser: 1000",
                "runAsGroup: 0 | runAsGroup: 1000",
                "seccompProfile: {type: Unconfined} | seccompProfile: {type: RuntimeDefault}",
                "appArmorProfile: {type: Unconfined} | appArmorProfile: {type: RuntimeDefault}",
                "seLinuxOptions: {type: spc_t} | seLinuxOptions: {type: container_t}"
            })
    void valueThatEveryOtherContainerReplacesIsExcused(String values) {
        int bar = values.indexOf(" | ");
        String settings = "securityContext: {" + values.substring(0, bar) + "}";

        assertThat(denied(pod(settings, values.substring(bar + 3)), "exporter")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "securityContext: {fsGroup: 0}",
                "securityContext: {supplementalGroups: [0]}",
                "securityContext: {sysctls: [{name: kernel.msgmax, value: '1'}]}",
                "hostPID: true"
            })
    void valueThatNoContainerCanReplaceIsExcusedOnlyForAll(String settings) {
        assertThat(denied(pod(settings, "runAsUser: 1000, runAsGroup: 1000"), "exporter"))
                .hasSize(1);
        assertThat(denied(pod(settings, "runAsUser: 1000, runAsGroup: 1000"), "exporter, attacker"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"runAsNonRoot: false", "seccompProfile: {type: Unconfined}"})
    void containerThatIsGivenAValueOfItsOwnDoesNotInherit(String value) {
        // The attacker gets the safe value itself, so that only the exporter keeps what the pod says.
        String pod = pod("securityContext: {" + value + "}", "");
        String member = value.substring(0, value.indexOf(':'));
        PolicySet policies = Evaluations.policies(POLICY, exemption("e", "exporter"));

        Verdict verdict = Evaluations.evaluate(pod, policies);
        JsonNode hardened = verdict.patch().applyTo(Yaml.tree(pod));

        assertThat(verdict.leadingTo(Action.DENY)).isEmpty();
        assertThat(hardened.at("/spec/containers/1/securityContext").has(member))
                .isTrue();
        assertThat(hardened.at("/spec/containers/0/securityContext").has(member))
                .isFalse();
        assertThat(Evaluations.evaluate(hardened.toString(), policies)
                        .afterHardening()
                        .leadingTo(Action.DENY))
                .isEmpty();
    }

    @Test
    void whatIsExcusedIsNotFilledInOverByAnotherLevel() {
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata: {name: ne, namespace: driftwood}
                spec:
                  containers:
                  - {name: exporter, image: x, securityContext: {runAsUser: 0, runAsNonRoot: false, seccompProfile: {type: Unconfined}}}
                  - {name: other, image: x}
                """;
        PolicySet withUser =
                Evaluations.policies(POLICY.replace("rules:", "user: {id: 10001}, rules:"), exemption("e", "exporter"));

        JsonNode hardened = Evaluations.evaluate(pod, withUser).patch().applyTo(Yaml.tree(pod));

        JsonNode exporter = hardened.at("/spec/containers/0/securityContext");
        assertThat(exporter.path("runAsUser").intValue()).isZero();
        assertThat(exporter.path("runAsNonRoot").booleanValue()).isFalse();
        assertThat(exporter.at("/seccompProfile/type").asText()).isEqualTo("Unconfined");
        assertThat(hardened.at("/spec/securityContext/runAsUser").intValue()).isEqualTo(10001);
    }

    @Test
    void excusedValueOfThePodIsNotReplacedInTheContainersThatInheritIt() {
        String pod = pod(
                "securityContext: {runAsUser: 0, seccompProfile: {type: Unconfined}}",
                "runAsUser: 1000," + " seccompProfile: {type: RuntimeDefault}");
        PolicySet withUser =
                Evaluations.policies(POLICY.replace("rules:", "user: {id: 10001}, rules:"), exemption("e", "exporter"));

        JsonNode hardened = Evaluations.evaluate(pod, withUser).patch().applyTo(Yaml.tree(pod));

        JsonNode exporter = hardened.at("/spec/containers/0/securityContext");
        assertThat(exporter.has("runAsUser")).isFalse();
        assertThat(exporter.has("seccompProfile")).isFalse();
        assertThat(exporter.has("runAsNonRoot")).isFalse();
    }

    @Test
    void annotationAboutAContainerConcernsThatContainer() {
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: ne
                  annotations: {container.apparmor.security.beta.kubernetes.io/%s: unconfined}
                spec: {containers: [{name: exporter, image: x}, {name: attacker, image: x}]}
                """;
        PolicySet policies =
                Evaluations.policies(POLICY, exemption("e", "exporter").replace("[Unconfined]", "['*']"));

        assertThat(Evaluations.evaluate(pod.formatted("exporter"), policies).leadingTo(Action.DENY))
                .isEmpty();
        assertThat(Evaluations.evaluate(pod.formatted("attacker"), policies).leadingTo(Action.DENY))
                .hasSize(1);
    }

    @Test
    void podAndTemplateGetTheSameVerdict() {
        JsonNode pod = Yaml.tree(pod("securityContext: {runAsNonRoot: false}", ""));
        JsonNode deployment = Yaml.tree("{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {}}");
        ((com.fasterxml.jackson.databind.node.ObjectNode) deployment.get("spec")).set("template", pod);
        PolicySet policies = Evaluations.policies(POLICY, exemption("e", "exporter"));

        Verdict template = new WorkloadEvaluation(policies, Evaluations.CLUSTER, Evaluations.NOW)
                .asStored(
                        WorkloadKinds.builtIn().find(deployment).orElseThrow(),
                        Namespace.named("driftwood"),
                        Optional.empty())
                .verdict();

        assertThat(template.outcome()).isEqualTo(Verdict.Outcome.HARDENED);
    }

    @Test
    void twoExemptionsDoNotCombine() {
        // One lets the exporter keep the pod's profile, the other lets the attacker go without one of its own.
        String pod = pod("securityContext: {seccompProfile: {type: Unconfined}}", "");
        String keeps = exemption("keeps", "exporter");
        String lacks = exemption("lacks", "attacker").replace("values: [Unconfined]", "values: [unset]");

        for (List<String> exemptions : List.of(List.of(keeps, lacks), List.of(lacks))) {
            List<String> documents = new java.util.ArrayList<>(exemptions);
            documents.add(POLICY);
            Verdict verdict = Evaluations.evaluate(pod, Evaluations.policies(documents.toArray(String[]::new)));

            assertThat(verdict.leadingTo(Action.DENY)).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"seLinuxOptions: {}", "seLinuxOptions: {type: ''}", "seLinuxOptions: null"})
    void optionsWithoutContentDoNotReplaceThoseOfThePod(String own) {
        assertThat(denied(pod("securityContext: {seLinuxOptions: {type: spc_t}}", own), "exporter"))
                .containsExactly("seLinuxOptions");
    }
}
