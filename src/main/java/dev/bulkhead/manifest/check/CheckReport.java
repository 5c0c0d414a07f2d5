package dev.bulkhead.manifest.check;

import dev.bulkhead.engine.edit.JsonPatch;
import dev.bulkhead.engine.edit.Operation;
import dev.bulkhead.engine.evaluation.FindingList;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.manifest.ManifestProblem;
import java.util.List;
import java.util.Optional;

/**
 * What came of judging manifests. It holds no part of them but what it says.
 *
 * @param profile what was judged by
 * @param others how many objects were seen that hold no pod
 * @param errors what could not be read or judged
 */
public record CheckReport(String profile, List<Entry> workloads, int others, List<ManifestProblem> errors) {
    public CheckReport {
        workloads = List.copyOf(workloads);
        errors = List.copyOf(errors);
    }

    /**
     * A workload and what is decided about it.
     *
     * @param document which of the file's documents it is in, counted from 0
     * @param line where it begins
     * @param pod whether it is a pod, which the gate fills in itself, or makes pods
     * @param judged whether any policy is for it
     * @param notes what to know about what is filled in
     * @param omitted how many findings there are beside those that are listed
     */
    public record Entry(
            String file,
            int document,
            int line,
            String apiVersion,
            String kind,
            String namespace,
            String name,
            boolean pod,
            boolean judged,
            Outcome verdict,
            List<Line> findings,
            JsonPatch patch,
            List<String> notes,
            List<FindingList.Omitted> omitted) {
        public Entry {
            omitted = List.copyOf(omitted);
            findings = List.copyOf(findings);
            notes = List.copyOf(notes);
        }

        public List<Line> leadingTo(Action action) {
            return findings.stream()
                    .filter(finding ->
                            finding.action() == action && finding.exemption().isEmpty())
                    .toList();
        }
    }

    /**
     * A finding.
     *
     * @param path the JSON Pointer from the document's root
     * @param line where that stands, or what is nearest to it
     * @param fix how it is put right, in words
     * @param edits the same as a JSON Patch of the document; empty where no edit can be right
     * @param left why the safe value was not filled in, where it might have been
     */
    public record Line(
            String rule,
            String layer,
            Action action,
            Optional<String> container,
            String path,
            int line,
            String message,
            Optional<String> exemption,
            String value,
            String fix,
            List<Operation> edits,
            Optional<String> left) {
        public Line {
            edits = List.copyOf(edits);
        }
    }

    public long count(Outcome verdict) {
        return workloads.stream().filter(entry -> entry.verdict() == verdict).count();
    }
}
