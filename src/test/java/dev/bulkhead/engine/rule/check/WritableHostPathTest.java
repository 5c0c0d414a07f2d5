package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.HardeningRule;
import dev.bulkhead.engine.rule.RuleAction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WritableHostPathTest {
    private final WritableHostPath rule = new WritableHostPath();

    @Test
    void findsAMountThatDoesNotSayReadOnly() {
        HostPods pods = HostPods.hostPath("/var/log");
        pods.mount("containers", 0, "host");
        Finding finding = HostPods.onlyFinding(rule, pods.pod());

        assertThat(finding.value()).isEqualTo("/var/log");
        assertThat(finding.place().pointer()).isEqualTo("/spec/containers/0/volumeMounts/0/readOnly");
        assertThat(finding.place().isAbsent()).isTrue();
        assertThat(finding.subject().asContainer())
                .hasValueSatisfying(container -> assertThat(container.name()).isEqualTo("web"));
        assertThat(finding.message())
                .isEqualTo("container \"web\" mounts hostPath /var/log writable (volume \"host\")");
        assertThat(finding.remedy().text()).isEqualTo("set readOnly to true");
    }

    @Test
    void findsAMountThatIsWritableOnPurpose() {
        HostPods pods = HostPods.hostPath("/etc/cron.d");
        pods.mount("containers", 0, "host").put("readOnly", false);

        assertThat(HostPods.onlyFinding(rule, pods.pod()).place().isFalse()).isTrue();
    }

    @Test
    void admitsAReadOnlyMountOfADirectoryWithoutMountsBelow() {
        assertThat(HostPods.findings(rule, HostPods.mounted("/var/log"))).isEmpty();
        assertThat(HostPods.findings(rule, HostPods.mounted("/etc/ssl/certs"))).isEmpty();
        assertThat(HostPods.findings(rule, HostPods.mounted("/sys/class/net"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "",
                "/proc",
                "/proc/sys",
                "/sys",
                "/sys/fs/cgroup",
                "/sys/kernel/debug",
                "/dev",
                "/run",
                "/var/run",
                "/var",
                "/var/lib/kubelet",
                "/var/lib/kubelet/pods",
                "//var/lib/./kubelet/",
                "/mnt",
                "/mnt/disks",
                "/media",
                "/boot",
                "/proc/1/root",
                "/proc/1/cwd",
                "/srv/\u0000"
            })
    void requiresRecursiveReadOnlyWhereFileSystemsAreMountedBelow(String path) {
        Finding finding = HostPods.onlyFinding(rule, HostPods.mounted(path));
        assertThat(finding.place().pointer()).isEqualTo("/spec/containers/0/volumeMounts/0/recursiveReadOnly");
        assertThat(finding.value()).isEqualTo(path);

        HostPods pods = HostPods.hostPath(path);
        pods.mount("containers", 0, "host").put("readOnly", true).put("recursiveReadOnly", "Enabled");
        assertThat(HostPods.findings(rule, pods.pod())).isEmpty();
    }

    @Test
    void doesNotAcceptIfPossible() {
        for (String mode : new String[] {"IfPossible", "Disabled", "enabled"}) {
            HostPods pods = HostPods.hostPath("/");
            pods.mount("containers", 0, "host").put("readOnly", true).put("recursiveReadOnly", mode);
            Finding finding = HostPods.onlyFinding(rule, pods.pod());

            assertThat(finding.message())
                    .isEqualTo("container \"web\" mounts hostPath / read-only, but file systems mounted below it stay"
                            + " writable (volume \"host\")");
            assertThat(finding.remedy().text()).isEqualTo("set recursiveReadOnly to Enabled");
        }
    }

    @Test
    void fixesBothAtOnce() {
        HostPods pods = HostPods.hostPath("/sys");
        ObjectNode mount = pods.mount("containers", 0, "host");
        assertThat(HostPods.onlyFinding(rule, pods.pod()).remedy().text())
                .isEqualTo("set readOnly to true and recursiveReadOnly to Enabled");

        mount.put("mountPropagation", "HostToContainer");
        assertThat(HostPods.onlyFinding(rule, pods.pod()).remedy().text())
                .isEqualTo("set readOnly to true and recursiveReadOnly to Enabled, and remove mountPropagation");
    }

    @Test
    void needsReadOnlyBesideRecursion() {
        HostPods pods = HostPods.hostPath("/srv/data");
        pods.mount("containers", 0, "host").put("recursiveReadOnly", "Enabled");

        assertThat(HostPods.onlyFinding(rule, pods.pod()).place().name()).isEqualTo("readOnly");
    }

    @Test
    void evaluatesWhatTheSubPathShows() {
        HostPods pods = HostPods.hostPath("/var");
        ObjectNode mount = pods.mount("containers", 0, "host").put("readOnly", true);
        mount.put("subPath", "log");
        assertThat(HostPods.findings(rule, pods.pod())).isEmpty();

        mount.put("subPath", "lib/kubelet");
        assertThat(HostPods.findings(rule, pods.pod())).hasSize(1);

        mount.remove("subPath");
        mount.put("subPathExpr", "log");
        assertThat(HostPods.findings(rule, pods.pod())).hasSize(1);
    }

    @Test
    void findsEveryMountInEveryKindOfContainer() {
        HostPods pods = HostPods.hostPath("/srv/data");
        pods.mount("containers", 0, "host");
        pods.mount("containers", 0, "host");
        pods.mount("containers", 1, "host").put("readOnly", true);
        pods.mount("initContainers", 0, "host");
        pods.container("initContainers", 1).put("restartPolicy", "Always");
        pods.mount("initContainers", 1, "host");
        pods.mount("ephemeralContainers", 0, "host");

        assertThat(HostPods.findings(rule, pods.pod()))
                .extracting(finding -> finding.place().pointer())
                .containsExactly(
                        "/spec/initContainers/0/volumeMounts/0/readOnly",
                        "/spec/initContainers/1/volumeMounts/0/readOnly",
                        "/spec/containers/0/volumeMounts/0/readOnly",
                        "/spec/containers/0/volumeMounts/1/readOnly",
                        "/spec/ephemeralContainers/0/volumeMounts/0/readOnly");
    }

    @Test
    void leavesOtherVolumesAndUnmountedOnesAlone() {
        HostPods pods = HostPods.hostPath("/srv/data");
        pods.volume("scratch").putObject("emptyDir");
        pods.mount("containers", 0, "scratch");

        assertThat(HostPods.findings(rule, pods.pod())).isEmpty();
    }

    @Test
    void doesNotRequireRecursiveReadOnlyOnWindows() {
        HostPods pods = HostPods.hostPath("C:\\");
        ObjectNode mount = pods.mount("containers", 0, "host").put("readOnly", true);
        pods.spec().putObject("os").put("name", "windows");
        assertThat(HostPods.findings(rule, pods.pod())).isEmpty();

        mount.put("readOnly", false);
        assertThat(HostPods.onlyFinding(rule, pods.pod()).remedy().text()).isEqualTo("set readOnly to true");
    }

    @Test
    void doesNotPrintWhatIsNotFitToBeRead() {
        HostPods pods = HostPods.hostPath("/srv/\u001b[2J");
        pods.mount("containers", 0, "host");

        assertThat(HostPods.onlyFinding(rule, pods.pod()).message())
                .isEqualTo("container \"web\" mounts a hostPath that cannot be resolved (it contains a control"
                        + " character) writable (volume \"host\")");
    }

    @Test
    void denies() {
        assertThat(rule.leastPrivilege()).isEqualTo(RuleAction.of(Action.DENY));
        assertThat(rule.sandboxed()).isEqualTo(RuleAction.of(Action.DENY));
        assertThat(rule).isNotInstanceOf(HardeningRule.class);
    }
}
