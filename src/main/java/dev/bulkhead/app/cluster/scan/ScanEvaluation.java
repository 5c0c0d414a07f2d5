package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.scan.Inventory.Scanned;
import dev.bulkhead.app.cluster.scan.observation.PodSummary;
import dev.bulkhead.engine.evaluation.EvaluatedWorkload;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.proposal.DeniedWorkload;
import dev.bulkhead.engine.reach.Neighbours;
import dev.bulkhead.engine.reach.PodExposure;
import dev.bulkhead.engine.reach.Reach;
import dev.bulkhead.engine.reach.account.ClusterAccess;
import dev.bulkhead.engine.reach.account.RunningWorkload;
import dev.bulkhead.engine.report.ObjectOrigin;
import dev.bulkhead.engine.report.ReportedProblem;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Evaluates workloads of the cluster: the controller as if it were created now, and its pods as if it created them
 * again. Used by one thread. What has not changed since the last time is not evaluated again.
 */
public final class ScanEvaluation {
    private static final int MOST_LABELS = 64;

    private final WorkloadKinds kinds;
    private Map<WorkloadId, Known> known = new HashMap<>();
    private Surroundings surroundings = Surroundings.UNKNOWN;
    private Optional<ClusterAccess> given = Optional.empty();
    private Optional<ClusterAccess> access = Optional.empty();

    /**
     * What the exposure of a workload depends on besides its pods.
     *
     * @param whole whether the inventory has the whole cluster, so that neighbours can be counted
     * @param access what service accounts may do; empty if that is not known
     */
    public record Surroundings(boolean whole, Optional<ClusterAccess> access) {
        public static final Surroundings UNKNOWN = new Surroundings(false, Optional.empty());
    }

    /**
     * What came of a workload.
     *
     * @param pods what of its exposure its pods alone decide
     * @param access by which its reach was found
     */
    private record Known(Scanned workload, PodExposure pods, Optional<ClusterAccess> access, ScannedWorkload result) {
        Known with(PodSummary states) {
            return states.equals(result.podStates()) ? this : new Known(workload, pods, access, result.with(states));
        }

        Known in(Optional<ClusterAccess> current, Optional<Neighbours> neighbours) {
            boolean same = current.equals(access);
            if (same && neighbours.equals(result.neighbours())) {
                return this;
            }
            String namespace = workload.id().namespace();
            Reach reach = same ? result.reach() : pods.reach(namespace, current.filter(all -> all.knows(namespace)));
            return new Known(workload, pods, current, result.with(pods.exposure(reach, neighbours)));
        }
    }

    /** What came of it, in the order of the workloads. */
    public record Result(List<ScannedWorkload> workloads, List<ReportedProblem> problems) {
        public Result {
            workloads = List.copyOf(workloads);
            problems = List.copyOf(problems);
        }
    }

    public ScanEvaluation(WorkloadKinds kinds) {
        this.kinds = kinds;
    }

    /** Tells what is known besides the workloads; nothing is until this is called. */
    public ScanEvaluation in(Surroundings known) {
        surroundings = known;
        return this;
    }

    /** Has everything evaluated anew, because policies, namespaces or the cluster have changed. */
    public void forget() {
        known.clear();
    }

    /**
     * Evaluates what is in the inventory.
     *
     * @param namespaces what is known of a namespace
     */
    public Result evaluate(Inventory inventory, WorkloadEvaluation evaluation, Function<String, Namespace> namespaces) {
        return evaluate(inventory, namespace -> true, evaluation, namespaces);
    }

    /**
     * Evaluates what is in some namespaces of the inventory.
     *
     * @param wanted which ones, by name
     * @param namespaces what is known of a namespace
     */
    public Result evaluate(
            Inventory inventory,
            Predicate<String> wanted,
            WorkloadEvaluation evaluation,
            Function<String, Namespace> namespaces) {
        Map<WorkloadId, Known> now = new HashMap<>();
        List<Scanned> scanned = inventory.workloads();
        List<ReportedProblem> problems = new ArrayList<>();
        for (Scanned workload : scanned) {
            if (!wanted.test(workload.id().namespace())) {
                continue;
            }
            Known before = known.get(workload.id());
            try {
                Optional<Known> after = before != null && before.workload().isLike(workload)
                        ? Optional.of(before)
                        : evaluate(workload, evaluation, namespaces);
                after.ifPresent(evaluated -> now.put(workload.id(), evaluated));
            } catch (MalformedWorkloadException e) {
                // The API server stores none of these, but a custom kind may hold anything.
                WorkloadId id = workload.id();
                problems.add(new ReportedProblem(
                        id.namespace() + "/" + id.kind() + "/" + id.name(), 0, 0, String.valueOf(e.getMessage())));
            }
        }
        inventory.leftOut().stream()
                .filter(id -> wanted.test(id.namespace()))
                .forEach(id -> problems.add(new ReportedProblem(
                        id.namespace() + "/" + id.kind() + "/" + id.name(),
                        0,
                        0,
                        "there is no room for it in memory")));
        known = now;
        return new Result(exposed(scanned), problems);
    }

