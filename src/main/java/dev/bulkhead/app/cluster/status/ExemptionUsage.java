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

/** Collects what exemptions were used for, until it is written into their status. */
public final class ExemptionUsage {
    /** The most workloads of one exemption between two writes; their names come from users. */
    private static final int MOST_WORKLOADS = 20;

    /** The most values of one workload. */
    static final int MOST_VALUES = Exemption.MOST_VALUES;

    private static final int MOST_EXEMPTIONS = 10_000;
    private static final int LENGTH = 200;

    /** The limit for all exemptions together; what does not fit is recorded at the next use. */
    private static final long MOST_BYTES = 4 << 20;

    /** The overhead of a text or an exemption in a map. */
    private static final int ENTRY_BYTES = 128;

    /** The first use is written at once; a constantly used exemption is not written all the time. */
    private static final Duration WRITE_EVERY = Duration.ofMinutes(1);

    private final Map<String, Instant> written = new HashMap<>();
    private final Map<String, Use> uses = new LinkedHashMap<>();
    private long bytes;

    /**
     * What one exemption was used for.
     *
     * @param last when it was last used
     * @param excused its uses by workload, as {@code NAMESPACE/KIND/NAME}
     */
    public record Use(Instant last, Map<String, Excused> excused) {}

    /**
     * What was excused in one workload.
     *
     * @param last when an exemption last applied to it
     * @param values rules with values, as {@code RULE=VALUE}
     */
    public record Excused(Instant last, TreeSet<String> values) {}

    /** Records the exemptions used for a workload that was admitted. */
    public synchronized void note(Verdict verdict, String namespace, String kind, String name, Instant now) {
        String workload = shortened(namespace + "/" + kind + "/" + name);
        for (EvaluatedFinding evaluated : verdict.findings()) {
            if (evaluated.exemption().isPresent()) {
                String value = shortened(evaluated.finding().rule().id() + "="
                        + evaluated.finding().value());
                note(evaluated.exemption().get(), workload, List.of(value), now);
            }
        }
    }

    /** Puts back what could not be written, so that the next {@link #take} returns it. */
    public synchronized void putBack(String exemption, Use use) {
        written.remove(exemption);
        use.excused().forEach((workload, excused) -> note(exemption, workload, excused.values(), excused.last()));
    }

    private void note(String exemption, String workload, Collection<String> values, Instant when) {
        Use before = uses.get(exemption);
        if (before == null && (uses.size() >= MOST_EXEMPTIONS || !reserve(exemption))) {
            return;
        }
        Map<String, Excused> excused = before == null ? new LinkedHashMap<>() : before.excused();
        uses.put(exemption, new Use(before == null ? when : later(before.last(), when), excused));
        Excused known = excused.get(workload);
        if (known == null && (excused.size() >= MOST_WORKLOADS || !reserve(workload))) {
            return;
        }
        TreeSet<String> all = known == null ? new TreeSet<>() : known.values();
        excused.put(workload, new Excused(known == null ? when : later(known.last(), when), all));
        for (String value : values) {
            if (!all.contains(value) && all.size() < MOST_VALUES && reserve(value)) {
                all.add(value);
            }
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** Reserves the memory for a text, if there is any. */
    private boolean reserve(String text) {
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

    /** The size of what is recorded, in bytes. */
    synchronized long bytes() {
        return bytes;
    }

    /** Removes and returns what is due to be written for each exemption. */
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
