package dev.bulkhead.app.cluster.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.report.ReportResult.Kind;
import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.app.cluster.scan.WorkloadId;
import dev.bulkhead.engine.evaluation.FindingList;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.report.ReportedWorkload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A workload's report: what is wrong with it, the worst first, limited in number and bytes with the rest counted.
 *
 * @param content the report without API, identity and time, by which changes are noticed
 * @param hash of the content
 */
record ReportDocument(ObjectNode content, String hash) {
    static final String SOURCE = "bulkhead";

    /** The label of all reports that Bulkhead writes, and its value. */
    static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    /** The annotation with the content's hash. */
    static final String CONTENT = "bulkhead.dev/content";

    static final int MOST_RESULTS = 100;

    /** Of the results as JSON. All together stay far below what etcd takes. */
    static final int MOST_BYTES = 64 << 10;

    private static final int HASH_BYTES = 12;

    private static final Comparator<ReportResult> WORST_FIRST = Comparator.comparing(ReportResult::kind)
            .thenComparing(ReportResult::severity, Comparator.comparing(ReportDocument::rank))
            .thenComparing(ReportResult::rule);

    /** The report of a workload. */
    static ReportDocument of(ScannedWorkload scanned) {
        ReportedWorkload report = scanned.report();
        List<ReportResult> results =
                new ArrayList<>(report.findings().stream().map(ReportResult::of).toList());
        results.sort(WORST_FIRST);
        Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
        results.forEach(result -> counts.merge(result.kind(), 1, Integer::sum));
        Map<Kind, Integer> notListed = new EnumMap<>(Kind.class);
        for (FindingList.Omitted omitted : report.omitted()) {
            counts.merge(Kind.of(omitted.action()), omitted.count(), Integer::sum);
            notListed.merge(Kind.of(omitted.action()), omitted.count(), Integer::sum);
        }
        if (report.verdict() == Outcome.PASSED && results.isEmpty()) {
            results.add(ReportResult.ofWorkload(Kind.PASS, "meets every rule that applies to it"));
            counts.merge(Kind.PASS, 1, Integer::sum);
        }
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        ArrayNode listed = content.putArray("results");
        int bytes = 0;
        for (ReportResult result : results) {
            ObjectNode json = result.toJson();
            bytes += json.toString().length();
            if (listed.size() < MOST_RESULTS && bytes <= MOST_BYTES) {
                listed.add(json);
            } else {
                notListed.merge(result.kind(), 1, Integer::sum);
            }
        }
        if (!notListed.isEmpty()) {
            listed.add(rest(notListed).toJson());
        }
        ObjectNode summary = content.putObject("summary");
        for (Kind kind : Kind.values()) {
            summary.put(kind.label(), counts.getOrDefault(kind, 0));
        }
        summary.put("error", 0);
        return new ReportDocument(content, ReportId.hash(content.toString(), HASH_BYTES));
    }

    private static int rank(String severity) {
        return List.of("critical", "high", "medium", "low").indexOf(severity);
    }

    /** Is no finding itself, so the summary does not count it. */
    private static ReportResult rest(Map<Kind, Integer> notListed) {
        int all = notListed.values().stream().mapToInt(Integer::intValue).sum();
        List<String> parts = new ArrayList<>();
        notListed.forEach((kind, count) -> parts.add(kind.label() + ": " + count));
        Kind worst = notListed.keySet().iterator().next();
        return ReportResult.ofWorkload(worst, "and " + all + " more (" + String.join(", ", parts) + ")");
    }

    /**
     * The object to be stored.
     *
     * @param uid the workload's, which owns the report
     * @param at the time of the results
     */
    ObjectNode toObject(ReportApi api, ReportId id, WorkloadId workload, String uid, Instant at) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", api.apiVersion()).put("kind", api.kind());
        ObjectNode metadata =
                object.putObject("metadata").put("name", id.name()).put("namespace", id.namespace());
        metadata.putObject("labels").put(MANAGED_BY, SOURCE);
        metadata.putObject("annotations").put(CONTENT, hash);
        metadata.putArray("ownerReferences")
                .addObject()
                .put("apiVersion", workload.apiVersion())
                .put("kind", workload.kind())
                .put("name", workload.name())
                .put("uid", uid);
        if (api == ReportApi.OPENREPORTS) {
            object.put("source", SOURCE);
        }
        object.putObject("scope")
                .put("apiVersion", workload.apiVersion())
                .put("kind", workload.kind())
                .put("namespace", workload.namespace())
                .put("name", workload.name())
                .put("uid", uid);
        ObjectNode copy = content.deepCopy();
        for (JsonNode result : copy.path("results")) {
            if (result instanceof ObjectNode fields) {
                fields.putObject("timestamp")
                        .put("seconds", at.getEpochSecond())
                        .put("nanos", 0);
            }
        }
        object.setAll(copy);
        return object;
    }
}
