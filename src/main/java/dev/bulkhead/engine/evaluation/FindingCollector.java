package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.policy.PolicyAction;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gathers what the rules find in one pod, with what the policies want done about it. What some policy fills in is filled
 * in before the others judge, so a denial by one of them is then no longer called for.
 */
final class FindingCollector {
    /**
     * More findings than any workload that somebody wrote has. Those beyond are counted, not kept, so that memory does
     * not grow with them; nothing that would be denied is admitted for it.
     */
    static final int MOST_KEPT = 20_000;

    private final RuleContext context;
    private final List<EvaluatedFinding> kept = new ArrayList<>(0);
    private final Set<Rule> severalRevisions;
    private final Map<Place, Integer> places = new HashMap<>(0);
    private int denialsNotKept;

    /**
     * The same place, found by two revisions of one rule; fields are made anew each time, their pointers are equal. Has an
     * order, so that tables stay fast when somebody makes up values whose hash codes collide.
     */
    private record Place(String rule, String pointer, String value, boolean unset) implements Comparable<Place> {
        private static final Comparator<Place> ORDER = Comparator.comparing(Place::pointer)
                .thenComparing(Place::value)
                .thenComparing(Place::rule)
                .thenComparing(Place::unset);

        static Place of(Finding finding) {
            return new Place(finding.rule().id(), finding.place().pointer(), finding.value(), finding.unset());
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    FindingCollector(EffectiveRules demands, RuleContext context) {
        this.context = context;
        Set<Rule> once = new HashSet<>();
        Set<Rule> twice = new HashSet<>(0);
        for (EffectiveRules.RuleDemands demand : demands.rules()) {
            if (!once.add(demand.rule())) {
                twice.add(demand.rule());
            }
        }
        this.severalRevisions = twice;
    }

    /** Runs that rule on the pod. */
    void run(EffectiveRules.RuleDemands demand, Pod pod) {
        context.work().steps(pod.containers().size() + pod.volumes().size());
        boolean several = severalRevisions.contains(demand.rule());
        demand.revision().check().run(pod, context, finding -> {
            context.work().step();
            add(finding, demand.clauses(), several);
        });
    }

    private void add(Finding finding, List<PolicyAction> clauses, boolean several) {
        Action strictest = Action.OFF;
        boolean fillable = false;
        List<EvaluatedFinding.Pin> pins = List.of();
        for (PolicyAction clause : clauses) {
            Action action = clause.actionFor(finding);
            strictest = Action.stricter(strictest, action);
            fillable |= finding.unset() && action == Action.HARDEN;
            if (action != Action.OFF && clause.pin().isPresent()) {
                pins = pins.isEmpty() ? new ArrayList<>(1) : pins;
                pins.add(new EvaluatedFinding.Pin(clause.pin().get(), action));
            }
        }
        if (strictest == Action.OFF) {
            return;
        }
        EvaluatedFinding judged = new EvaluatedFinding(
                finding, fillable ? Action.HARDEN : strictest, Optional.empty(), Optional.empty(), pins, false);
        if (several && mergedWithAnotherRevision(judged)) {
            return;
        }
        if (kept.size() < MOST_KEPT) {
            kept.add(judged);
        } else if (strictest.compareTo(Action.HARDEN) >= 0) {
            denialsNotKept++;
        }
    }

    /** Two revisions of a rule may find the same thing; it is one finding, and the stricter action stands. */
    private boolean mergedWithAnotherRevision(EvaluatedFinding next) {
        Place place = Place.of(next.finding());
        Integer index = places.get(place);
        if (index == null) {
            if (kept.size() < MOST_KEPT) {
                places.put(place, kept.size());
            }
            return false;
        }
        EvaluatedFinding other = kept.get(index);
        List<EvaluatedFinding.Pin> pins = new ArrayList<>(other.pins());
        pins.addAll(next.pins());
        boolean fillable =
                next.finding().unset() && (other.action() == Action.HARDEN || next.action() == Action.HARDEN);
        Action action = fillable ? Action.HARDEN : Action.stricter(other.action(), next.action());
        kept.set(index, new EvaluatedFinding(other.finding(), action, Optional.empty(), Optional.empty(), pins, false));
        return true;
    }

    /** In the order of the rules. */
    List<EvaluatedFinding> kept() {
        return kept;
    }

    /** How many findings were not kept that are to be denied or filled in. */
    int denialsNotKept() {
        return denialsNotKept;
    }
}
