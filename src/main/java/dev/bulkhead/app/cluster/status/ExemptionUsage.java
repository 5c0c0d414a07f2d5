package dev.bulkhead.app.cluster.status;

import dev.bulkhead.engine.evaluation.EvaluatedFinding;
import dev.bulkhead.engine.evaluation.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** What exemptions excused lately, until it is written into their status. */
public final class ExemptionUsage {
    /** Of one exemption between two writes; names come from users. */
    private static final int MOST_WORKLOADS = 20;

    private static final int MOST_EXEMPTIONS = 10_000;
    private static final int LENGTH = 200;

    /** Of all exemptions together; what does not fit any more is noted when it is used the next time. */
    private static final long MOST_BYTES = 4 << 20;

    /** A text, or an exemption, and its place in a table. */
    private static final int ENTRY_BYTES = 128;

    /** A first use is told at once; what is used all the time need not be written all the time. */
    private static final Duration WRITE_EVERY = Duration.ofMinutes(1);

    private final Map<String, Instant> written = new HashMap<>();
    private final Map<String, Use> uses = new LinkedHashMap<>();
    private long bytes;

    /**
     * What one exemption excused.
     *
     * @param excused the rules and values by workload, as {@code NAMESPACE/KIND/NAME}
     */
    public record Use(Instant last, Map<String, TreeSet<String>> excused) {}

    /** Notes what exemptions excused about a workload that was let in. */
    public synchronized void note(Verdict verdict, String namespace, String kind, String name, Instant now) {
        for (EvaluatedFinding judged : verdict.findings()) {
            if (judged.exemption().isEmpty()) {
                continue;
            }
            String exemption = judged.exemption().get();
            Use before = uses.get(exemption);
            if (before == null && (uses.size() >= MOST_EXEMPTIONS || !hasRoomFor(exemption))) {
                continue;
            }
            Map<String, TreeSet<String>> excused = before == null ? new LinkedHashMap<>() : before.excused();
            uses.put(exemption, new Use(now, excused));
            String workload = shortened(namespace + "/" + kind + "/" + name);
            if (!excused.containsKey(workload)) {
                if (excused.size() >= MOST_WORKLOADS || !hasRoomFor(workload)) {
                    continue;
                }
                excused.put(workload, new TreeSet<>());
            }
            TreeSet<String> values = excused.getOrDefault(workload, new TreeSet<>());
            String value = shortened(
                    judged.finding().rule().id() + "=" + judged.finding().value());
            if (!values.contains(value) && values.size() < MOST_WORKLOADS && hasRoomFor(value)) {
                values.add(value);
            }
        }
    }

    /** Takes the room that a text needs, if there is any. */
    private boolean hasRoomFor(String text) {
        long needed = weight(text);
        if (bytes + needed > MOST_BYTES) {
            return false;
        }
        bytes += needed;
        return true;
    }

    private static long weight(String text) {
        return ENTRY_BYTES + 2L * text.length();
    }

    private static long weight(String exemption, Use use) {
        long weight = weight(exemption);
        for (Map.Entry<String, TreeSet<String>> workload : use.excused().entrySet()) {
            weight += weight(workload.getKey());
            weight += workload.getValue().stream()
                    .mapToLong(ExemptionUsage::weight)
                    .sum();
        }
        return weight;
    }

    /** How much is noted, in bytes. */
    synchronized long bytes() {
        return bytes;
    }

    /** What was noted, of each exemption as often as it is to be written. */
    public synchronized Map<String, Use> take(Instant now) {
        Map<String, Use> taken = new LinkedHashMap<>();
        uses.forEach((exemption, use) -> {
            Instant last = written.get(exemption);
            if (last == null || !now.isBefore(last.plus(WRITE_EVERY))) {
                taken.put(exemption, use);
            }
        });
        if (written.size() + taken.size() > MOST_EXEMPTIONS) {
            written.clear();
        }
        taken.forEach((exemption, use) -> {
            uses.remove(exemption);
            bytes -= weight(exemption, use);
            written.put(exemption, now);
        });
        return taken;
    }

    private static String shortened(String text) {
        return text.length() <= LENGTH ? text : text.substring(0, LENGTH - 1) + "…";
    }
}
