package dev.bulkhead.app.cluster.scan.observation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.admission.WorkloadAdmission;
import dev.bulkhead.engine.text.SafeText;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How a pod is, as its status says. Small, because there is one for each pod of a cluster.
 *
 * @param reason why it does not run, on one line; empty where it does, or nobody says why not
 * @param restarts of all its containers
 * @param hardened whether Bulkhead filled something in when it was created
 * @param created when it was created; the epoch where that is not known
 */
public record PodState(Phase phase, String reason, int restarts, boolean hardened, Instant created) {
    /** Of the kubelet, for a container that is on its way. */
    private static final Set<String> ON_ITS_WAY = Set.of("", "ContainerCreating", "PodInitializing");

    /** Of the kubelet, for a container that ended; the exit code says the same. */
    private static final Set<String> PLAIN_ENDS = Set.of("", "Error", "Completed");

    private static final int LONGEST_NAME = 63;
    private static final int LONGEST_REASON = 60;

    /** Whether a pod works, the worst first. */
    public enum Phase {
        /** A container does not start, or ends again and again. */
        FAILING,
        /** It is not on a node yet, or its containers are being created. */
        PENDING,
        /** It runs, and a container is not ready. */
        NOT_READY,
        RUNNING;

        /** In words. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Reads it from a pod that has not ended. */
    public static PodState of(JsonNode stored) {
        JsonNode status = stored.path("status");
        Phase phase = status.path("phase").asText().equals("Running") ? Phase.RUNNING : Phase.PENDING;
        String reason = phase == Phase.PENDING ? whyPending(status) : "";
        long restarts = 0;
        for (String list : List.of("initContainerStatuses", "containerStatuses")) {
            for (JsonNode container : status.path(list)) {
                restarts += Math.max(0, container.path("restartCount").asLong());
                Phase found = phaseOf(container, list.startsWith("init"));
                if (found.compareTo(phase) < 0) {
                    phase = found;
                    reason = reasonOf(container, found);
                }
            }
        }
        return new PodState(
                phase,
                reason,
                (int) Math.min(Integer.MAX_VALUE, restarts),
                stored.path("metadata").path("annotations").has(WorkloadAdmission.HARDENED_ANNOTATION),
                created(stored));
    }

    private static Phase phaseOf(JsonNode container, boolean init) {
        JsonNode state = container.path("state");
        String waiting = state.path("waiting").path("reason").asText();
        boolean ended = state.path("terminated").path("exitCode").asInt() != 0;
        if (ended || !ON_ITS_WAY.contains(waiting)) {
            return Phase.FAILING;
        }
        return init || container.path("ready").asBoolean() ? Phase.RUNNING : Phase.NOT_READY;
    }

    private static String reasonOf(JsonNode container, Phase phase) {
        JsonNode state = container.path("state");
        String waiting = state.path("waiting").path("reason").asText();
        List<String> parts = new ArrayList<>();
        if (phase == Phase.NOT_READY) {
            parts.add("not ready");
        } else if (!waiting.isEmpty()) {
            parts.add(SafeText.line(waiting, LONGEST_REASON));
        }
        JsonNode ended = state.has("terminated")
                ? state.path("terminated")
                : container.path("lastState").path("terminated");
        if (ended.has("exitCode")) {
            String end = ended.path("reason").asText();
            parts.add((state.has("terminated") ? "exit code " : "last exit code ")
                    + ended.path("exitCode").asInt()
                    + (PLAIN_ENDS.contains(end) ? "" : " (" + SafeText.line(end, LONGEST_REASON) + ")"));
        }
        return "container " + SafeText.line(container.path("name").asText(), LONGEST_NAME) + ": "
                + String.join(", ", parts);
    }

    private static String whyPending(JsonNode status) {
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asText().equals("PodScheduled")
                    && condition.path("status").asText().equals("False")) {
                return SafeText.line(condition.path("reason").asText("not scheduled"), LONGEST_REASON);
            }
        }
        return "";
    }

    private static Instant created(JsonNode stored) {
        try {
            return Instant.parse(
                    stored.path("metadata").path("creationTimestamp").asText());
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }
}
