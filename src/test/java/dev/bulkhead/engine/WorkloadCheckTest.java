package dev.bulkhead.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkloadCheckTest {
    private static final Instant NOW = Instant.parse("2026-11-27T00:00:00Z");

    private static JsonNode pod(String securityContext) {
        return Yaml.tree("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: shop}
                spec:
                  containers: [{name: web, image: nginxinc/nginx-unprivileged, securityContext: %s}]
                """.formatted(securityContext));
    }

    private static final JsonNode EXEMPTION = Yaml.tree("""
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: web, namespace: bulkhead-system}
            spec:
              reason: tests
              owner: team
              expires: 2027-03-31T00:00:00Z
              match: {namespaces: [shop], workloads: [{kind: Pod, name: web}], containers: [web]}
              allow:
                - {rule: privileged, values: ["true"]}
                - {rule: allowPrivilegeEscalation, values: ["true"]}
            """);

    @Test
    void hardensWhatIsUnsetAndLeavesTheObjectAsItIs() {
        JsonNode pod = pod("{}");
        JsonNode before = pod.deepCopy();

        ReportedWorkload workload =
                WorkloadCheck.withProfile("least-privilege").evaluate(pod).orElseThrow();

        assertThat(workload.verdict()).isEqualTo(Outcome.HARDENED);
        assertThat(workload.namespace()).isEqualTo("shop");
        assertThat(workload.patch().operations()).isNotEmpty();
        assertThat(pod).isEqualTo(before);
    }

    @Test
    void deniesByTheProfileAtItsVersion() {
        JsonNode sysctls = pod("{}");
        sysctls.withObject("/spec/securityContext")
                .putArray("sysctls")
                .addObject()
                .put("name", "net.ipv4.tcp_rmem")
                .put("value", "4096 87380 16777216");

        assertThat(verdict(WorkloadCheck.withProfile("baseline@v1.31"), sysctls))
                .isEqualTo(Outcome.DENIED);
        assertThat(verdict(WorkloadCheck.withProfile("baseline@v1.32"), sysctls))
                .isEqualTo(Outcome.PASSED);
        assertThat(verdict(WorkloadCheck.withProfile("baseline").forKubernetes(31), sysctls))
                .isEqualTo(Outcome.DENIED);
    }

    @Test
    void appliesPoliciesByTheNamespacesLabels() {
        JsonNode policy = Yaml.tree("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: tools}
                spec: {match: {namespaceSelector: {matchLabels: {tier: tools}}}, profile: privileged}
                """);
        WorkloadCheck check = WorkloadCheck.withPolicies(List.of(policy), NOW);
        JsonNode pod = pod("{privileged: true}");

        assertThat(verdict(check, pod)).isEqualTo(Outcome.DENIED);
        assertThat(check.evaluate(pod, new Namespace("shop", Map.of("tier", "tools")))
                        .orElseThrow()
                        .verdict())
                .isEqualTo(Outcome.PASSED);
    }

    @Test
    void appliesExemptionsUntilTheyExpire() {
        JsonNode pod = pod("{privileged: true}");

        assertThat(verdict(WorkloadCheck.withPolicies(List.of(EXEMPTION), NOW), pod))
                .isEqualTo(Outcome.HARDENED);
        Instant later = Instant.parse("2027-03-31T00:00:00Z");
        assertThat(verdict(WorkloadCheck.withPolicies(List.of(EXEMPTION), later), pod))
                .isEqualTo(Outcome.DENIED);
    }

    @Test
    void namesEveryWrongFieldOfPolicies() {
        JsonNode wrong = Yaml.tree("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: tools}
                spec: {profile: strict, mod: warn}
                """);

        assertThatThrownBy(() -> WorkloadCheck.withPolicies(List.of(EXEMPTION, wrong), NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("document 2, /spec/profile: expected ")
                .hasMessageContaining("document 2, /spec/mod: ");
        assertThatThrownBy(() -> WorkloadCheck.withProfile("strict"))
                .hasMessageStartingWith("expected ")
                .hasMessageEndingWith("found strict");
    }

    @Test
    void evaluatesKindsThatHoldPods() {
        WorkloadCheck check = WorkloadCheck.withProfile("baseline");
        JsonNode service = Yaml.tree("{apiVersion: v1, kind: Service, metadata: {name: web}}");
        JsonNode worker = Yaml.tree("""
                apiVersion: example.com/v1
                kind: Worker
                metadata: {name: w}
                spec: {template: {spec: {hostNetwork: true, containers: [{name: w, image: w}]}}}
                """);

        assertThat(check.evaluate(service)).isEmpty();
        assertThat(check.evaluate(worker)).isEmpty();
        assertThat(verdict(check.withKind("example.com/Worker=/spec/template"), worker))
                .isEqualTo(Outcome.DENIED);
        assertThatThrownBy(() -> check.evaluate(Yaml.tree("{apiVersion: v1, kind: Pod, spec: {containers: 1}}")))
                .isInstanceOf(MalformedWorkloadException.class);
    }

    private static Outcome verdict(WorkloadCheck check, JsonNode object) {
        return check.evaluate(object).orElseThrow().verdict();
    }
}
