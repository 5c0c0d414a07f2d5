package dev.bulkhead.app.console.page;

import dev.bulkhead.app.cluster.scan.observation.PodState.Phase;
import dev.bulkhead.app.cluster.scan.observation.PodSummary;
import dev.bulkhead.app.cluster.scan.observation.ScannedPod;
import dev.bulkhead.app.console.page.markup.Moment;
import dev.bulkhead.app.console.page.markup.Phrases;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.Seen;
import dev.bulkhead.engine.preview.ObservedPod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The pods of a workload, and how they have fared with what was filled in.
 *
 * @param sentence how many there are, and how they are
 * @param pods those that do not work first
 * @param more how many are only counted
 */
record WorkloadPods(String sentence, List<Pod> pods, int more) {
    private static final int MOST = 20;

    /**
     * A pod.
     *
     * @param css its state as a class of the style
     * @param fault why it does not start with what was filled in
     * @param hardened the rules by which something was filled in
     */
    record Pod(
            String name,
            String css,
            String state,
            String reason,
            String restarts,
            Optional<Moment> created,
            String node,
            String fault,
            List<String> hardened) {}

    static WorkloadPods of(Seen.Row row, ConsoleData data) {
        List<ScannedPod> pods = data.pods(row.id());
        Instant now = data.now();
        return new WorkloadPods(
                sentence(PodSummary.of(pods.stream().map(ScannedPod::state).toList()), pods.size()),
                pods.stream().limit(MOST).map(pod -> pod(pod, data, now)).toList(),
                Math.max(0, pods.size() - MOST));
    }

    private static String sentence(PodSummary states, int pods) {
        if (pods == 0) {
            return "No pod of it runs now.";
        }
        List<String> parts = new ArrayList<>();
        count(states.failing(), "failing", parts);
        count(states.pending(), "pending", parts);
        count(states.notReady(), "not ready", parts);
        count(states.running() - states.notReady(), "running", parts);
        String counts = Phrases.counted(pods, "pod") + ": " + String.join(", ", parts) + ".";
        if (states.restarts() == 0) {
            return counts + " No container has been restarted.";
        }
        String restarts = counts + " " + Phrases.counted(states.restarts(), "restart");
        if (states.restartsOfHardened() == 0) {
            return restarts + ", none in a pod that Bulkhead hardened.";
        }
        return restarts
                + (states.restartsOfHardened() == states.restarts()
                        ? ", in pods that Bulkhead hardened."
                        : ", " + Phrases.number(states.restartsOfHardened()) + " in pods that Bulkhead hardened.");
    }

    private static void count(int pods, String state, List<String> parts) {
        if (pods > 0) {
            parts.add(Phrases.number(pods) + " " + state);
        }
    }

    private static Pod pod(ScannedPod pod, ConsoleData data, Instant now) {
        Phase phase = pod.state().phase();
        return new Pod(
                pod.name(),
                phase.label().replace(' ', '-'),
                phase.label(),
                pod.state().reason(),
                pod.state().restarts() == 0 ? "" : Phrases.counted(pod.state().restarts(), "restart"),
                Optional.of(pod.state().created())
                        .filter(created -> created.isAfter(Instant.EPOCH))
                        .map(created -> Moment.of(created, now)),
                pod.node().orElse(""),
                data.observed(pod.uid()).flatMap(WorkloadPods::fault).orElse(""),
                Arrays.stream(pod.hardened().split(",", -1))
                        .filter(rule -> !rule.isBlank())
                        .toList());
    }

    /** What keeps a container from starting, if that was filled in. */
    private static Optional<String> fault(ObservedPod pod) {
        return pod.containers().stream()
                .flatMap(container -> container.fault().stream()
                        .map(fault -> "Container " + container.name() + " does not start with what "
                                + fault.ruleId() + " filled in, because " + fault.cause()
                                + fault.path().map(path -> " (" + path + ")").orElse("") + "."))
                .findFirst();
    }
}
