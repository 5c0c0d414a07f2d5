package dev.bulkhead.engine.reach.account;

import dev.bulkhead.engine.reach.Escape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What pods of a namespace give to somebody who gets into them: in each namespace the shortest way to either target.
 *
 * @param byNamespace of the namespaces that have one
 */
record Footholds(SortedMap<String, Foothold> byNamespace) {
    static final Footholds NONE = new Footholds(new TreeMap<>());

    private static final Comparator<Breakout> SHORTEST = Comparator.comparing(
                    (Breakout breakout) -> breakout.escape().steps().size())
            .thenComparing(Breakout::pod)
            .thenComparing(Breakout::escape);

    /**
     * Of a namespace.
     *
     * @param token a pod that has the token of a powerful account
     * @param breakout a pod from which a way leads to root on the node without its token
     */
    record Foothold(Optional<Holder> token, Optional<Breakout> breakout) {}

    /** A pod with the token of that account. */
    record Holder(String pod, String account) {}

    /** A pod with a way out. */
    record Breakout(String pod, Escape escape) {}

    /** Looks at every workload once. */
    static Footholds of(Collection<RunningWorkload> running, ClusterAccess access) {
        SortedMap<String, List<RunningWorkload>> grouped = new TreeMap<>();
        running.forEach(workload -> grouped.computeIfAbsent(workload.namespace(), name -> new ArrayList<>())
                .add(workload));
        SortedMap<String, Foothold> found = new TreeMap<>();
        grouped.forEach((namespace, workloads) -> {
            Optional<Holder> token = workloads.stream()
                    .flatMap(workload -> workload.pods()
                            .accounts(namespace, access)
                            .filter(name -> access.powerful().has(namespace, name))
                            .map(name -> new Holder(pod(workload), namespace + "/" + name)))
                    .min(Comparator.comparing(Holder::pod).thenComparing(Holder::account));
            Optional<Breakout> breakout = workloads.stream()
                    .flatMap(workload ->
                            workload.pods().ownEscape().map(escape -> new Breakout(pod(workload), escape)).stream())
                    .min(SHORTEST);
            if (token.isPresent() || breakout.isPresent()) {
                found.put(namespace, new Foothold(token, breakout));
            }
        });
        return new Footholds(found);
    }

    private static String pod(RunningWorkload workload) {
        return workload.label() + " in namespace " + workload.namespace();
    }

    /** A pod in that scope that has the token of a powerful account. */
    Optional<Holder> token(Scope scope) {
        return in(scope).flatMap(foothold -> foothold.token().stream()).findFirst();
    }

    /** The pod in that scope that is left by the shortest way. */
    Optional<Breakout> breakout(Scope scope) {
        return in(scope).flatMap(foothold -> foothold.breakout().stream()).min(SHORTEST);
    }

    /** Of the namespaces with such pods one that gives a token, and the one with the shortest way; no other gives more. */
    Stream<String> best() {
        return Stream.concat(
                byNamespace.entrySet().stream()
                        .filter(entry -> entry.getValue().token().isPresent())
                        .map(Map.Entry::getKey)
                        .limit(1),
                byNamespace.entrySet().stream()
                        .flatMap(entry -> entry.getValue().breakout().stream()
                                .map(breakout -> Map.entry(entry.getKey(), breakout)))
                        .min(Map.Entry.comparingByValue(SHORTEST))
                        .map(Map.Entry::getKey)
                        .stream());
    }

    private Stream<Foothold> in(Scope scope) {
        return scope.everywhere()
                ? byNamespace.values().stream()
                : Optional.ofNullable(byNamespace.get(scope.namespace())).stream();
    }
}
