package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.RuleSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunAsNonRootTest {
    private static Turn pod(String spec) {
        return Turn.of("runAsNonRoot", spec);
    }

    @Test
    void fillsThePodOnceForAllContainers() {
        assertThat(pod("initContainers: [{name: i}], containers: [{name: a}, {name: b}]")
                        .additions())
                .containsExactly("/spec/securityContext {\"runAsNonRoot\":true}");
    }

    @Test
    void keepsWhatThePodSetsBesides() {
        assertThat(pod("securityContext: {fsGroup: 7}, containers: [{name: a}]").additions())
                .containsExactly("/spec/securityContext/runAsNonRoot true");
    }

    @Test
    void fillsContainersWhereThePodSaysFalse() {
        assertThat(pod("securityContext: {runAsNonRoot: false}, containers: [{name: a},"
                                + " {name: b, securityContext: {runAsNonRoot: false}}]")
                        .additions())
                .containsExactly("/spec/containers/0/securityContext {\"runAsNonRoot\":true}");
    }

    @Test
    void fillsOnlyTheOthersWhereOneContainerIsExcused() {
        assertThat(pod("containers: [{name: a}, {name: b}]")
                        .excusing("runAsNonRoot", "a")
                        .additions())
                .containsExactly("/spec/containers/1/securityContext {\"runAsNonRoot\":true}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "containers: [{name: a, securityContext: {runAsUser: 0}}]",
                "securityContext: {runAsUser: 0}, containers: [{name: a}]"
            })
    void leavesAContainerThatIsRootByNumber(String spec) {
        Turn turn = pod(spec);

        assertThat(turn.additions()).isEmpty();
        assertThat(turn.notHardenedReason()).containsOnlyKeys("a");
        assertThat(turn.notHardenedReason().get("a")).contains("runAsUser is 0");
    }

    @Test
    void fillsTheContainersBesideOneThatIsRootByNumber() {
        Turn turn = pod("containers: [{name: a, securityContext: {runAsUser: 0}}, {name: b}]");

        assertThat(turn.additions()).containsExactly("/spec/containers/1/securityContext {\"runAsNonRoot\":true}");
        assertThat(turn.notHardenedReason()).containsOnlyKeys("a");
    }

    @Test
    void ownNumberOfAContainerCountsBeforeThePods() {
        Turn turn = pod("securityContext: {runAsUser: 0}, containers: [{name: a, securityContext: {runAsUser: 7}}]");

        assertThat(turn.additions()).containsExactly("/spec/securityContext/runAsNonRoot true");
        assertThat(turn.notHardenedReason()).isEmpty();
    }

    @Test
    void fillsWindowsPods() {
        assertThat(pod("os: {name: windows}, containers: [{name: a}]").additions())
                .containsExactly("/spec/securityContext {\"runAsNonRoot\":true}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "securityContext: {windowsOptions: {runAsUserName: ContainerAdministrator}}, containers: [{name: a}]",
                "os: {name: windows}, containers:"
                        + " [{name: a, securityContext: {windowsOptions: {runAsUserName: containeradministrator}}}]"
            })
    void leavesAContainerThatTheKubeletWouldTakeForRoot(String spec) {
        Turn turn = pod(spec);

        assertThat(turn.additions()).isEmpty();
        assertThat(turn.notHardenedReason().get("a")).contains("windowsOptions.runAsUserName is root to the kubelet");
    }

    @Test
    void ownWindowsUserOfAContainerCountsBeforeThePods() {
        assertThat(pod("securityContext: {windowsOptions: {runAsUserName: ContainerAdministrator}}, containers:"
                                + " [{name: a, securityContext: {windowsOptions: {runAsUserName: ContainerUser}}}]")
                        .notHardenedReason())
                .isEmpty();
    }

    @Test
    void speaksOfWindowsUsersOnWindows() {
        Turn turn = pod("os: {name: windows}, containers: [{name: a}]");

        assertThat(turn.take().notes())
                .singleElement()
                .asString()
                .contains("runAsUserName")
                .doesNotContain("numeric");
        assertThat(turn.take().open().get(0).remedy().text()).contains("windowsOptions.runAsUserName to ContainerUser");
        assertThat(pod("os: {name: windows}, securityContext: {windowsOptions: {runAsUserName: ContainerUser}},"
                                + " containers: [{name: a}]")
                        .take()
                        .notes())
                .isEmpty();
        assertThat(pod("containers: [{name: a}]").take().open().get(0).remedy().text())
                .contains("runAsUser to a number");
    }

    @Test
    void fillsOnlyTheContainersThatAreBeingAddedToAPodThatRuns() {
        assertThat(pod("containers: [{name: a}], ephemeralContainers: [{name: debug}]")
                        .addingEphemeralContainers()
                        .additions())
                .containsExactly("/spec/ephemeralContainers/0/securityContext {\"runAsNonRoot\":true}");
    }

    @Test
    void sparesPodsWithAUserNamespaceFromTheVersionOnThatTrustsIt() {
        Turn turn = pod("hostUsers: false, containers: [{name: a}]");

        assertThat(turn.at(34).additions()).containsExactly("/spec/securityContext {\"runAsNonRoot\":true}");
        assertThat(turn.at(35).additions()).isEmpty();
    }

    @Test
    void saysThatTheImageMustNameAUserWhereNothingElseDoes() {
        RuleSettings.User user = new RuleSettings.User.Fixed(10_001);

        assertThat(pod("containers: [{name: a}]").take().notes())
                .singleElement()
                .asString()
                .contains("image of container \"a\"");
        assertThat(pod("containers: [{name: a}]").withUser(user).take().notes()).isEmpty();
        assertThat(pod("securityContext: {runAsUser: 7}, containers: [{name: a}]")
                        .take()
                        .notes())
                .isEmpty();
    }
}
