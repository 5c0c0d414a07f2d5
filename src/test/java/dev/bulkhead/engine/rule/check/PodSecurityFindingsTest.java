package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.PodSecurityVersion;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One finding for each offending value, at its place: what exemptions name and what reports point at. */
class PodSecurityFindingsTest {
    /** In the last column: pointers below the spec, values, and {@code ?} after what is merely unset. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "runAsNonRoot | containers: [{name: a}, {name: b, securityContext: {runAsNonRoot: true}}]"
                        + " | /containers/0/securityContext/runAsNonRoot false?",
                "runAsNonRoot | securityContext: {runAsNonRoot: false}, containers: [{name: a},"
                        + " {name: b, securityContext: {runAsNonRoot: false}}, {name: c, securityContext: {runAsNonRoot: true}}]"
                        + " | /securityContext/runAsNonRoot false; /containers/0/securityContext/runAsNonRoot false?;"
                        + " /containers/1/securityContext/runAsNonRoot false",
                "runAsNonRoot | securityContext: {runAsNonRoot: true},"
                        + " containers: [{name: a, securityContext: {runAsNonRoot: false}}, {name: b}]"
                        + " | /containers/0/securityContext/runAsNonRoot false",
                "runAsNonRoot | securityContext: {runAsNonRoot: null}, containers: [{name: a, securityContext: null}]"
                        + " | /containers/0/securityContext/runAsNonRoot false?",
                "runAsNonRoot | containers: [] | ",
                "runAsUser | securityContext: {runAsUser: 0}, containers: [{name: a, securityContext: {runAsUser: 0}},"
                        + " {name: b, securityContext: {runAsUser: 7}}]"
                        + " | /securityContext/runAsUser 0; /containers/0/securityContext/runAsUser 0",
                "allowPrivilegeEscalation | containers: [{name: a}, {name: b, securityContext: {allowPrivilegeEscalation: true}}]"
                        + " | /containers/0/securityContext/allowPrivilegeEscalation true?;"
                        + " /containers/1/securityContext/allowPrivilegeEscalation true",
                "capabilities_restricted | containers: [{name: a, securityContext: {capabilities:"
                        + " {add: [CHOWN, NET_BIND_SERVICE, cap_kill]}}}]"
                        + " | /containers/0/securityContext/capabilities/drop default?;"
                        + " /containers/0/securityContext/capabilities/add/0 CHOWN;"
                        + " /containers/0/securityContext/capabilities/add/2 cap_kill",
                "capabilities_baseline | containers: [{name: a, securityContext: {capabilities:"
                        + " {add: [CHOWN, NET_RAW, NET_RAW, '']}}}]"
                        + " | /containers/0/securityContext/capabilities/add/1 NET_RAW;"
                        + " /containers/0/securityContext/capabilities/add/2 NET_RAW;"
                        + " /containers/0/securityContext/capabilities/add/3 ",
                "seccompProfile_restricted | containers: [{name: a}, {name: b, securityContext: {seccompProfile: {type: Localhost}}}]"
                        + " | /containers/0/securityContext/seccompProfile unset?",
                "seccompProfile_restricted | securityContext: {seccompProfile: {}},"
                        + " containers: [{name: a}, {name: b, securityContext: {seccompProfile: {type: Unconfined}}}]"
                        + " | /securityContext/seccompProfile/type ;"
                        + " /containers/1/securityContext/seccompProfile/type Unconfined;"
                        + " /containers/0/securityContext/seccompProfile unset?",
                "seccompProfile_baseline | securityContext: {seccompProfile: {type: Unconfined}}, containers: [{name: a}]"
                        + " | /securityContext/seccompProfile/type Unconfined",
                "appArmorProfile | securityContext: {appArmorProfile: {}},"
                        + " containers: [{name: a, securityContext: {appArmorProfile: {type: Unconfined}}}]"
                        + " | /securityContext/appArmorProfile/type ;"
                        + " /containers/0/securityContext/appArmorProfile/type Unconfined",
                "seLinuxOptions | securityContext: {seLinuxOptions: {type: spc_t, user: u}},"
                        + " containers: [{name: a, securityContext: {seLinuxOptions: {role: r, level: s0}}}]"
                        + " | /securityContext/seLinuxOptions/type type=spc_t; /securityContext/seLinuxOptions/user user=u;"
                        + " /containers/0/securityContext/seLinuxOptions/role role=r",
                "procMount | containers: [{name: a, securityContext: {procMount: Unmasked}}]"
                        + " | /containers/0/securityContext/procMount Unmasked",
                "procMount_restricted | hostUsers: false, containers: [{name: a, securityContext: {procMount: ''}}]"
                        + " | /containers/0/securityContext/procMount ",
                "sysctls | securityContext: {sysctls: [{name: kernel.msgmax}, {name: net.ipv4.tcp_rmem}, {name: kernel.msgmax}]}"
                        + " | /securityContext/sysctls/0/name kernel.msgmax; /securityContext/sysctls/2/name kernel.msgmax",
                "hostNamespaces | hostIPC: true, hostPID: true, hostNetwork: true"
                        + " | /hostNetwork hostNetwork; /hostPID hostPID; /hostIPC hostIPC",
                "hostPorts | containers: [{name: a, ports: [{hostPort: 0}, {hostPort: 80}, {containerPort: 9}, {hostPort: 9}]}]"
                        + " | /containers/0/ports/1/hostPort 80; /containers/0/ports/3/hostPort 9",
                "hostPathVolumes | volumes: [{name: v, hostPath: {path: /var//log/}}, {name: w, hostPath: {}}, {name: x, emptyDir: {}}]"
                        + " | /volumes/0/hostPath /var//log/; /volumes/1/hostPath ",
                "restrictedVolumes | volumes: [{name: v, nfs: {}, iscsi: {}}, {name: w}, {name: x, hostPath: {}, emptyDir: {}}]"
                        + " | /volumes/0/nfs nfs; /volumes/1 unknown",
                "hostProbesAndHostLifecycle | containers: [{name: a, livenessProbe: {httpGet: {host: h}, tcpSocket: {host: t}},"
                        + " lifecycle: {preStop: {tcpSocket: {host: h}}}}]"
                        + " | /containers/0/livenessProbe/httpGet/host h; /containers/0/livenessProbe/tcpSocket/host t;"
                        + " /containers/0/lifecycle/preStop/tcpSocket/host h",
                "windowsHostProcess | securityContext: {windowsOptions: {hostProcess: true}},"
                        + " initContainers: [{name: a, securityContext: {windowsOptions: {hostProcess: true}}}]"
                        + " | /securityContext/windowsOptions/hostProcess true;"
                        + " /initContainers/0/securityContext/windowsOptions/hostProcess true",
                "privileged | ephemeralContainers: [{name: a, securityContext: {privileged: true}}]"
                        + " | /ephemeralContainers/0/securityContext/privileged true"
            })
    void findsEachOffendingValueAtItsPlace(String rule, String spec, String expected) {
        List<String> found = findings(rule, ClusterCapabilities.NEWEST_MINOR, spec, "").stream()
                .map(finding -> finding.place().pointer().substring("/spec".length()) + " " + finding.value()
                        + (finding.unset() ? "?" : ""))
                .toList();

        assertThat(String.join(";", found).strip())
                .isEqualTo(expected == null ? "" : expected.strip().replace("; ", ";"));
    }

    @Test
    void valuesOfAnnotationsAreQuotedAsGoQuotesThem() {
        String key = "container.apparmor.security.beta.kubernetes.io/a";
        List<Finding> findings = findings(
                "appArmorProfile",
                ClusterCapabilities.NEWEST_MINOR,
                "containers: [{name: a}]",
                key + ": \"un\\\"con\\\\fined\\n\\u007f\\u00a0é\"");

        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.value()).isEqualTo(key + "=\"un\\\"con\\\\fined\\n\\x7f\\u00a0é\"");
            assertThat(finding.subject()).isEqualTo(Subject.ofAnnotation(key));
            assertThat(finding.place().pointer())
                    .isEqualTo("/metadata/annotations/container.apparmor.security.beta.kubernetes.io~1a");
        });
    }

    @Test
    void seccompAnnotationsCountOnlyForContainersThatExistAndBeforeTheField() {
        String prefix = "container.seccomp.security.alpha.kubernetes.io/";
        String annotations = prefix + "a: unconfined, " + prefix + "nobody: unconfined, "
                + "seccomp.security.alpha.kubernetes.io/pod: ''";

        assertThat(findings("seccompProfile_baseline", 18, "containers: [{name: a}]", annotations))
                .extracting(Finding::value)
                .containsExactly("seccomp.security.alpha.kubernetes.io/pod=\"\"", prefix + "a=\"unconfined\"");
        assertThat(findings("seccompProfile_baseline", 19, "containers: [{name: a}]", annotations))
                .isEmpty();
    }

    @Test
    void hostPathIsAFindingAboutItsVolume() {
        List<Finding> findings =
                findings("hostPathVolumes", 0, "volumes: [{name: logs, hostPath: {path: /var/log}}]", "");

        assertThat(findings)
                .singleElement()
                .satisfies(finding -> assertThat(finding.subject())
                        .isInstanceOfSatisfying(
                                Subject.OfVolume.class,
                                of -> assertThat(of.volume().name()).isEqualTo("logs")));
    }

    static List<Finding> findings(String rule, int minor, String spec, String annotations) {
        ObjectNode document = (ObjectNode) Yaml.tree("{apiVersion: v1, kind: Pod, metadata: {name: p, annotations: {"
                + annotations + "}}, spec: {" + spec + "}}");
        List<Finding> findings = new ArrayList<>();
        RuleContext context =
                Trial.of(RuleRegistry.named(rule).orElseThrow(), document).context();
        Optional<VersionedCheck> revision =
                RuleRegistry.named(rule).orElseThrow().revisionAt(PodSecurityVersion.of(minor));
        revision.orElseThrow().check().run(Pod.in(Field.root(document)), context, findings::add);
        return findings;
    }
}
