package dev.bulkhead.app.cluster.scan.preview;

import dev.bulkhead.app.cluster.scan.Inventory;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.preview.Evidence;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.preview.PreviewedWorkload;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The last previews, limited in bytes. Used by one thread at a time. */
final class PreviewCache {
    /** How long one is shown although the cluster has changed since. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    /** How long one is shown at most: what is known of images and volumes changes without a notice. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private static final int FINDING_BYTES = 1_024;
    private static final int WORKLOAD_BYTES = 1_024;
    private static final int EVIDENCE_BYTES = 256;

    private static final int MOST = 32;

    private final long mostBytes;
    private final Map<PreviewQuery, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /**
     * What a preview was made of.
     *
     * @param inventory what there was
     * @param version of the inventory
     * @param policies that were in force
     */
    record Made(Instant at, Inventory inventory, long version, PolicySet policies) {
        /** Whether no workload has changed in between. */
        boolean isSameAs(Made other) {
            return inventory == other.inventory && version == other.version;
        }
    }

    private record Entry(Preview preview, Made made, long bytes) {}

    PreviewCache(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** The preview for that query that would still be made of this, or nearly. */
    Optional<Preview> find(PreviewQuery query, Made now) {
        return Optional.ofNullable(entries.get(query))
                .filter(entry -> entry.made.policies() == now.policies()
                        && now.at()
                                .isBefore(
                                        entry.made.at().plus(entry.made.version() == now.version() ? LONGEST : FRESH)))
                .map(Entry::preview);
    }

    /** Drops what was made of another reading of the cluster, which would keep it all in memory. */
    private void forgetOthers(Made made) {
        entries.values().removeIf(entry -> {
            boolean other = entry.made().inventory() != made.inventory();
            bytes -= other ? entry.bytes() : 0;
            return other;
        });
    }

    /** Keeps a preview, unless it is larger than all of them may be. */
    void put(PreviewQuery query, Made made, Preview preview) {
        forgetOthers(made);
        long size = bytes(query, preview);
        Entry before = entries.remove(query);
        bytes -= before == null ? 0 : before.bytes();
        if (size > mostBytes) {
            return;
        }
        entries.put(query, new Entry(preview, made, size));
        bytes += size;
        var oldest = entries.entrySet().iterator();
        while ((bytes > mostBytes || entries.size() > MOST) && oldest.hasNext()) {
            bytes -= oldest.next().getValue().bytes();
            oldest.remove();
        }
    }

    /** An upper bound for most, by the number of findings, which have texts and edits of their own. */
    private static long bytes(PreviewQuery query, Preview preview) {
        long size = WORKLOAD_BYTES + sizeOf(query);
        for (PreviewedWorkload workload : preview.workloads()) {
            size += WORKLOAD_BYTES
                    + (long) FINDING_BYTES * workload.report().findings().size();
            for (Evidence evidence : workload.evidence()) {
                size += EVIDENCE_BYTES + 2L * evidence.sentence().length();
            }
        }
        return size;
    }

    private static long sizeOf(PreviewQuery query) {
        long size = query.namespaces().map(names -> names.size() * 128L).orElse(0L);
        return query.basis() instanceof PreviewQuery.Basis.OfDocuments documents
                ? size + 2L * documents.yaml().length()
                : size;
    }

    long bytes() {
        return bytes;
    }
}
