package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of one finding, of all of them, and of those that an exemption leaves. */
class PodSecurityTextsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "runAsNonRoot | containers: [{name: a}] | container \"a\" must set securityContext.runAsNonRoot=true",
                "runAsNonRoot | securityContext: {runAsNonRoot: false}"
                        + " | pod must not set securityContext.runAsNonRoot=false",
                "runAsUser | securityContext: {runAsUser: 0} | pod must not set runAsUser=0",
                "seccompProfile_restricted | containers: [{name: a}]"
                        + " | container \"a\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"",
                "seccompProfile_restricted | securityContext: {seccompProfile: {type: Unconfined}}"
                        + " | pod must not set securityContext.seccompProfile.type to \"Unconfined\"",
                "seLinuxOptions | containers: [{name: a, securityContext: {seLinuxOptions: {user: root}}}]"
                        + " | container \"a\" must not set securityContext.seLinuxOptions.user to \"root\"",
                "hostNamespaces | hostPID: true | pod must not set hostPID=true",
                "hostPorts | containers: [{name: a, ports: [{hostPort: 80}]}] | container \"a\" must not use hostPort 80",
                "hostProbesAndHostLifecycle | containers: [{name: a, livenessProbe: {httpGet: {host: h}}}]"
                        + " | container \"a\" must not use probe or lifecycle host \"h\"",
                "hostPathVolumes | volumes: [{name: v, hostPath: {path: /srv}}] | volume \"v\" must not mount the host's /srv",
                "restrictedVolumes | volumes: [{name: v, nfs: {}}] | volume \"v\" must not use restricted volume type \"nfs\"",
                "sysctls | securityContext: {sysctls: [{name: kernel.msgmax}]} | pod must not set sysctl \"kernel.msgmax\"",
                "capabilities_restricted | containers: [{name: a}]"
                        + " | container \"a\" must set securityContext.capabilities.drop=[\"ALL\"]"
            })
    void describesTheFixOfOneFinding(String rule, String spec, String message) {
        assertThat(PodSecurityFindingsTest.findings(rule, ClusterCapabilities.NEWEST_MINOR, spec, ""))
                .extracting(Finding::message)
                .containsExactly(message);
    }

    @ParameterizedTest
    @CsvSource({
        "appArmorProfile, 37, container.apparmor.security.beta.kubernetes.io/a",
        "seccompProfile_baseline, 18, container.seccomp.security.alpha.kubernetes.io/a"
    })
    void describesTheFixOfAnAnnotation(String rule, int minor, String annotation) {
        assertThat(PodSecurityFindingsTest.findings(
                        rule, minor, "containers: [{name: a}]", annotation + ": unconfined"))
                .extracting(Finding::message)
                .containsExactly("pod must not set annotation " + annotation + "=\"unconfined\"");
    }

    @Test
    void speaksOfExplicitOffendersFirstAndExclusivelyAndOfTheRestOnceTheyAreExcused() {
        List<Finding> findings = PodSecurityFindingsTest.findings(
                "runAsNonRoot",
                ClusterCapabilities.NEWEST_MINOR,
                "securityContext: {runAsNonRoot: false}, containers: [{name: a, securityContext: {runAsNonRoot: false}},"
                        + " {name: b}, {name: c}]",
                "");
        Rule rule = findings.get(0).rule();

        assertThat(findings).hasSize(4);
        assertThat(rule.describe(findings).detail())
                .isEqualTo("pod and container \"a\" must not set securityContext.runAsNonRoot=false");
        assertThat(rule.describe(findings.subList(1, 4)).detail())
                .isEqualTo("container \"a\" must not set securityContext.runAsNonRoot=false");
        assertThat(rule.describe(findings.subList(2, 4)).detail())
                .isEqualTo("pod or containers \"b\", \"c\" must set securityContext.runAsNonRoot=true");
        assertThat(rule.describe(findings.subList(3, 4)).detail())
                .isEqualTo("pod or container \"c\" must set securityContext.runAsNonRoot=true");
    }

    @Test
    void sortsValuesByTheirBytes() {
        List<Finding> findings = PodSecurityFindingsTest.findings(
                "capabilities_baseline",
                ClusterCapabilities.NEWEST_MINOR,
                "containers: [{name: a, securityContext: {capabilities: {add: [\"\\U0001F600\", \"\\uFF21\", b, B]}}}]",
                "");

        assertThat(findings.get(0).rule().describe(findings).detail())
                .contains("\"B\", \"b\", \"\uFF21\", \"\uD83D\uDE00\"");
    }

    @TestFactory
    Stream<DynamicTest> everySelectionOfFindingsIsDescribed() {
        return PodSecurityCases.all().entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> assertDescribed(entry.getValue())));
    }

    private static void assertDescribed(JsonNode document) {
        Pod pod = Pod.in(Field.root(document));
        for (Rule rule : RuleRegistry.ALL) {
            if (rule.level().isEmpty()) {
                continue;
            }
            for (VersionedCheck revision : rule.revisions()) {
                List<Finding> findings = new ArrayList<>();
                revision.check().run(pod, Trial.of(rule, document).context(), findings::add);
                findings.forEach(PodSecurityTextsTest::assertSpeaksForItself);
                assertThat(findings.size())
                        .as("few enough to try every selection")
                        .isLessThan(14);
                for (int selection = 1; selection < 1 << findings.size(); selection++) {
                    assertSelectionDescribed(rule, pod, select(findings, selection));
                }
            }
        }
    }

    private static List<Finding> select(List<Finding> findings, int selection) {
        List<Finding> selected = new ArrayList<>();
        for (int i = 0; i < findings.size(); i++) {
            if ((selection >> i & 1) == 1) {
                selected.add(findings.get(i));
            }
        }
        return selected;
    }

    private static void assertSpeaksForItself(Finding finding) {
        assertThat(finding.message()).contains(" must ").matches("(pod|container|volume)\\b.*[^.\\s]");
        assertThat(finding.remedy().text()).matches("(set|add|remove|use) .*[^.\\s]");
        finding.subject()
                .asContainer()
                .ifPresent(container ->
                        assertThat(finding.message()).startsWith("container \"" + container.name() + "\" must "));
    }

    private static void assertSelectionDescribed(Rule rule, Pod pod, List<Finding> selected) {
        PodSummary description = rule.describe(selected);

        assertThat(description.reason()).isNotBlank();
        assertThat(description.sentence()).startsWith(description.reason());
        List<Container> about = Wording.containersOf(selected);
        for (Container container : pod.containers()) {
            if (!about.contains(container)) {
                assertThat(description.detail()).as(rule.id()).doesNotContain('"' + container.name() + '"');
            }
        }
    }
}
