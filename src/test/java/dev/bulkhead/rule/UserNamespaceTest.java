package dev.bulkhead.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
        assertThat(trial.finding().remedy()).isEqualTo("set spec.hostUsers to false");
    }

    @Test
    void acceptsAUserNamespace() {
        assertThat(trial("{hostUsers:false,containers:[{name:'app'}]}").findings())
                .isEmpty();
    }

    @Test
    void asksForNothingThatTheClusterCannotDo() {
        Trial trial = trial("{hostUsers:true,containers:[{name:'app'}]}");

        assertThat(trial.in(Cluster.offline(32)).findings()).isEmpty();
        assertThat(trial.in(Cluster.offline(33)).findings()).hasSize(1);
    }

    @Test
    void asksNothingOfWindowsPods() {
        assertThat(trial("{os:{name:'windows'},containers:[{name:'app'}]}").findings())
                .isEmpty();
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

    @Test
    void leavesPodsWithNfsVolumes() {
        assertThat(trial("{containers:[{name:'app'}],volumes:[{name:'a',emptyDir:{}},{name:'b',nfs:{path:'/x'}}]}")
                        .reasonLeft())
                .isEqualTo("NFS volumes do not work in a user namespace");
    }

    @Test
    void leavesPodsWhoseOwnFieldsCannotBeSet() {
        Trial trial = trial("{containers:[{name:'app'}],ephemeralContainers:[{name:'debug'}]}");

        assertThat(trial.reasonLeft(false)).startsWith("only a pod that is being created");
    }

    @Test
    void fillsNothingWhenExcused() {
        Trial trial = trial("{containers:[{name:'app'}]}");
        Hardening hardening = new Hardening(trial.pod(), trial.context(), List.of(), trial.findings(), true);
        new UserNamespace().harden(hardening);

        assertThat(hardening.edits()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"runAsUser", "runAsNonRoot", "procMount", "procMount_restricted"})
    void excusesNothingThatIsDenied(String rule) {
        Trial trial = trial("{containers:[{name:'app'}]}");
        List<Finding> open = trial.findings();
        Hardening hardening =
                new Hardening(trial.pod(), trial.context(), open, List.of(), true, denied -> denied.equals(rule));
        new UserNamespace().harden(hardening);

        assertThat(hardening.edits()).isEmpty();
        assertThat(hardening.left(open.get(0))).hasValue("a user namespace would excuse what " + rule + " denies");
    }

    @Test
    void fillsWhereOtherRulesDeny() {
        Trial trial = trial("{containers:[{name:'app'}]}");
        Hardening hardening =
                new Hardening(trial.pod(), trial.context(), trial.findings(), List.of(), true, "privileged"::equals);
        new UserNamespace().harden(hardening);

        assertThat(hardening.edits()).hasSize(1);
    }
}
