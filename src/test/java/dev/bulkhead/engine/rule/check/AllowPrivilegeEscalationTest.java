package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowPrivilegeEscalationTest {
    private static Turn pod(String spec) {
        return Turn.of("allowPrivilegeEscalation", spec);
    }

    @Test
    void fillsEveryContainerThatDoesNotSayAnything() {
        Turn turn = pod("initContainers: [{name: i}], containers: [{name: a, securityContext: {privileged: false}},"
                + " {name: b, securityContext: {allowPrivilegeEscalation: true}}]");

        assertThat(turn.additions())
                .containsExactly(
                        "/spec/containers/0/securityContext/allowPrivilegeEscalation false",
                        "/spec/initContainers/0/securityContext {\"allowPrivilegeEscalation\":false}");
        assertThat(turn.notHardenedReason()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"privileged: true, privileged", "'capabilities: {add: [CAP_SYS_ADMIN]}', CAP_SYS_ADMIN"})
    void leavesWhatTheApiServerWouldRefuse(String beside, String reason) {
        Turn turn = pod("containers: [{name: a, securityContext: {" + beside + "}}]");

        assertThat(turn.additions()).isEmpty();
        assertThat(turn.notHardenedReason().get("a")).contains(reason);
    }

    @Test
    void apiServerRejectsOnlyOneSpellingOfTheCapability() {
        assertThat(pod("containers: [{name: a, securityContext: {capabilities: {add: [SYS_ADMIN]}}}]")
                        .additions())
                .containsExactly("/spec/containers/0/securityContext/allowPrivilegeEscalation false");
    }

    @Test
    void passesOverExcusedContainers() {
        assertThat(pod("containers: [{name: a}, {name: b}]")
                        .excusing("allowPrivilegeEscalation", "a")
                        .additions())
                .containsExactly("/spec/containers/1/securityContext {\"allowPrivilegeEscalation\":false}");
    }

    @Test
    void leavesWindowsPodsThatOldVersionsStillCheck() {
        Turn turn = pod("os: {name: windows}, containers: [{name: a}]").at(24);

        assertThat(turn.additions()).isEmpty();
        assertThat(turn.notHardenedReason().get("a")).contains("Windows");
        assertThat(turn.at(25).take().open()).isEmpty();
    }
}
