package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeccompProfileRestrictedTest {
    private static final String ON_POD = "seccomp.security.alpha.kubernetes.io/pod";
    private static final String ON_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";
    private static final String RUNTIME = "{\"type\":\"RuntimeDefault\"}";

    private static Turn pod(String spec) {
        return Turn.of("seccompProfile_restricted", spec);
    }

    @Test
    void givesThePodTheRuntimesProfile() {
        assertThat(pod("initContainers: [{name: i}], containers: [{name: a}]").additions())
                .containsExactly("/spec/securityContext {\"seccompProfile\":" + RUNTIME + "}");
    }

    @Test
    void containersKeepTheirOwnProfile() {
        assertThat(
                        pod("containers: [{name: a, securityContext: {seccompProfile: {type: Localhost, localhostProfile: x}}},"
                                        + " {name: b}]")
                                .additions())
                .containsExactly("/spec/securityContext {\"seccompProfile\":" + RUNTIME + "}");
    }

    @Test
    void fillsContainersWhereThePodsOwnProfileIsRefused() {
        assertThat(pod("securityContext: {seccompProfile: {type: Unconfined}}, containers: [{name: a}]")
                        .additions())
                .containsExactly("/spec/containers/0/securityContext {\"seccompProfile\":" + RUNTIME + "}");
    }

    @Test
    void fillsOnlyTheOthersWhereOneContainerIsExcused() {
        assertThat(pod("containers: [{name: a}, {name: b}]")
                        .excusing("seccompProfile_restricted", "b")
                        .additions())
                .containsExactly("/spec/containers/0/securityContext {\"seccompProfile\":" + RUNTIME + "}");
    }

    @Test
    void fillsOnlyTheContainersThatAreBeingAddedToAPodThatRuns() {
        assertThat(pod("containers: [{name: a}], ephemeralContainers: [{name: debug}]")
                        .addingEphemeralContainers()
                        .additions())
                .containsExactly("/spec/ephemeralContainers/0/securityContext {\"seccompProfile\":" + RUNTIME + "}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "runtime/default | {\"type\":\"RuntimeDefault\"}",
                "docker/default | {\"type\":\"RuntimeDefault\"}",
                "localhost/a/b.json | {\"type\":\"Localhost\",\"localhostProfile\":\"a/b.json\"}"
            })
    void saysWhatTheAnnotationSays(String annotation, String profile) {
        Turn turn = pod("containers: [{name: a}]");

        assertThat(turn.annotated(ON_POD, annotation).additions())
                .containsExactly("/spec/securityContext {\"seccompProfile\":" + profile + "}");
        assertThat(turn.annotated(ON_CONTAINER + "a", annotation).additions())
                .containsExactly("/spec/containers/0/securityContext {\"seccompProfile\":" + profile + "}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"unconfined", "", "localhost/", "runtime/default ", "Localhost/x"})
    void leavesWhatAnAnnotationWantsOtherwise(String annotation) {
        Turn turn = pod("containers: [{name: a}, {name: b}]");

        assertThat(turn.annotated(ON_POD, annotation).additions()).isEmpty();
        assertThat(turn.annotated(ON_POD, annotation).notHardenedReason()).containsOnlyKeys("a", "b");
        assertThat(turn.annotated(ON_CONTAINER + "b", annotation).additions())
                .containsExactly("/spec/containers/0/securityContext {\"seccompProfile\":" + RUNTIME + "}");
        assertThat(turn.annotated(ON_CONTAINER + "b", annotation).notHardenedReason())
                .containsOnlyKeys("b");
        assertThat(turn.annotated(ON_CONTAINER + "b", annotation)
                        .notHardenedReason()
                        .get("b"))
                .contains("annotation");
    }

    @Test
    void containersAnnotationCountsBeforeThePods() {
        assertThat(pod("containers: [{name: a}, {name: b}]")
                        .annotated(ON_POD, "unconfined")
                        .annotated(ON_CONTAINER + "b", "localhost/b.json")
                        .additions())
                .containsExactly("/spec/containers/1/securityContext {\"seccompProfile\":"
                        + "{\"type\":\"Localhost\",\"localhostProfile\":\"b.json\"}}");
    }

    @Test
    void annotationOfAContainerThatDoesNotExistSaysNothing() {
        assertThat(pod("containers: [{name: a}]")
                        .annotated(ON_CONTAINER + "nobody", "unconfined")
                        .additions())
                .containsExactly("/spec/securityContext {\"seccompProfile\":" + RUNTIME + "}");
    }

    @Test
    void leavesWindowsPodsThatOldVersionsStillCheck() {
        Turn turn = pod("os: {name: windows}, containers: [{name: a}]").at(24);

        assertThat(turn.additions()).isEmpty();
        assertThat(turn.notHardenedReason().get("a")).contains("Windows");
        assertThat(turn.at(25).take().open()).isEmpty();
    }
}
