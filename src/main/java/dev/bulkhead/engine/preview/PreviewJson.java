package dev.bulkhead.engine.preview;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.report.ReportJson;
import java.util.Optional;

/**
 * A preview as JSON, for programs. It is a report of verdicts with more: what {@link ReportJson} names means the same here. The
 * names and their order are public.
 */
public final class PreviewJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private PreviewJson() {}

    /** The preview as a tree of its own. */
    public static ObjectNode of(Preview preview) {
        ObjectNode json = JSON.objectNode()
                .put("apiVersion", "bulkhead.dev/v1alpha1")
                .put("kind", "PreviewReport")
                .put("profile", preview.name());
        ObjectNode summary =
                json.putObject("summary").put("workloads", preview.workloads().size());
        summary.put("denied", preview.count(PreviewOutcome.DENIED))
                .put("atRisk", preview.count(PreviewOutcome.AT_RISK))
                .put("hardened", preview.count(PreviewOutcome.HARDENED))
                .put("passes", preview.count(PreviewOutcome.PASSES))
                .put("warned", preview.report().count(Outcome.WARNED))
                .put("excluded", preview.excluded())
                .put("errors", preview.problems().size());
        ArrayNode remarks = json.putArray("remarks");
        preview.remarks().forEach(remarks::add);
        ArrayNode workloads = json.putArray("workloads");
        preview.workloads().forEach(workload -> workloads.add(of(workload)));
        json.set("errors", ReportJson.problems(preview.problems()));
        return json;
    }

    private static ObjectNode of(PreviewedWorkload workload) {
        ObjectNode json = ReportJson.of(workload.report());
        put(json, "owner", workload.owner());
        json.put("pods", workload.pods())
                .put("outcome", workload.outcome().label())
                .put("starts", workload.starts().label());
        ArrayNode evidence = json.putArray("evidence");
        for (Evidence one : workload.evidence()) {
            ObjectNode item = evidence.addObject().put("kind", one.kind().label());
            put(item, "container", one.container());
            item.put("message", one.sentence());
            put(item, "source", Optional.of(one.source()).filter(source -> !source.isEmpty()));
            item.put("starts", one.starts().label());
        }
        return json;
    }

    private static void put(ObjectNode json, String name, Optional<String> text) {
        if (text.isPresent()) {
            json.put(name, text.get());
        } else {
            json.putNull(name);
        }
    }
}
