package dev.bulkhead.cluster;

import dev.bulkhead.policy.Judged;
import dev.bulkhead.policy.Verdict;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** What exemptions excused lately, until it is written into their status. */
public final class ExemptionUses {
    /** Of one exemption between two writes; names come from users. */
    private static final int MOST_WORKLOADS = 20;

    private static final int MOST_EXEMPTIONS = 10_000;
    private static final int LENGTH = 200;

    private final Map<String, Use> uses = new LinkedHashMap<>();

    /**
     * What one exemption excused.
     *
     * @param excused the rules and values by workload, as {@code NAMESPACE/KIND/NAME}
     */
    record Use(Instant last, Map<String, TreeSet<String>> excused) {}

    /** Notes what exemptions excused about a workload that was let in. */
    public synchronized void note(Verdict verdict, String namespace, String kind, String name, Instant now) {
        for (Judged judged : verdict.findings()) {
            if (judged.exemption().isEmpty()) {
                continue;
            }
            String exemption = judged.exemption().get();
            Use before = uses.get(exemption);
            if (before == null && uses.size() >= MOST_EXEMPTIONS) {
                continue;
            }
            Map<String, TreeSet<String>> excused = before == null ? new LinkedHashMap<>() : before.excused();
            String workload = shortened(namespace + "/" + kind + "/" + name);
            if (excused.containsKey(workload) || excused.size() < MOST_WORKLOADS) {
                TreeSet<String> values = excused.computeIfAbsent(workload, key -> new TreeSet<>());
                if (values.size() < MOST_WORKLOADS) {
                    values.add(shortened(judged.finding().rule().id() + "="
                            + judged.finding().value()));
                }
            }
            uses.put(exemption, new Use(now, excused));
        }
    }

    /** What was noted since the last time. */
    synchronized Map<String, Use> take() {
        Map<String, Use> taken = Map.copyOf(uses);
        uses.clear();
        return taken;
    }

    private static String shortened(String text) {
        return text.length() <= LENGTH ? text : text.substring(0, LENGTH - 1) + "…";
    }
}
