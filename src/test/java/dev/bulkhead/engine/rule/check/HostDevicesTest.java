package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.RuleAction;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostDevicesTest {
    private final HostDevices rule = new HostDevices();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dev",
                "/dev/",
                "dev",
                "//dev/./kvm",
                "/dev/null",
                "/dev/shm",
                "/dev/disk/by-id/../../sda",
                "/run/../dev/mem",
                "/proc/1/root/dev/sda",
                "/dev/fd/3",
                "/proc/self/cwd/sda",
                "/",
                "",
                "\\\\.\\PhysicalDrive0",
                "/srv/\u0000"
            })
    void findsDevicesByEverySpelling(String path) {
        Finding finding = HostPods.onlyFinding(rule, HostPods.mounted(path));

        assertThat(finding.value()).isEqualTo(path);
        assertThat(finding.place().pointer()).isEqualTo("/spec/volumes/0/hostPath/path");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/devices",
                "/dev2/sda",
                "/srv/dev",
                "/sys/dev/block",
                "/var/lib/kubelet/device-plugins",
                "\\\\.\\pipe\\csi-proxy"
            })
    void leavesOtherPathsAlone(String path) {
        assertThat(HostPods.findings(rule, HostPods.mounted(path))).isEmpty();
    }

    @Test
    void admitsTheRootOfWhichOnlyOtherThingsAreMounted() {
        HostPods pods = HostPods.hostPath("/");
        pods.mount("containers", 0, "host").put("subPath", "srv");
        assertThat(HostPods.findings(rule, pods.pod())).isEmpty();

        pods.mount("ephemeralContainers", 0, "host");
        assertThat(HostPods.findings(rule, pods.pod())).hasSize(1);
    }

    @Test
    void findsDeviceTypesWhereverTheyLie() {
        for (String type : List.of("CharDevice", "BlockDevice")) {
            HostPods pods = new HostPods();
            pods.volume("disk").putObject("hostPath").put("path", "/srv/disk").put("type", type);
            Finding finding = HostPods.onlyFinding(rule, pods.pod());

            assertThat(finding.value()).isEqualTo("/srv/disk");
            assertThat(finding.place().pointer()).isEqualTo("/spec/volumes/0/hostPath/type");
            assertThat(finding.message())
                    .isEqualTo("volume \"disk\" with hostPath /srv/disk is a device of the node by its type " + type
                            + "; not mounted yet, but an ephemeral container could mount it");
        }
    }

    @Test
    void leavesOtherTypesAlone() {
        for (String type : List.of("", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket")) {
            HostPods pods = new HostPods();
            pods.volume("data").putObject("hostPath").put("path", "/srv/data").put("type", type);

            assertThat(HostPods.findings(rule, pods.pod())).as(type).isEmpty();
        }
    }

    @Test
    void findsADeviceOfADeviceTypeOnce() {
        HostPods pods = new HostPods();
        pods.volume("kvm").putObject("hostPath").put("path", "/dev/kvm").put("type", "CharDevice");

        assertThat(HostPods.onlyFinding(rule, pods.pod()).place().name()).isEqualTo("path");
    }

    @Test
    void findsRawBlockDevicesInEveryKindOfContainer() {
        HostPods pods = new HostPods();
        pods.volume("data").putObject("persistentVolumeClaim").put("claimName", "pgdata");
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            pods.container(list, 0)
                    .withArrayProperty("volumeDevices")
                    .addObject()
                    .put("name", "data")
                    .put("devicePath", "/dev/xvda");
        }
        List<Finding> findings = HostPods.findings(rule, pods.pod());

        assertThat(findings).extracting(Finding::value).containsExactly("data", "data", "data");
        assertThat(findings)
                .extracting(finding -> finding.place().pointer())
                .containsExactly(
                        "/spec/initContainers/0/volumeDevices/0",
                        "/spec/containers/0/volumeDevices/0",
                        "/spec/ephemeralContainers/0/volumeDevices/0");
        assertThat(findings.get(1).message())
                .isEqualTo("container \"web\" must not use volume \"data\" as a raw block device");
        assertThat(findings.get(1).remedy().text()).contains("volumeDevices").contains("volumeMode is Filesystem");
    }

    @Test
    void describesVolumesAndContainersTogether() {
        HostPods pods = HostPods.hostPath("/dev/kvm");
        pods.container("containers", 0)
                .withArrayProperty("volumeDevices")
                .addObject()
                .put("name", "data");
        List<Finding> findings = HostPods.findings(rule, pods.pod());

        assertThat(rule.describe(findings).sentence())
                .isEqualTo("host devices (volume \"host\" and container \"web\" must not use devices of the node or"
                        + " raw block devices)");
        assertThat(findings.get(0).message()).startsWith("volume \"host\" with hostPath /dev/kvm reaches devices");
        assertThat(findings.get(0).remedy().text()).contains("resources.limits");
    }

    @Test
    void denies() {
        assertThat(rule.leastPrivilege()).isEqualTo(RuleAction.of(Action.DENY));
        assertThat(rule.sandboxed()).isEqualTo(RuleAction.of(Action.DENY));
    }
}
