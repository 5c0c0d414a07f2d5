package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.engine.edit.EditScript;
import dev.bulkhead.engine.edit.Operation;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.workload.ClaimedVolume;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
                .isEqualTo("remove the mount: readOnly does not keep a device from being written to");
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
    void adviseToWriteAPathThatCanBeResolved() {
        assertThat(mounting(new HostDevices(), "/proc/1/cwd", "")
                        .finding()
                        .remedy()
                        .text())
                .startsWith("write hostPath.path so that it can be resolved");
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
        assertThat(operations(trial))
                .containsExactly(
                        new Operation.Remove("/spec/volumes/0"),
                        new Operation.Remove("/spec/containers/0/volumeMounts/0"));
    }

    private static List<Operation> operations(Trial trial) {
        return EditScript.of(trial.finding().remedy().edits().in(trial.context()))
                .operations();
    }

    @Test
    void removeAVolumeWithAllItsMounts() {
        Trial trial = Trial.of(
                new RuntimeSocket(),
                "{initContainers:[{name:'i',volumeMounts:[{name:'v',mountPath:'/x'}]}],"
                        + "containers:[{name:'a',volumeMounts:[{name:'w',mountPath:'/y'},{name:'v',mountPath:'/x'}]}],"
                        + "volumes:[{name:'w',emptyDir:{}},{name:'v',hostPath:{path:'/run/docker.sock'}}]}");

        assertThat(operations(trial))
                .containsExactly(
                        new Operation.Remove("/spec/volumes/1"),
                        new Operation.Remove("/spec/initContainers/0/volumeMounts/0"),
                        new Operation.Remove("/spec/containers/0/volumeMounts/1"));
    }

    @ParameterizedTest
    @CsvSource({"/dev/shm, Memory", "/dev/hugepages, HugePages"})
    void putAnEmptyDirInThePlaceOfSharedMemory(String path, String medium) {
        assertThat(operations(mounting(new HostDevices(), path, "")))
                .containsExactly(
                        new Operation.Add("/spec/volumes/0/emptyDir", Trial.json("{medium:'" + medium + "'}")),
                        new Operation.Remove("/spec/volumes/0/hostPath"));
    }

    @ParameterizedTest
    @CsvSource({"'', true", "Directory, true", "File, false", "FileOrCreate, false"})
    void putAnEmptyDirInThePlaceOfADirectoryOnly(String type, boolean emptyDir) {
        List<Operation> operations = operations(mounting(new HostPathVolumes(), "/etc/localtime", type));

        assertThat(operations.contains(new Operation.Add("/spec/volumes/0/emptyDir", Trial.json("{}"))))
                .isEqualTo(emptyDir);
        assertThat(operations.contains(new Operation.Remove("/spec/volumes/0"))).isEqualTo(!emptyDir);
    }

    @Test
    void giveTheUserOfThePolicy() {
        Trial trial = Trial.of(new RunAsUser(), "{securityContext:{runAsUser:0}}");
        RuleSettings settings = new RuleSettings(
                RuleSettings.DEFAULT.scratch(),
                Optional.of(new RuleSettings.User.Fixed(2000)),
                RuleSettings.DEFAULT.sandboxClasses());

        assertThat(operations(trial))
                .containsExactly(new Operation.Replace("/spec/securityContext/runAsUser", LongNode.valueOf(10_001)));
        assertThat(operations(trial.with(settings)))
                .containsExactly(new Operation.Replace("/spec/securityContext/runAsUser", LongNode.valueOf(2000)));
    }

    @Test
    void giveARuntimeThatThePolicyCountsAndTheClusterHas() {
        Trial trial = Trial.of(new SandboxRuntime(), "{containers:[]}");

        assertThat(operations(trial))
                .containsExactly(new Operation.Add("/spec/runtimeClassName", TextNode.valueOf("gvisor")));
        assertThat(operations(trial.inClusterWithClasses("kata", "other")))
                .containsExactly(new Operation.Add("/spec/runtimeClassName", TextNode.valueOf("kata")));
        assertThat(operations(trial.inClusterWithClasses("other"))).isEmpty();
    }

    @Test
    void leaveTheUserToTheImageThatMayNameOne() {
        Trial unset = Trial.of(new RunAsNonRoot(), "{containers:[{name:'a'}]}");
        Trial root = Trial.of(new RunAsNonRoot(), "{securityContext:{runAsUser:0},containers:[{name:'a'}]}");
        Trial named = Trial.of(new RunAsNonRoot(), "{securityContext:{runAsUser:7},containers:[{name:'a'}]}");

        assertThat(unset.finding().remedy().text()).endsWith(" unless the image names one");
        assertThat(operations(unset))
                .containsExactly(
                        new Operation.Add("/spec/containers/0/securityContext", Trial.json("{runAsNonRoot:true}")));
        assertThat(root.finding().remedy().text())
                .isEqualTo("set securityContext.runAsNonRoot to true, and runAsUser to a number other than 0");
        assertThat(operations(root))
                .hasToString("[Add[path=/spec/containers/0/securityContext,"
                        + " value={\"runAsNonRoot\":true,\"runAsUser\":10001}]]");
        assertThat(named.finding().remedy().text()).isEqualTo("set securityContext.runAsNonRoot to true");
    }

    @Test
    void takePrivilegesBackThatFalseIsRejectedBeside() {
        Trial trial = Trial.of(
                new AllowPrivilegeEscalation(),
                "{containers:[{name:'a',securityContext:{privileged:true,capabilities:{add:['CAP_SYS_ADMIN','CHOWN']}}}]}");

        assertThat(trial.finding().remedy().text())
                .isEqualTo("set securityContext.allowPrivilegeEscalation to false, and privileged as well,"
                        + " and remove CAP_SYS_ADMIN from capabilities.add");
        assertThat(operations(trial))
                .containsExactly(
                        new Operation.Add(
                                "/spec/containers/0/securityContext/allowPrivilegeEscalation", BooleanNode.FALSE),
                        new Operation.Replace("/spec/containers/0/securityContext/privileged", BooleanNode.FALSE),
                        new Operation.Remove("/spec/containers/0/securityContext/capabilities/add/0"));
    }

    @Test
    void makeEverythingBelowReadOnlyWhereMountsAreTooManyToEvaluate() {
        String mounts = IntStream.range(0, 65)
                .mapToObj(i -> "{name:'v',mountPath:'/m" + i + "'}")
                .collect(Collectors.joining(","));
        Trial trial = Trial.of(
                new WritableHostPath(),
                "{containers:[{name:'a',volumeMounts:[" + mounts
                        + "]}],volumes:[{name:'v',hostPath:{path:'/srv/data'}}]}");
        Finding first = trial.findings().get(0);

        assertThat(EditScript.of(first.remedy().edits().in(trial.context())).operations())
                .containsExactly(
                        new Operation.Add("/spec/containers/0/volumeMounts/0/readOnly", BooleanNode.TRUE),
                        new Operation.Add(
                                "/spec/containers/0/volumeMounts/0/recursiveReadOnly", TextNode.valueOf("Enabled")));
    }

    @Test
    void replaceAnAnnotationByTheField() {
        Trial trial = Trial.of(new AppArmorProfile(), "{containers:[{name:'a'},{name:'b'}]}")
                .annotated("container.apparmor.security.beta.kubernetes.io/b", "unconfined");

        assertThat(operations(trial))
                .containsExactly(
                        new Operation.Add(
                                "/spec/containers/1/securityContext",
                                Trial.json("{appArmorProfile:{type:'RuntimeDefault'}}")),
                        new Operation.Remove(
                                "/metadata/annotations/container.apparmor.security.beta.kubernetes.io~1b"));
    }
}
