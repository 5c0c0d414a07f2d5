package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.ClaimedVolume;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Rule;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is advised can be done, and does away with the finding. */
class RemediesTest {
    private static Trial mounting(Rule rule, String path, String type) {
        return Trial.of(
                rule,
                "{containers:[{name:'app',volumeMounts:[{name:'v',mountPath:'/x'}]}],volumes:[{name:'v',hostPath:{path:'"
                        + path + "',type:'" + type + "'}}]}");
    }

    @ParameterizedTest
    @CsvSource({
        "/var/run/docker.sock, ''",
        "/run/containerd/containerd.sock, Socket",
        "/run/containerd, ''",
        "/var/lib/kubelet/pod-resources, ''",
        "/run/crio/../crio/crio.sock, ''",
        "/run/my/own.sock, ''"
    })
    void adviseNoSettingThatLeavesASocketOpen(String path, String type) {
        for (Rule rule : List.of(new WritableHostPath(), new HostPathVolumes(), new RuntimeSocket())) {
            for (Finding finding : mounting(rule, path, type).findings()) {
                assertThat(finding.remedy().text())
                        .as(rule.id())
                        .startsWith("remove the ")
                        .doesNotContain("set readOnly", "emptyDir", "persistentVolumeClaim");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"/dev/kvm, ''", "/dev/sda, BlockDevice", "/srv/disk, BlockDevice"})
    void adviseNoSettingThatLeavesADeviceOpen(String path, String type) {
        assertThat(mounting(new HostPathVolumes(), path, type)
                        .finding()
                        .remedy()
                        .text())
                .startsWith("remove the volume and its mounts: devices come from a device plugin");
        assertThat(mounting(new HostDevices(), path, type).finding().remedy().text())
                .contains("from a device plugin");
    }

    @Test
    void adviseToUnmountADevice() {
        assertThat(mounting(new WritableHostPath(), "/dev/kvm", "")
                        .finding()
                        .remedy()
                        .text())
                .isEqualTo("remove the mount and its volume: readOnly does not keep a device from being written to");
    }

    @ParameterizedTest
    @CsvSource({
        "/dev/shm, medium Memory",
        "/dev/hugepages, medium HugePages",
        "/dev/log, standard output",
        "/dev/null, every container has it",
        "//dev/./urandom, every container has it"
    })
    void adviseNoDevicePluginWhereNoneIsNeeded(String path, String advice) {
        assertThat(mounting(new HostDevices(), path, "").finding().remedy().text())
                .contains(advice)
                .doesNotContain("plugin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/var", "/run", "/proc/1/root"})
    void adviseADirectoryBelowWhereMoreThanThatIsMounted(String path) {
        assertThat(mounting(new RuntimeSocket(), path, "").finding().remedy().text())
                .contains("set hostPath.path to the directory below it that is needed");
        assertThat(mounting(new HostDevices(), "/", "").finding().remedy().text())
                .contains("set hostPath.path to the directory below it that is needed")
                .doesNotContain("plugin");
    }

    @Test
    void adviseToWriteAPathThatCanBeJudged() {
        assertThat(mounting(new HostDevices(), "/proc/1/cwd", "")
                        .finding()
                        .remedy()
                        .text())
                .startsWith("write hostPath.path so that it can be told where it leads");
    }

    @Test
    void stillAdviseReadOnlyForFiles() {
        assertThat(mounting(new WritableHostPath(), "/srv/data", "")
                        .finding()
                        .remedy()
                        .text())
                .isEqualTo("set readOnly to true");
        assertThat(mounting(new HostPathVolumes(), "/srv/data", "")
                        .finding()
                        .remedy()
                        .text())
                .contains("emptyDir");
    }

    @Test
    void adviseAgainstTheHostNetworkWhereItMakesTheHostPort() {
        String ports = ":true,containers:[{name:'app',ports:[{containerPort:80,hostPort:80}]}]}";

        assertThat(Trial.of(new HostPorts(), "{hostNetwork" + ports)
                        .finding()
                        .remedy()
                        .text())
                .startsWith("set hostNetwork to false, remove hostPort 80");
        assertThat(Trial.of(new HostPorts(), "{hostPID" + ports)
                        .finding()
                        .remedy()
                        .text())
                .startsWith("remove hostPort 80");
    }

    @Test
    void adviseNotToLeaveTheGroupToTheImage() {
        assertThat(Trial.of(new RootGroup(), "{securityContext:{runAsGroup:0}}")
                        .finding()
                        .remedy()
                        .text())
                .isEqualTo("set securityContext.runAsGroup to a group other than 0");
        assertThat(Trial.of(new RootGroup(), "{securityContext:{fsGroup:0}}")
                        .finding()
                        .remedy()
                        .text())
                .isEqualTo("set securityContext.fsGroup to a group other than 0, or remove it");
    }

    @ParameterizedTest
    @CsvSource({"nfs, persistentVolumeClaim", "gitRepo, init container", "flexVolume, CSI driver"})
    void adviseVolumesThatHoldTheSame(String type, String advice) {
        assertThat(Trial.of(new RestrictedVolumes(), "{volumes:[{name:'v'," + type + ":{}}]}")
                        .finding()
                        .remedy()
                        .text())
                .contains(advice);
    }

    @Test
    void adviseAnotherClaimWhereAClaimLeadsToTheNode() {
        ClusterCapabilities cluster = new ClusterCapabilities(
                ClusterCapabilities.NEWEST_MINOR,
                Optional.empty(),
                (namespace, claim) -> Optional.of(new ClaimedVolume.OfNode("/run/containerd")));
        Trial trial = Trial.of(
                        new RuntimeSocket(),
                        "{containers:[{name:'app',volumeMounts:[{name:'v',mountPath:'/x'}]}],"
                                + "volumes:[{name:'v',persistentVolumeClaim:{claimName:'data'}}]}")
                .in(cluster);

        assertThat(trial.finding().place().pointer()).isEqualTo("/spec/volumes/0/persistentVolumeClaim/claimName");
        assertThat(trial.finding().value()).isEqualTo("/run/containerd");
        assertThat(trial.finding().message())
                .startsWith(
                        "volume \"v\" with claim \"data\", whose PersistentVolume is hostPath /run/containerd reaches"
                                + " the control socket of containerd");
        assertThat(trial.finding().remedy().text()).isEqualTo("use a claim that is bound to another PersistentVolume");
    }
}
