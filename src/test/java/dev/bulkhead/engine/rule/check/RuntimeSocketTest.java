package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class RuntimeSocketTest {
    private final RuntimeSocket rule = new RuntimeSocket();

    @Test
    void namesTheVolumeByItsPathAsWritten() {
        Finding finding = HostPods.onlyFinding(rule, HostPods.mounted("//var//run/docker.sock/"));

        assertThat(finding.value()).isEqualTo("//var//run/docker.sock/");
        assertThat(finding.place().pointer()).isEqualTo("/spec/volumes/0/hostPath/path");
        assertThat(finding.subject())
                .isInstanceOfSatisfying(
                        Subject.OfVolume.class,
                        of -> assertThat(of.volume().name()).isEqualTo("host"));
        assertThat(finding.unset()).isFalse();
    }

    @Test
    void namesTheSocketAndTheContainers() {
        HostPods pods = HostPods.hostPath("/var/run/docker.sock");
        pods.mount("containers", 0, "host");
        pods.mount("initContainers", 0, "host").put("readOnly", true);

        assertThat(HostPods.onlyFinding(rule, pods.pod()).message())
                .isEqualTo("volume \"host\" with hostPath /var/run/docker.sock reaches the control socket of Docker"
                        + " (/run/docker.sock); mounted by containers \"initContainers0\", \"web\";"
                        + " readOnly does not prevent connecting");
    }

    @Test
    void countsTheSocketsBelowADirectory() {
        assertThat(HostPods.onlyFinding(rule, HostPods.mounted("/var/lib/kubelet"))
                        .message())
                .contains("hostPath /var/lib/kubelet reaches the control socket of the kubelet"
                        + " (/var/lib/kubelet/device-plugins/kubelet.sock) and 2 more;");
    }

    @Test
    void saysWhyAPathCannotBeResolved() {
        assertThat(HostPods.onlyFinding(rule, HostPods.mounted("/srv/\u0000")).message())
                .startsWith("volume \"host\" with a hostPath that cannot be resolved (it contains a control character)"
                        + " reaches possibly any control socket; mounted by container \"web\"")
                .doesNotContain("\u0000");
    }

    @Test
    void describesAllVolumesTogether() {
        HostPods pods = HostPods.hostPath("/run/docker.sock");
        pods.volume("other").putObject("hostPath").put("path", "/run/crio/crio.sock");
        List<Finding> findings = HostPods.findings(rule, pods.pod());

        assertThat(findings).hasSize(2);
        assertThat(rule.describe(findings).sentence())
                .isEqualTo("runtime sockets (volumes \"host\", \"other\" must not reach the control socket of a"
                        + " container runtime or of the kubelet)");
        assertThat(rule.remedy(findings.get(0)).text())
                .startsWith("remove the volume")
                .contains("BuildKit");
    }

    @Test
    void findsASocketThatNothingMountsYet() {
        Finding finding = HostPods.onlyFinding(
                rule, HostPods.hostPath("/run/containerd/containerd.sock").pod());

        assertThat(finding.message()).contains("; not mounted yet, but an ephemeral container could mount it;");
    }

    @Test
    void findsASocketMountedByAnyKindOfContainer() {
        for (String list : List.of("containers", "initContainers", "ephemeralContainers")) {
            HostPods pods = HostPods.hostPath("/");
            pods.mount(list, 0, "host").put("subPath", "run/docker.sock");
            pods.mount("containers", 1, "host").put("subPath", "srv");

            assertThat(HostPods.findings(rule, pods.pod())).as(list).hasSize(1);
        }
    }

    @Test
    void admitsAParentDirectoryOfWhichOnlyOtherThingsAreMounted() {
        HostPods pods = HostPods.hostPath("/var");
        pods.mount("containers", 0, "host").put("subPath", "log");
        pods.mount("initContainers", 0, "host").put("subPath", "lib/app");

        assertThat(HostPods.findings(rule, pods.pod())).isEmpty();
    }

    @Test
    void deniesAParentDirectoryThatOneMountShowsAsAWhole() {
        HostPods pods = HostPods.hostPath("/var");
        pods.mount("containers", 0, "host").put("subPath", "log");
        pods.mount("containers", 0, "host");

        assertThat(HostPods.findings(rule, pods.pod())).hasSize(1);
    }

    @Test
    void deniesAnEphemeralContainerThatMountsTheWholeOfWhatOthersMountInPart() {
        HostPods pods = HostPods.hostPath("/var");
        pods.mount("containers", 0, "host").put("subPath", "log");
        assertThat(HostPods.findings(rule, pods.pod())).isEmpty();

        pods.mount("ephemeralContainers", 0, "host");
        assertThat(HostPods.findings(rule, pods.pod())).hasSize(1);
    }

    @Test
    void evaluatesASubPathByAnySpelling() {
        for (String subPath : List.of("run/docker.sock", "./run//docker.sock", "lock/../docker.sock", "/run")) {
            HostPods pods = HostPods.hostPath("/var");
            pods.mount("containers", 0, "host").put("subPath", subPath);

            assertThat(HostPods.findings(rule, pods.pod())).as(subPath).isNotEmpty();
        }
    }

    @Test
    void deniesASubPathThatLeavesTheVolume() {
        HostPods pods = HostPods.hostPath("/srv/data");
        pods.mount("containers", 0, "host").put("subPath", "../../run");

        assertThat(HostPods.findings(rule, pods.pod())).hasSize(1);
    }

    @Test
    void takesAnUnknownSubPathForTheWholeVolume() {
        HostPods expression = HostPods.hostPath("/var");
        expression.mount("containers", 0, "host").put("subPathExpr", "log/$(POD_NAME)");
        assertThat(HostPods.findings(rule, expression.pod())).hasSize(1);

        HostPods both = HostPods.hostPath("/var");
        both.mount("containers", 0, "host").put("subPathExpr", "$(X)").put("subPath", "log");
        assertThat(HostPods.findings(rule, both.pod())).hasSize(1);

        HostPods variable = HostPods.hostPath("/var");
        variable.mount("containers", 0, "host").put("subPath", "$(X)");
        assertThat(HostPods.findings(rule, variable.pod())).hasSize(1);

        HostPods nothing = HostPods.hostPath("/var");
        nothing.mount("containers", 0, "host").putNull("subPath");
        assertThat(HostPods.findings(rule, nothing.pod())).hasSize(1);

        HostPods elsewhere = HostPods.hostPath("/srv/data");
        elsewhere.mount("containers", 0, "host").put("subPathExpr", "$(POD_NAME)");
        assertThat(HostPods.findings(rule, elsewhere.pod())).isEmpty();
    }

    @Test
    void findsAHostPathBesideAnotherSource() {
        HostPods pods = new HostPods();
        ObjectNode volume = pods.volume("both");
        volume.putObject("emptyDir");
        volume.putObject("hostPath").put("path", "/run");

        assertThat(HostPods.findings(rule, pods.pod())).hasSize(1);
    }

    @Test
    void findsAHostPathWithoutAPath() {
        HostPods pods = new HostPods();
        pods.volume("none").putObject("hostPath");
        Finding finding = HostPods.onlyFinding(rule, pods.pod());

        assertThat(finding.value()).isEmpty();
        assertThat(finding.place().isAbsent()).isTrue();
        assertThat(finding.message()).contains("hostPath \"\"");
    }

    @Test
    void findsAVolumeWhoseNameAnotherOneHas() {
        HostPods pods = new HostPods();
        pods.volume("twice").putObject("hostPath").put("path", "/srv/data");
        pods.volume("twice").putObject("hostPath").put("path", "/run");
        pods.mount("containers", 0, "twice").put("subPath", "x");

        assertThat(HostPods.findings(rule, pods.pod())).hasSize(1);
    }

    @Test
    void leavesOtherVolumesAlone() {
        HostPods pods = new HostPods();
        pods.volume("scratch").putObject("emptyDir");
        pods.volume("null").putNull("hostPath");
        pods.mount("containers", 0, "scratch").put("subPath", "run/docker.sock");

        assertThat(HostPods.findings(rule, pods.pod())).isEmpty();
    }

    @Test
    void readsPathsOfWindowsPodsAsWindowsDoes() {
        HostPods named = HostPods.hostPath("/VAR/lib/Kubelet/Plugins_Registry");
        assertThat(HostPods.findings(rule, named.pod())).isEmpty();
        named.spec().putObject("os").put("name", "windows");
        assertThat(HostPods.findings(rule, named.pod())).hasSize(1);

        HostPods selected = HostPods.hostPath("/VAR/lib/Kubelet/Plugins_Registry");
        selected.spec().putObject("nodeSelector").put("kubernetes.io/os", "windows");
        assertThat(HostPods.findings(rule, selected.pod())).hasSize(1);
    }

    @Test
    void denies() {
        assertThat(rule.leastPrivilege()).isEqualTo(RuleAction.of(Action.DENY));
        assertThat(rule.sandboxed()).isEqualTo(RuleAction.of(Action.DENY));
        assertThat(rule.layer()).isEqualTo(Layer.HOST);
    }

    @Test
    void evaluatesHugePodsInLinearTime() {
        HostPods manyVolumes = new HostPods();
        for (int i = 0; i < 9_000; i++) {
            manyVolumes.volume("twice").putObject("hostPath").put("path", "/srv/" + i);
            manyVolumes.mount("containers", 0, "twice").put("subPath", "x" + i);
        }
        HostPods longPath = HostPods.hostPath("/srv" + "/a".repeat(2_000));
        for (int i = 0; i < 20_000; i++) {
            longPath.mount("containers", 0, "host").put("subPath", "x" + i).put("readOnly", true);
        }
        for (Pod pod : List.of(manyVolumes.pod(), longPath.pod())) {
            Assertions.assertThatCode(() -> {
                        for (Rule each : List.of(rule, new WritableHostPath(), new HostDevices())) {
                            HostPods.findings(each, pod).forEach(finding -> {
                                assertThat(finding.message()).isNotEmpty();
                                assertThat(finding.remedy().text()).isNotEmpty();
                            });
                        }
                    })
                    .doesNotThrowAnyException();
        }
        assertThat(HostPods.findings(rule, longPath.pod())).hasSize(1);
    }
}
