package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.workload.ClaimedVolume;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserNamespaceTest {
    private static Trial trial(String spec) {
        return Trial.of(new UserNamespace(), spec);
    }

    @Test
    void fillsHostUsersFalseWhereItIsUnset() {
        Trial trial = trial("{containers:[{name:'app'}]}");

        Finding finding = trial.finding();
        assertThat(finding.value()).isEqualTo("host");
        assertThat(finding.unset()).isTrue();
        assertThat(finding.place().pointer()).isEqualTo("/spec/hostUsers");
        assertThat(trial.hardened().spec()).isEqualTo(Trial.json("{containers:[{name:'app'}],hostUsers:false}"));
        assertThat(trial.hardened().findings()).isEmpty();
    }

    @Test
    void countsNullAsUnset() {
        assertThat(trial("{hostUsers:null,containers:[{name:'app'}]}")
                        .hardened()
                        .spec()
                        .get("hostUsers"))
                .isEqualTo(Trial.json("false"));
    }

    @Test
    void findsHostUsersTrueAsExplicit() {
        Trial trial = trial("{hostUsers:true,containers:[{name:'app'}]}");

        assertThat(trial.finding().unset()).isFalse();
        assertThat(trial.harden().edits()).isEmpty();
        assertThat(trial.finding().message()).isEqualTo("pod must set hostUsers=false");
        assertThat(trial.finding().remedy().text())
                .isEqualTo("set spec.hostUsers to false, or remove it where the pod runs in a sandbox");
    }

    @Test
    void acceptsAUserNamespace() {
        assertThat(trial("{hostUsers:false,containers:[{name:'app'}]}").findings())
                .isEmpty();
    }

    @Test
    void requiresNothingThatTheClusterLacks() {
        Trial trial = trial("{hostUsers:true,containers:[{name:'app'}]}");

        assertThat(trial.in(ClusterCapabilities.offline(32)).findings()).isEmpty();
        assertThat(trial.in(ClusterCapabilities.offline(33)).findings()).hasSize(1);
    }

    @Test
    void skipsWindowsPods() {
        assertThat(trial("{os:{name:'windows'},containers:[{name:'app'}]}").findings())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"gvisor, 0", "kata, 0", "crun, 1", "'', 1"})
    void requiresNoUserNamespaceInASandbox(String runtimeClass, int findings) {
        assertThat(trial("{runtimeClassName:'" + runtimeClass + "',containers:[{name:'app'}]}")
                        .findings())
                .hasSize(findings);
    }

    /** What was denied before hardening is denied after it, which may have added the sandbox. */
    @Test
    void findsHostUsersTrueInASandboxToo() {
        assertThat(trial("{hostUsers:true,runtimeClassName:'gvisor',containers:[{name:'app'}]}")
                        .finding()
                        .unset())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hostNetwork", "hostPID", "hostIPC"})
    void leavesPodsInHostNamespaces(String namespace) {
        assertThat(trial("{" + namespace + ":true,containers:[{name:'app'}]}").reasonLeft())
                .isEqualTo("the API server accepts no user namespace beside " + namespace);
    }

    @Test
    void fillsBesideHostNamespacesThatAreFalse() {
        assertThat(trial("{hostNetwork:false,hostPID:false,hostIPC:false,containers:[{name:'app'}]}")
                        .hardened()
                        .findings())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"initContainers", "containers", "ephemeralContainers"})
    void leavesPodsWithRawBlockDevicesInAnyContainer(String list) {
        assertThat(trial("{" + list + ":[{name:'x'},{name:'app',volumeDevices:[{name:'d',devicePath:'/dev/xvda'}]}]}")
                        .reasonLeft())
                .isEqualTo("raw block devices do not work in a user namespace");
    }

    private static Trial withVolume(String source) {
        return trial("{containers:[{name:'app'}],volumes:[{name:'a',emptyDir:{}},{name:'b'," + source + "}]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "nfs:{path:'/x'}; is NFS",
                "glusterfs:{}; is a FUSE file system or NFS",
                "csi:{driver:'gcsfuse.csi.storage.gke.io'};"
                        + " is a FUSE file system (CSI driver gcsfuse.csi.storage.gke.io)",
                "csi:{driver:'s3.csi.aws.com'}; is a FUSE file system (CSI driver s3.csi.aws.com)",
                "csi:{driver:'blob.csi.azure.com'}; is a FUSE file system or NFS (CSI driver blob.csi.azure.com)",
                "csi:{driver:'efs.csi.aws.com'}; is NFS (CSI driver efs.csi.aws.com)",
                "csi:{driver:'smb.csi.k8s.io'}; is SMB (CSI driver smb.csi.k8s.io)"
            })
    void leavesPodsWithVolumesThatAreKnownNotToMapIds(String source, String what) {
        Trial trial = withVolume(source);

        assertThat(trial.reasonLeft())
                .isEqualTo(
                        "volume \"b\" " + what + ", which does not map ids and cannot be mounted in a user namespace");
        assertThat(trial.finding().remedy().text()).contains("replace volume \"b\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "persistentVolumeClaim:{claimName:'data'}",
                "csi:{driver:'storage.example.com'}",
                "ephemeral:{volumeClaimTemplate:{spec:{}}}",
                "flexVolume:{driver:'x/y'}"
            })
    void fillsBesideUnknownVolumesWithANote(String source) {
        Trial trial = withVolume(source);

        assertThat(trial.hardened().spec().get("hostUsers")).isEqualTo(Trial.json("false"));
        assertThat(trial.notes())
                .singleElement()
                .asString()
                .contains("start only if volume \"b\" has a file system that maps ids");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "emptyDir:{}",
                "configMap:{name:'x'}",
                "secret:{secretName:'x'}",
                "projected:{sources:[]}",
                "hostPath:{path:'/x'}",
                "image:{reference:'x:1'}",
                "csi:{driver:'ebs.csi.aws.com'}",
                "csi:{driver:'secrets-store.csi.k8s.io'}"
            })
    void saysNothingBesideVolumesThatMapIds(String source) {
        assertThat(withVolume(source).harden().edits()).hasSize(1);
        assertThat(withVolume(source).notes()).isEmpty();
    }

    @Test
    void asksTheClusterForWhatIsBehindAClaim() {
        Trial trial = withVolume("persistentVolumeClaim:{claimName:'data'}");

        assertThat(trial.in(claimed("driftwood", "data", new ClaimedVolume.OfDriver("nfs.csi.k8s.io")))
                        .reasonLeft())
                .startsWith("volume \"b\" is NFS (CSI driver nfs.csi.k8s.io)");
        assertThat(trial.in(claimed("driftwood", "data", new ClaimedVolume.OfType("nfs")))
                        .reasonLeft())
                .startsWith("volume \"b\" is NFS");
        assertThat(trial.in(claimed("driftwood", "data", new ClaimedVolume.OfDriver("ebs.csi.aws.com")))
                        .notes())
                .isEmpty();
        assertThat(trial.in(claimed("driftwood", "data", new ClaimedVolume.OfNode("/mnt/disk1")))
                        .notes())
                .isEmpty();
        assertThat(trial.in(claimed("other", "data", new ClaimedVolume.OfType("nfs")))
                        .notes())
                .hasSize(1);
    }

    private static ClusterCapabilities claimed(String inNamespace, String name, ClaimedVolume volume) {
        return new ClusterCapabilities(
                ClusterCapabilities.NEWEST_MINOR,
                Optional.empty(),
                (namespace, claim) ->
                        namespace.equals(inNamespace) && claim.equals(name) ? Optional.of(volume) : Optional.empty());
    }

    @Test
    void namesFewVolumesInANote() {
        StringBuilder volumes = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            volumes.append(i == 0 ? "" : ",").append("{name:'v").append(i).append("',ephemeral:{}}");
        }
        assertThat(trial("{containers:[{name:'app'}],volumes:[" + volumes + "]}")
                        .notes())
                .singleElement()
                .asString()
                .contains("\"v4\" and 495 more have")
                .doesNotContain("v5");
    }

    @Test
    void leavesPodsWhoseOwnFieldsCannotBeSet() {
        Trial trial = trial("{containers:[{name:'app'}],ephemeralContainers:[{name:'debug'}]}");

        assertThat(trial.reasonLeft(false)).startsWith("only a pod that is being created");
    }

    @Test
    void fillsNothingWhenExcused() {
        Trial trial = trial("{containers:[{name:'app'}]}");
        HardeningPass hardening = new HardeningPass(
                trial.rule(), trial.pod(), trial.context(), List.of(), trial.findings(), HardeningPass.Scope.WHOLE_POD);
        new UserNamespace().harden(hardening);

        assertThat(hardening.edits()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"runAsUser", "runAsNonRoot", "procMount", "procMount_restricted"})
    void excusesNothingThatIsDenied(String rule) {
        Trial trial = trial("{containers:[{name:'app'}]}");
        List<Finding> open = trial.findings();
        HardeningPass hardening = new HardeningPass(
                trial.rule(),
                trial.pod(),
                trial.context(),
                open,
                List.of(),
                HardeningPass.Scope.WHOLE_POD.denying(rule::equals));
        new UserNamespace().harden(hardening);

        assertThat(hardening.edits()).isEmpty();
        assertThat(hardening.notHardenedReason(open.get(0)))
                .hasValue("a user namespace would excuse what " + rule + " denies");
    }

    @Test
    void fillsWhereOtherRulesDeny() {
        Trial trial = trial("{containers:[{name:'app'}]}");
        HardeningPass hardening = new HardeningPass(
                trial.rule(),
                trial.pod(),
                trial.context(),
                trial.findings(),
                List.of(),
                HardeningPass.Scope.WHOLE_POD.denying("privileged"::equals));
        new UserNamespace().harden(hardening);

        assertThat(hardening.edits()).hasSize(1);
    }
}
