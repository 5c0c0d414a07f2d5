package dev.bulkhead.engine.proposal;

import dev.bulkhead.engine.evaluation.DeniedScope;
import dev.bulkhead.engine.evaluation.EvaluatedFinding;
import dev.bulkhead.engine.evaluation.EvaluatedWorkload;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Exemption.Owner;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.document.NameSyntax;
import dev.bulkhead.engine.proposal.Proposal.Denial;
import dev.bulkhead.engine.proposal.Proposal.Proposed;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Proposes the smallest set of exemptions that has exactly these workloads admitted: values as they are found, and one
 * exemption for a workload, or several where its containers need different things. It evaluates the workloads with what it
 * proposes, so that a proposal suffices, and with one value less, so that nothing in it is superfluous.
 */
public final class ExemptionProposer {
    private static final String REASON = Exemption.PLACEHOLDER + ": why this has to be allowed";
    private static final String OWNER = Exemption.PLACEHOLDER + ": who can tell whether it is still needed";

    private static final Duration PROPOSED_DURATION = Duration.ofDays(90);

    /** An exemption may change what is hardened, and that what is denied; it settles after two or three rounds. */
    private static final int MOST_ROUNDS = 8;

    /** Above this, what was found denied is not tried again without each value. */
    private static final int MOST_TRIED = 200;

    /** The most values of a rule that an Exemption can have. */
    private static final int MOST_VALUES = 1_000;

    private final PolicySet policies;
    private final ClusterCapabilities cluster;
    private final Instant now;
    private final Instant expires;
    private final String namespace;
    private final WorkMeter work;
    private final ExemptionNames names;

    /**
     * Proposes exemptions from these policies, beside their exemptions.
     *
     * @param expires the proposed end
     * @param namespace where the exemptions are to be applied
     */
    public ExemptionProposer(
            PolicySet policies, ClusterCapabilities cluster, Instant now, Instant expires, String namespace) {
        this(policies, cluster, now, expires, namespace, WorkMeter.unlimited());
    }

    /**
     * The same, until a deadline.
     *
     * @param work ends it by {@link dev.bulkhead.engine.rule.EvaluationTimeoutException}
     */
    public ExemptionProposer(
            PolicySet policies,
            ClusterCapabilities cluster,
            Instant now,
            Instant expires,
            String namespace,
            WorkMeter work) {
        this.policies = policies;
        this.cluster = cluster;
        this.now = now;
        this.expires = expires;
        this.namespace = namespace;
        this.work = work;
        this.names = new ExemptionNames(policies.exemptions().stream()
                .map(Exemption::name)
                .map(name -> name.substring(name.indexOf('/') + 1))
                .toList());
    }

    /** The end to propose: 90 days ahead, or as far ahead as an exemption may expire. */
    public static Instant expiry(Instant now, Duration longest) {
        Instant latest = now.plus(longest.compareTo(PROPOSED_DURATION) < 0 ? longest : PROPOSED_DURATION);
        Instant midnight = latest.truncatedTo(ChronoUnit.DAYS);
        return midnight.isAfter(now) ? midnight : latest.truncatedTo(ChronoUnit.SECONDS);
    }

    /** A proposal for each workload, by namespace, kind and name. A workload that is given twice gets one. */
    public List<Proposal> propose(List<DeniedWorkload> workloads) {
        Map<DeniedWorkload.Id, List<DeniedWorkload.State>> states = new TreeMap<>();
        workloads.forEach(workload ->
                states.computeIfAbsent(workload.id(), id -> new ArrayList<>()).addAll(workload.states()));
        List<Proposal> proposals = new ArrayList<>();
        states.forEach((id, all) -> new OfOne(id, all).propose().ifPresent(proposals::add));
        return proposals;
    }

    /** The proposal for one workload. */
    private final class OfOne {
        private final DeniedWorkload.Id id;
        private final List<DeniedWorkload.State> states;
        private final List<Exemption> existing;
        private final Set<String> containers = new TreeSet<>();
        private final Map<DeniedScope.Id, Set<Denial>> denials = new LinkedHashMap<>();

        OfOne(DeniedWorkload.Id id, List<DeniedWorkload.State> states) {
            this.id = id;
            this.states = states;
            this.existing = policies.exemptions().stream()
                    .filter(exemption -> exemption.match().namespaces().contains(id.namespace()))
                    .toList();
        }

        /** Empty if it is not denied. */
        Optional<Proposal> propose() {
            List<EvaluatedWorkload> denied = denied(new Grants());
            if (denied.isEmpty()) {
                return Optional.empty();
            }
            Grants grants = new Grants();
            Optional<String> objection = objection();
            for (int round = 0; !denied.isEmpty() && round < MOST_ROUNDS; round++) {
                boolean more = false;
                for (EvaluatedWorkload one : denied) {
                    one.workload().pod().containers().stream()
                            .map(Container::name)
                            .forEach(containers::add);
                    if (one.verdict().denialsNotKept() > 0) {
                        objection = objection.or(() -> Optional.of("it has more findings than are listed"));
                    }
                    for (DeniedScope scope : DeniedScope.of(one)) {
                        note(scope);
                        more |= grants.add(scope);
                    }
                }
                objection = objection.or(() -> objectionTo(grants));
                if (objection.isPresent() || !more) {
                    return Optional.of(refused(objection.orElse("exemptions do not cover all of it")));
                }
                denied = denied(grants);
            }
            return Optional.of(
                    denied.isEmpty()
                            ? new Proposal(id, proposed(smallest(grants)), Optional.empty(), allDenials())
                            : refused("exemptions do not cover all of it"));
        }

