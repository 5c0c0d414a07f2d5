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
 * The findings of a verdict that are shown one by one: of one rule in one container so many as a person may read, so that
 * one long list does not hide what else is wrong. The rest is counted.
 *
 * @param findings in the order of the verdict
 * @param omitted how many more there are
 */
public record FindingList(List<EvaluatedFinding> findings, List<Omitted> omitted) {
    /** Of one rule in one container, or in the pod itself. */
    public static final int MOST = 50;

    public FindingList {
        findings = List.copyOf(findings);
        omitted = List.copyOf(omitted);
    }

    /**
     * Findings that are only counted.
     *
     * @param rule the rule's id; empty for what was too much to be kept at all
     * @param container its name, where they are about one
     */
    public record Omitted(Optional<String> rule, Optional<String> container, Action action, int count) {}

    /** Comparable, since callers name the containers. */
    private record Place(String rule, Optional<String> container, Action action, boolean excused)
            implements Comparable<Place> {
        private static final Comparator<Place> ORDER = Comparator.comparing(Place::rule)
                .thenComparing(place -> place.container().orElse(""))
                .thenComparing(Place::action)
                .thenComparing(Place::excused);

        static Place of(EvaluatedFinding judged) {
            Finding finding = judged.finding();
            return new Place(
                    finding.rule().id(),
                    finding.subject().asContainer().map(container -> container.name()),
                    judged.action(),
                    judged.exemption().isPresent());
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    static FindingList of(Verdict verdict) {
        Map<Place, Integer> counts = new LinkedHashMap<>();
        List<EvaluatedFinding> listed = new ArrayList<>();
        for (EvaluatedFinding judged : verdict.findings()) {
            if (counts.merge(Place.of(judged), 1, Integer::sum) <= MOST) {
                listed.add(judged);
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
