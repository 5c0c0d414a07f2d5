package dev.bulkhead.app.console.view;

import dev.bulkhead.app.cluster.scan.Scan;
import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.app.cluster.scan.WorkloadId;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.preview.OwnerLabels;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.workload.KubernetesKind;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a viewer sees of the last scan: nothing of other namespaces is in it, not even in a count.
 *
 * @param at when the cluster was scanned
 */
public record Seen(Viewer viewer, Instant at, List<Row> rows) {
    /** The parameter of a workload's page that names the group of its API. */
    public static final String GROUP = "group";

    /** The worst of a workload's findings: the first of those that are. */
    private static final Comparator<ReportedFinding> WORST = Comparator.<ReportedFinding, Boolean>comparing(
                    finding -> finding.exemption().isPresent())
            .thenComparing(ReportedFinding::action, Comparator.reverseOrder())
            .thenComparing(finding -> finding.rule().severity());

    public Seen {
        rows = List.copyOf(rows);
    }

    /** A workload with what pages show of it. */
    public record Row(ScannedWorkload workload, HullMarks hull, Optional<ReportedFinding> worst) {
        static Row of(ScannedWorkload workload) {
            return new Row(
                    workload,
                    HullMarks.of(workload),
                    workload.report().findings().stream().min(WORST));
        }

        /** Without what a token may do and who is beside it, which name namespaces and accounts elsewhere. */
        public Row withinItsNamespace() {
            return new Row(workload.withinItsNamespace(), hull, worst);
        }

        /** Which one it is. */
        public WorkloadId id() {
            return workload.id();
        }

        /** What would become of it today. */
        public Outcome verdict() {
            return workload.report().verdict();
        }

        /** The shortest way out; empty if none is open. */
        public Optional<Escape> escape() {
            return workload.reach().escape();
        }

        /** Whether it would be denied today. */
        public boolean isDenied() {
            return verdict() == Outcome.DENIED;
        }

        /** Whether that rule finds something, excused or not. */
        public boolean has(String ruleId) {
            return workload.report().findings().stream()
                    .anyMatch(finding -> finding.rule().id().equals(ruleId));
        }

        /** To whom it belongs; empty if no label says so. */
        public String owner(OwnerLabels labels, Map<String, Map<String, String>> ofNamespaces) {
            return labels.ownerOf(workload.labels(), ofNamespaces.getOrDefault(id().namespace(), Map.of()))
                    .orElse("");
        }

        /** The address of its page. */
        public Address address() {
            return Seen.addressOf(id());
        }
    }

    /** All workloads of a scan, the worst first. */
    public static List<Row> rowsOf(Scan.Snapshot scan) {
        return scan.workloads().stream()
                .sorted(ScannedWorkload.WORST_FIRST)
                .map(Row::of)
                .toList();
    }

    /**
     * What the viewer sees of these.
     *
     * @param all the worst first
     * @param at when they were scanned
     */
    public static Seen of(List<Row> all, Instant at, Viewer viewer) {
        if (viewer.everything()) {
            return new Seen(viewer, at, all);
        }
        return new Seen(
                viewer,
                at,
                all.stream()
                        .filter(row -> viewer.sees(row.id().namespace()))
                        .map(Row::withinItsNamespace)
                        // Their order would tell what was taken away.
                        .sorted(Comparator.comparing(Row::workload, ScannedWorkload.WORST_FIRST))
                        .toList());
    }

    /** A kind that is not Kubernetes' own can have the name of another, so that its group is named as well. */
    public static Address addressOf(WorkloadId id) {
        Address address = Address.of("workloads", id.namespace(), id.kind(), id.name());
        return isOfKubernetes(id) ? address : address.with(GROUP, group(id));
    }

    private static boolean isOfKubernetes(WorkloadId id) {
        return Arrays.stream(KubernetesKind.values())
                .anyMatch(kind -> kind.kind().equals(id.kind()) && kind.groups().contains(group(id)));
    }

    private static String group(WorkloadId id) {
        int slash = id.apiVersion().indexOf('/');
        return slash < 0 ? "" : id.apiVersion().substring(0, slash);
    }

    /** How many would be denied today. */
    public long denied() {
        return rows.stream().filter(Row::isDenied).count();
    }

    /** The namespaces that have workloads, by name. */
    public List<String> namespaces() {
        return rows.stream()
                .map(row -> row.id().namespace())
                .distinct()
                .sorted()
                .toList();
    }

    /** The rules that find something, by id. */
    public List<RuleInfo> rules() {
        return rows.stream()
                .flatMap(row -> row.workload().report().findings().stream())
                .map(ReportedFinding::rule)
                .distinct()
                .sorted(Comparator.comparing(RuleInfo::id))
                .toList();
    }

    /**
     * The workload at that place, if there is one that the viewer sees.
     *
     * @param group of its API; where none is given, a kind of Kubernetes' own is preferred
     */
    public Optional<Row> find(String namespace, String kind, String name, Optional<String> group) {
        return rows.stream()
                .filter(row -> row.id().namespace().equals(namespace)
                        && row.id().kind().equals(kind)
                        && row.id().name().equals(name)
                        && group.map(group(row.id())::equals).orElse(true))
                .min(Comparator.comparing((Row row) -> !isOfKubernetes(row.id()))
                        .thenComparing(Row::id));
    }

    /** What is said of an action: what happens to a pod that is created. */
    public static String outcomeOf(Action action) {
        return switch (action) {
            case DENY -> "denied";
            case HARDEN -> "filled in";
            case WARN -> "warned about";
            case AUDIT -> "recorded";
            case OFF -> "off";
        };
    }
}
