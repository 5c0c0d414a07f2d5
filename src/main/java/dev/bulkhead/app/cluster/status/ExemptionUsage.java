package dev.bulkhead.app.cluster.status;

import dev.bulkhead.app.cluster.crd.Exemption;
import dev.bulkhead.engine.evaluation.EvaluatedFinding;
import dev.bulkhead.engine.evaluation.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What exemptions excused lately, until it is written into their status. */
public final class ExemptionUsage {
    /** Of one exemption between two writes; names come from users. */
    private static final int MOST_WORKLOADS = 20;

    /** Of one workload. */
    static final int MOST_VALUES = Exemption.MOST_VALUES;

    private static final int MOST_EXEMPTIONS = 10_000;
    private static final int LENGTH = 200;

    /** Of all exemptions together; what does not fit any more is noted when it is used the next time. */
    private static final long MOST_BYTES = 4 << 20;

    /** A text, or an exemption, and its place in a table. */
    private static final int ENTRY_BYTES = 128;

    /** A first use is reported at once; what is used all the time need not be written all the time. */
    private static final Duration WRITE_EVERY = Duration.ofMinutes(1);

    private final Map<String, Instant> written = new HashMap<>();
    private final Map<String, Use> uses = new LinkedHashMap<>();
    private long bytes;

    /**
     * What one exemption excused.
     *
     * @param last when it excused anything last
     * @param excused what it excused, by workload as {@code NAMESPACE/KIND/NAME}
     */
    public record Use(Instant last, Map<String, Excused> excused) {}

    /**
     * What was excused of one workload.
     *
     * @param last when anything of it was excused last
     * @param values rules with values, as {@code RULE=VALUE}
     */
    public record Excused(Instant last, TreeSet<String> values) {}

    /** Notes what exemptions excused about a workload that was admitted. */
    public synchronized void note(Verdict verdict, String namespace, String kind, String name, Instant now) {
        String workload = shortened(namespace + "/" + kind + "/" + name);
        for (EvaluatedFinding judged : verdict.findings()) {
            if (judged.exemption().isPresent()) {
                String value = shortened(
                        judged.finding().rule().id() + "=" + judged.finding().value());
                note(judged.exemption().get(), workload, List.of(value), now);
            }
        }
    }

    /** Takes back what could not be written, to be taken again the next time. */
    public synchronized void putBack(String exemption, Use use) {
        written.remove(exemption);
        use.excused().forEach((workload, excused) -> note(exemption, workload, excused.values(), excused.last()));
    }

    private void note(String exemption, String workload, Collection<String> values, Instant when) {
        Use before = uses.get(exemption);
        if (before == null && (uses.size() >= MOST_EXEMPTIONS || !hasRoomFor(exemption))) {
            return;
        }
        Map<String, Excused> excused = before == null ? new LinkedHashMap<>() : before.excused();
        uses.put(exemption, new Use(before == null ? when : later(before.last(), when), excused));
        Excused known = excused.get(workload);
        if (known == null && (excused.size() >= MOST_WORKLOADS || !hasRoomFor(workload))) {
            return;
        }
        TreeSet<String> all = known == null ? new TreeSet<>() : known.values();
        excused.put(workload, new Excused(known == null ? when : later(known.last(), when), all));
        for (String value : values) {
            if (!all.contains(value) && all.size() < MOST_VALUES && hasRoomFor(value)) {
                all.add(value);
            }
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
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
        for (Map.Entry<String, Excused> workload : use.excused().entrySet()) {
            weight += weight(workload.getKey());
            weight += workload.getValue().values().stream()
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
