package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The findings of a verdict to show one by one. For each rule and container it is limited to what a person reads;
 * further findings are only counted, so that a long list does not hide other problems.
 *
 * @param findings in the order of the verdict
 * @param omitted how many more there are
 */
public record FindingList(List<EvaluatedFinding> findings, List<Omitted> omitted) {
    /** The most findings shown of one rule in one container, or in the pod itself. */
    public static final int MOST = 50;

    public FindingList {
        findings = List.copyOf(findings);
        omitted = List.copyOf(omitted);
    }

    /**
     * Findings that are only counted.
     *
     * @param rule the rule's id; empty for findings beyond what the evaluation kept
     * @param container the container's name, if they are about one
     */
    public record Omitted(Optional<String> rule, Optional<String> container, Action action, int count) {}

    /** Comparable, so that hash tables stay fast when callers choose names with equal hash codes. */
    private record Place(String rule, Optional<String> container, Action action, boolean excused)
            implements Comparable<Place> {
        private static final Comparator<Place> ORDER = Comparator.comparing(Place::rule)
                .thenComparing(place -> place.container().orElse(""))
                .thenComparing(Place::action)
                .thenComparing(Place::excused);

        static Place of(EvaluatedFinding evaluated) {
            Finding finding = evaluated.finding();
            return new Place(
                    finding.rule().id(),
                    finding.subject().asContainer().map(container -> container.name()),
                    evaluated.action(),
                    evaluated.exemption().isPresent());
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    static FindingList of(Verdict verdict) {
        Map<Place, Integer> counts = new LinkedHashMap<>();
        List<EvaluatedFinding> listed = new ArrayList<>();
        for (EvaluatedFinding evaluated : verdict.findings()) {
            if (counts.merge(Place.of(evaluated), 1, Integer::sum) <= MOST) {
                listed.add(evaluated);
            }
        }
        List<Omitted> omitted = new ArrayList<>();
        counts.forEach((place, count) -> {
            if (count > MOST) {
                omitted.add(new Omitted(Optional.of(place.rule()), place.container(), place.action(), count - MOST));
            }
        });
        if (verdict.denialsNotKept() > 0) {
            omitted.add(new Omitted(Optional.empty(), Optional.empty(), Action.DENY, verdict.denialsNotKept()));
        }
        return new FindingList(listed, omitted);
    }
}
