package dev.bulkhead.engine.preview;

import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedProblem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What enforcing policies would do to the workloads of a cluster.
 *
 * @param name what would be enforced, as a heading says it
 * @param workloads by namespace, kind and name
 * @param excluded how many workloads there are besides in namespaces that admission does not evaluate
 * @param problems what could not be evaluated
 * @param remarks what a reader should know of how this was found out, in a sentence each
 */
public record Preview(
        String name,
        List<PreviewedWorkload> workloads,
        int excluded,
        List<ReportedProblem> problems,
        List<String> remarks) {
    private static final Comparator<Optional<String>> NAMED_FIRST =
            Comparator.comparing((Optional<String> owner) -> owner.isEmpty()).thenComparing(owner -> owner.orElse(""));

    public Preview {
        workloads = List.copyOf(workloads);
        problems = List.copyOf(problems);
        remarks = List.copyOf(remarks);
    }

    /** The workloads of one owner in one namespace. */
    public record Group(Optional<String> owner, String namespace, List<PreviewedWorkload> workloads) {
        public Group {
            workloads = List.copyOf(workloads);
        }
    }

    /** How many workloads have that outcome. */
    public long count(PreviewOutcome outcome) {
        return workloads.stream()
                .filter(workload -> workload.outcome() == outcome)
                .count();
    }

    /** The workloads with that outcome by owner and namespace; those without an owner are last. */
    public List<Group> groups(PreviewOutcome outcome) {
        Map<Optional<String>, Map<String, List<PreviewedWorkload>>> byOwner = new TreeMap<>(NAMED_FIRST);
        for (PreviewedWorkload workload : workloads) {
            if (workload.outcome() == outcome) {
                byOwner.computeIfAbsent(workload.owner(), owner -> new TreeMap<>())
                        .computeIfAbsent(workload.report().namespace(), namespace -> new ArrayList<>())
                        .add(workload);
            }
        }
        List<Group> groups = new ArrayList<>();
        byOwner.forEach((owner, byNamespace) ->
                byNamespace.forEach((namespace, some) -> groups.add(new Group(owner, namespace, some))));
        return groups;
    }

    /** Only the workloads that are like that, with all problems and remarks. */
    public Preview only(Predicate<PreviewedWorkload> like) {
        return new Preview(name, workloads.stream().filter(like).toList(), excluded, problems, remarks);
    }

    /** The same as a report of verdicts. */
    public Report report() {
        return new Report(
                name, workloads.stream().map(PreviewedWorkload::report).toList(), 0, problems);
    }
}