    /** The results with what depends on more than the workload's own pods. */
    private List<ScannedWorkload> exposed(List<Scanned> scanned) {
        if (!surroundings.access().equals(given)) {
            given = surroundings.access();
            access = given;
        }
        access = access.map(before -> before.among(running(scanned)));
        Optional<KernelSharing> sharing = surroundings.whole()
                ? Optional.of(new KernelSharing(
                        scanned,
                        id -> Optional.ofNullable(known.get(id))
                                .filter(one -> one.pods().sharesKernel())
                                .isPresent()))
                : Optional.empty();
        List<ScannedWorkload> workloads = new ArrayList<>();
        for (Scanned workload : scanned) {
            Optional.ofNullable(known.get(workload.id())).ifPresent(one -> {
                Optional<Neighbours> neighbours =
                        sharing.map(counted -> counted.of(workload, one.pods().sharesKernel()));
                Known changed = one.with(workload.states()).in(access, neighbours);
                known.put(workload.id(), changed);
                workloads.add(changed.result());
            });
        }
        return workloads;
    }

    /** Those of the workloads that have pods, into which others may get. */
    private List<RunningWorkload> running(List<Scanned> scanned) {
        List<RunningWorkload> running = new ArrayList<>();
        for (Scanned workload : scanned) {
            WorkloadId id = workload.id();
            if (workload.podCount() > 0) {
                Optional.ofNullable(known.get(id))
                        .ifPresent(one -> running.add(
                                new RunningWorkload(id.namespace(), id.kind() + " " + id.name(), one.pods())));
            }
        }
        return running;
    }

    /**
     * The workloads of the result that are denied, so that exemptions can be proposed for them.
     *
     * @param result of this inventory
     * @param namespaces what is known of a namespace
     */
    public List<DeniedWorkload> denied(Inventory inventory, Result result, Function<String, Namespace> namespaces) {
        Set<WorkloadId> ids = new HashSet<>();
        for (ScannedWorkload workload : result.workloads()) {
            if (workload.report().verdict() == Outcome.DENIED) {
                ids.add(workload.id());
            }
        }
        return inventory.workloads().stream()
                .filter(workload -> ids.contains(workload.id()))
                .map(workload -> denied(workload, namespaces))
                .toList();
    }

    private DeniedWorkload denied(Scanned workload, Function<String, Namespace> namespaces) {
        WorkloadId id = workload.id();
        Namespace namespace = namespaces.apply(id.namespace());
        List<DeniedWorkload.State> states = new ArrayList<>();
        workload.template()
                .filter(this::isWorkload)
                .ifPresent(
                        template -> states.add(with -> with.asStored(workload(template), namespace, Optional.empty())));
        workload.pods().forEach(pod -> states.add(with -> with.asRecreated(workload(pod), namespace)));
        return new DeniedWorkload(new DeniedWorkload.Id(id.namespace(), id.kind(), id.name()), states);
    }

    private boolean isWorkload(ObjectContent content) {
        return kinds.find(Field.root(content.tree())).isPresent();
    }

    private Workload workload(ObjectContent content) {
        return kinds.find(Field.root(content.tree())).orElseThrow();
    }

    /** Empty if nothing of it holds a pod. */
    private Optional<Known> evaluate(
            Scanned workload, WorkloadEvaluation evaluation, Function<String, Namespace> namespaces) {
        WorkloadId id = workload.id();
        Namespace namespace = namespaces.apply(id.namespace());
        List<JsonNode> read = new ArrayList<>();
        List<ReportedWorkload> parts = new ArrayList<>();
        List<EvaluatedWorkload> running = new ArrayList<>();
        workload.template()
                .flatMap(template ->
                        report(template, read, parts, found -> evaluation.asStored(found, namespace, Optional.empty())))
                .filter(evaluated -> workload.pods().isEmpty())
                .ifPresent(running::add);
        workload.pods()
                .forEach(pod -> report(pod, read, parts, found -> evaluation.asRecreated(found, namespace))
                        .ifPresent(running::add));
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        PodExposure pods = PodExposure.of(running);
        return Optional.of(new Known(
                workload,
                pods,
                Optional.empty(),
                new ScannedWorkload(
                        id,
                        labels(read.get(0)),
                        ReportedWorkload.together(id.apiVersion(), id.kind(), id.name(), parts),
                        workload.podCount(),
                        workload.states(),
                        pods.exposure(pods.reach(id.namespace(), Optional.empty()), Optional.empty()))));
    }

    private Optional<EvaluatedWorkload> report(
            ObjectContent content,
            List<JsonNode> read,
            List<ReportedWorkload> parts,
            Function<Workload, EvaluatedWorkload> evaluation) {
        JsonNode given = content.tree();
        Optional<EvaluatedWorkload> evaluated = kinds.find(Field.root(given)).map(evaluation);
        evaluated.ifPresent(one -> {
            read.add(given);
            parts.add(ReportedWorkload.of(one, given, ObjectOrigin.NO_FILE));
        });
        return evaluated;
    }

    /** Those of the object, as many as anybody needs. */
    private static Map<String, String> labels(JsonNode object) {
        Map<String, String> labels = new TreeMap<>();
        for (Map.Entry<String, JsonNode> label :
                object.path("metadata").path("labels").properties()) {
            if (labels.size() < MOST_LABELS) {
                labels.put(label.getKey(), label.getValue().asText());
            }
        }
        return labels;
    }
}
