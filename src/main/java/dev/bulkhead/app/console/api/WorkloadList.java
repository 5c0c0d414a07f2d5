package dev.bulkhead.app.console.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bulkhead.app.console.view.Seen;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Layer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Some of the workloads that run, the worst first. */
@Schema(name = "WorkloadList", description = "Some of the workloads that run, the worst first.")
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record WorkloadList(
        @Schema(required = true, examples = "bulkhead.dev/v1alpha1")
        String apiVersion,

        @Schema(required = true, examples = "WorkloadList") String kind,

        @Schema(required = true, description = "When the cluster was last evaluated.", format = "date-time")
        String scanned,

        @Schema(required = true, description = "How many match.")
        int total,

        @Schema(required = true, description = "Which page this is, counted from 1.")
        int page,

        @Schema(description = "The path of the next page; missing on the last.")
        Optional<String> next,

        @Schema(description = "Why the caller sees less than usual at the moment.")
        Optional<String> limit,

        @Schema(required = true, description = "At most 50.")
        List<Entry> workloads) {
    WorkloadList {
        workloads = List.copyOf(workloads);
    }

    /** A workload of the list. */
    @Schema(name = "WorkloadEntry", description = "A workload: what a person would edit, rather than its pods.")
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Entry(
            @Schema(required = true, examples = "apps/v1") String apiVersion,

            @Schema(required = true) String kind,

            @Schema(required = true, examples = "shop") String namespace,
            @Schema(required = true, examples = "web") String name,

            @Schema(
                    required = true,
                    description = "What would become of it today.",
                    enumeration = {"denied", "hardened", "warned", "passed"})
            String verdict,

            @Schema(
                    required = true,
                    description = "Whether it starts with what is filled in.",
                    enumeration = {"yes", "unknown", "no"})
            String starts,

            @Schema(description = "To whom it belongs; missing if no label says so.")
            Optional<String> owner,

            @Schema(required = true, description = "How many pods it has.")
            int pods,

            @Schema(required = true, description = "The eight layers of its hull, from identity to sandbox.")
            List<LayerMark> layers,

            @Schema(description = "What a compromise of it leads to; missing if no way is open.", examples = "node")
            Optional<String> reaches,

            @Schema(description = "The worst of its findings.")
            Optional<Worst> worst,

            @Schema(required = true) Counts findings,

            @Schema(required = true, description = "The path of its page.")
            String link,

            @Schema(required = true, description = "The path of all that is known of it, in this API.")
            String self) {
        Entry {
            layers = List.copyOf(layers);
        }

        static Entry of(Seen.Row row, String owner) {
            String address = row.address().toString();
            return new Entry(
                    row.id().apiVersion(),
                    row.id().kind(),
                    row.id().namespace(),
                    row.id().name(),
                    row.verdict().label(),
                    row.workload().report().starts().label(),
                    Optional.of(owner).filter(text -> !text.isEmpty()),
                    row.workload().pods(),
                    LayerMark.of(row),
                    row.escape().map(way -> way.to().label()),
                    row.worst().map(Worst::of),
                    Counts.of(row.workload().report().findings()),
                    address,
                    "/api/v1" + address);
        }
    }

    /** A layer of a workload. */
    @Schema(name = "LayerMark", description = "A layer of the hull.")
    record LayerMark(
            @Schema(required = true, examples = "identity") String layer,

            @Schema(
                    required = true,
                    description = "Whether it holds; `filled`: once its pods are created again.",
                    enumeration = {"holds", "filled", "open"})
            String state) {
        static List<LayerMark> of(Seen.Row row) {
            return Arrays.stream(Layer.values())
                    .map(layer ->
                            new LayerMark(layer.label(), row.hull().of(layer).label()))
                    .toList();
        }
    }

    /** The worst finding. */
    @Schema(name = "WorstFinding", description = "The worst of a workload's findings.")
    record Worst(
            @Schema(required = true, examples = "privileged")
            String rule,

            @Schema(required = true) String title,

            @Schema(
                    required = true,
                    enumeration = {"harden", "deny", "warn", "audit"})
            String action,

            @Schema(
                    required = true,
                    enumeration = {"critical", "high", "medium", "low"})
            String severity) {
        static Worst of(ReportedFinding finding) {
            return new Worst(
                    finding.rule().id(),
                    finding.rule().title(),
                    finding.action().label(),
                    finding.rule().severity().label());
        }
    }

    /** How many findings there are. */
    @Schema(name = "FindingCounts", description = "How many findings there are, by what is done about them.")
    record Counts(
            @Schema(required = true) long deny,
            @Schema(required = true) long harden,
            @Schema(required = true) long warn,
            @Schema(required = true) long audit,

            @Schema(required = true, description = "Those that an exemption excuses, which are in no other number.")
            long excused) {
        static Counts of(List<ReportedFinding> findings) {
            return new Counts(
                    count(findings, Action.DENY),
                    count(findings, Action.HARDEN),
                    count(findings, Action.WARN),
                    count(findings, Action.AUDIT),
                    findings.stream()
                            .filter(finding -> finding.exemption().isPresent())
                            .count());
        }

        private static long count(List<ReportedFinding> findings, Action action) {
            return findings.stream()
                    .filter(finding ->
                            finding.action() == action && finding.exemption().isEmpty())
                    .count();
        }
    }
}
