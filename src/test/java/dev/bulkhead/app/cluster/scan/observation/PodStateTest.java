package dev.bulkhead.app.cluster.scan.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.scan.observation.PodState.Phase;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodStateTest {
    private static PodState of(String status) {
        return PodState.of(
                Yaml.tree("metadata: {name: p, creationTimestamp: 2026-11-27T08:00:00Z}\nstatus: " + status));
    }

    @Test
    void crashLoopSaysHowTheContainerEnded() {
        PodState state = of("""
                {phase: Running, containerStatuses: [
                {name: side, ready: true, restartCount: 1, state: {running: {}}},
                {name: app, ready: false, restartCount: 7, state: {waiting: {reason: CrashLoopBackOff, message: secret}},
                lastState: {terminated: {exitCode: 137, reason: OOMKilled, message: secret}}}]}
                """);

        assertThat(state)
                .isEqualTo(new PodState(
                        Phase.FAILING,
                        "container app: CrashLoopBackOff, last exit code 137 (OOMKilled)",
                        8,
                        false,
                        Instant.parse("2026-11-27T08:00:00Z")));
    }

    @Test
    void podThatWaitsSaysWhatFor() {
        assertThat(of("{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable}]}"))
                .returns(Phase.PENDING, PodState::phase)
                .returns("Unschedulable", PodState::reason);
        assertThat(
                        of(
                                "{phase: Pending, containerStatuses: [{name: app, state: {waiting: {reason: ContainerCreating}}}]}"))
                .returns(Phase.PENDING, PodState::phase)
                .returns("", PodState::reason);
        assertThat(
                        of(
                                "{phase: Pending, containerStatuses: [{name: app, state: {waiting: {reason: ImagePullBackOff}}}]}"))
                .returns(Phase.FAILING, PodState::phase)
                .returns("container app: ImagePullBackOff", PodState::reason);
    }

    @Test
    void podRunsOnceItsContainersAreReady() {
        String init = "initContainerStatuses: [{name: init, ready: true, state: {terminated: {exitCode: 0}}}]";
        assertThat(of("{phase: Running, " + init
                        + ", containerStatuses: [{name: app, ready: true, state: {running: {}}}]}"))
                .returns(Phase.RUNNING, PodState::phase)
                .returns("", PodState::reason);
        assertThat(of("{phase: Running, " + init
                        + ", containerStatuses: [{name: app, restartCount: 1, state: {running: {}},"
                        + " lastState: {terminated: {exitCode: 1, reason: Error}}}]}"))
                .returns(Phase.NOT_READY, PodState::phase)
                .returns("container app: not ready, last exit code 1", PodState::reason);
    }

    @Test
    void whatAnybodyCanWriteIsOneShortLine() {
        PodState state = of(
                "{phase: Running, containerStatuses: [{name: \"a\\nb\", restartCount: -1, state: {waiting: {reason: \""
                        + "x\\u202e".repeat(500) + "\"}}}]}");

        assertThat(state.reason()).hasSizeLessThan(200).doesNotContain("\n", "\u202e");
        assertThat(state.restarts()).isZero();
        assertThat(PodState.of(Yaml.tree("status: [1]"))).returns(Phase.PENDING, PodState::phase);
    }

    @Test
    void summaryCountsRestartsAfterHardeningApart() {
        PodState plain = new PodState(Phase.RUNNING, "", 2, false, Instant.EPOCH);
        PodState hardened = new PodState(Phase.FAILING, "x", 5, true, Instant.EPOCH);
        PodState notReady = new PodState(Phase.NOT_READY, "x", 0, true, Instant.EPOCH);

        assertThat(PodSummary.of(List.of(plain, hardened, notReady))).isEqualTo(new PodSummary(2, 1, 0, 1, 7, 5));
        assertThat(PodSummary.of(List.of())).isEqualTo(PodSummary.NONE);
    }
}