        private void note(DeniedScope scope) {
            Set<Denial> ofScope = denials.computeIfAbsent(scope.id(), key -> new LinkedHashSet<>());
            for (EvaluatedFinding one : scope.denials()) {
                ofScope.add(new Denial(scope.id().ruleId(), one.finding().message()));
            }
        }

        private Proposal refused(String objection) {
            return new Proposal(id, List.of(), Optional.of(objection), allDenials());
        }

        private List<Denial> allDenials() {
            return denials.values().stream().flatMap(Set::stream).distinct().toList();
        }

        private Optional<String> objection() {
            if (id.name().isEmpty()) {
                return Optional.of("it has no name that an exemption could name: what generateName makes of it is not"
                        + " known beforehand");
            }
            if (!WorkloadKinds.ofKubernetes().contains(id.kind())) {
                return Optional.of("an exemption cannot be for workloads of kind " + id.kind()
                        + ", because Bulkhead cannot verify which pods belong to them; one without \"workloads\" that"
                        + " names the containers would be for all workloads with such containers in the namespace");
            }
            return objectionTo(NameSyntax.NAMESPACE, id.namespace())
                    .or(() -> objectionTo(NameSyntax.WORKLOAD, id.name()));
        }

        private Optional<String> objectionTo(Grants grants) {
            for (String container : containers) {
                Optional<String> objection = objectionTo(NameSyntax.CONTAINER, container);
                if (objection.isPresent()) {
                    return objection;
                }
            }
            for (Grants.Bundle bundle : grants.bundles(containers)) {
                for (Map.Entry<String, Set<String>> grant : bundle.allow().entrySet()) {
                    if (grant.getValue().contains(Exemption.ANY)) {
                        return Optional.of("the value \"*\" of " + grant.getKey()
                                + " cannot be named: in an exemption it stands for every value");
                    }
                    if (grant.getValue().size() > MOST_VALUES) {
                        return Optional.of("it has more than " + MOST_VALUES + " values of " + grant.getKey());
                    }
                }
            }
            return Optional.empty();
        }

        private static Optional<String> objectionTo(NameSyntax syntax, String name) {
            return syntax.accepts(name) ? Optional.empty() : Optional.of(syntax.objectionTo(name));
        }

        /** The states that are denied with these grants. */
        private List<EvaluatedWorkload> denied(Grants grants) {
            List<Exemption> exemptions = new ArrayList<>(existing);
            int number = 0;
            for (Grants.Bundle bundle : grants.bundles(containers)) {
                exemptions.add(exemption(Integer.toString(number++), bundle));
            }
            WorkloadEvaluation evaluation = new WorkloadEvaluation(policies.with(exemptions), cluster, now, work);
            return states.stream()
                    .map(state -> state.evaluate(evaluation))
                    .filter(evaluated -> evaluated.verdict().outcome() == Outcome.DENIED)
                    .toList();
        }

        /** Leaves out every value and container without which it is not denied either. */
        private Grants smallest(Grants grants) {
            List<Grants.Part> parts = grants.parts();
            if (parts.size() > MOST_TRIED) {
                return grants;
            }
            Grants smallest = grants;
            for (Grants.Part part : parts) {
                smallest = smallest.without(part).filter(this::suffices).orElse(smallest);
            }
            for (int round = 0; round < MOST_ROUNDS; round++) {
                Grants fewer = withoutOfAll(smallest);
                if (fewer.size() == smallest.size()) {
                    break;
                }
                smallest = fewer;
            }
            return smallest;
        }

        /**
         * Leaves out of each exemption every value that its containers can do without only together: what they inherit from
         * the pod may be excused there, but not while one of them still keeps the pod's value from being all containers'.
         */
        private Grants withoutOfAll(Grants grants) {
            Grants fewer = grants;
            for (Grants.Bundle bundle : grants.bundles(containers)) {
                for (Map.Entry<String, Set<String>> grant : bundle.allow().entrySet()) {
                    for (String value : grant.getValue()) {
                        Grants without = fewer.without(bundle, grant.getKey(), value);
                        if (suffices(without)) {
                            fewer = without;
                        }
                    }
                }
            }
            return fewer;
        }

        private boolean suffices(Grants grants) {
            return denied(grants).isEmpty();
        }

        private List<Proposed> proposed(Grants grants) {
            List<Grants.Bundle> bundles = grants.bundles(containers);
            List<Proposed> proposed = new ArrayList<>();
            for (Grants.Bundle bundle : bundles) {
                String name = names.next(id, bundles.size() == 1 ? Set.of() : bundle.containers());
                proposed.add(new Proposed(
                        namespace,
                        name,
                        exemption(namespace + "/" + name, bundle),
                        bundle.scopes().stream()
                                .flatMap(scope -> denials.getOrDefault(scope, Set.of()).stream())
                                .collect(Collectors.toCollection(LinkedHashSet::new))
                                .stream()
                                .toList()));
            }
            return proposed;
        }

        private Exemption exemption(String name, Grants.Bundle bundle) {
            return new Exemption(
                    name,
                    REASON,
                    OWNER,
                    expires,
                    new Exemption.Match(
                            Set.of(id.namespace()), Set.of(new Owner(id.kind(), id.name())), bundle.containers()),
                    bundle.allow());
        }
    }
}
