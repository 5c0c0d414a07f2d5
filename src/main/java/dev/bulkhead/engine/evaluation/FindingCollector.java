package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.policy.PolicyAction;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Collects the findings of one pod, each with the strictest action of the policies. An unset field that one policy
 * hardens is hardened, even if another policy denies it: the filled-in value satisfies both.
 */
final class FindingCollector {
    /**
     * Bounds the memory used for a workload. Real workloads have far fewer findings; those beyond the limit are only
     * counted, and still deny the workload.
     */
    static final int MOST_KEPT = 20_000;

    private final EffectiveRules rules;
    private final RuleContext context;
    private final List<EvaluatedFinding> kept = new ArrayList<>(0);
    private final Map<Place, Integer> places = new HashMap<>(0);
    private int denialsNotKept;

    /**
     * Identifies a finding across two revisions of a rule. Comparable, so that hash tables stay fast when callers
     * choose values with equal hash codes.
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

    FindingCollector(EffectiveRules rules, RuleContext context) {
        this.rules = rules;
        this.context = context;
    }

    /** Runs the rule's check on the pod. */
    void run(EffectiveRules.EffectiveRule rule, Pod pod) {
        context.work().steps(pod.containers().size() + pod.volumes().size());
        boolean several = rules.isThereSeveralTimes(rule.rule());
        rule.revision().check().run(pod, context, finding -> {
            context.work().step();
            add(finding, rule.actions(), several);
        });
    }

    private void add(Finding finding, List<PolicyAction> actions, boolean several) {
        Action strictest = Action.OFF;
        boolean fillable = false;
        List<EvaluatedFinding.Pin> pins = List.of();
        for (PolicyAction policyAction : actions) {
            Action action = policyAction.actionFor(finding);
            strictest = Action.stricter(strictest, action);
            fillable |= finding.unset() && action == Action.HARDEN;
            if (action != Action.OFF && policyAction.pin().isPresent()) {
                pins = pins.isEmpty() ? new ArrayList<>(1) : pins;
                pins.add(new EvaluatedFinding.Pin(policyAction.pin().get(), action));
            }
        }
        if (strictest == Action.OFF) {
            return;
        }
        EvaluatedFinding evaluated = new EvaluatedFinding(
                finding, fillable ? Action.HARDEN : strictest, Optional.empty(), Optional.empty(), pins, false);
        if (several && mergedWithAnotherRevision(evaluated)) {
            return;
        }
        if (kept.size() < MOST_KEPT) {
            kept.add(evaluated);
        } else if (strictest.compareTo(Action.HARDEN) >= 0) {
            denialsNotKept++;
        }
    }

    /** Merges the same finding of two revisions of a rule; the stricter action applies. */
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

    /** The findings in the order of the rules. */
    List<EvaluatedFinding> kept() {
        return kept;
    }

    /** How many findings to be denied or hardened were not kept. */
    int denialsNotKept() {
        return denialsNotKept;
    }
}
