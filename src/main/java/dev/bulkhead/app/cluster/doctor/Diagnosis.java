package dev.bulkhead.app.cluster.doctor;

import java.util.Comparator;
import java.util.List;

/**
 * The answers of all checks.
 *
 * @param server the address of the API server
 * @param findings the worst first
 */
public record Diagnosis(String server, Place place, List<Finding> findings) {
    /** What one check said. */
    public record Finding(String check, Answer answer) {}

    public Diagnosis {
        findings = findings.stream()
                .sorted(Comparator.comparing(finding -> finding.answer().state()))
                .toList();
    }

    /** Asks all checks, in their order. */
    public static Diagnosis of(String server, Facts facts, List<Check> checks) {
        return new Diagnosis(
                server,
                facts.place(),
                checks.stream()
                        .map(check -> new Finding(check.id(), ask(check, facts)))
                        .toList());
    }

    static Answer ask(Check check, Facts facts) {
        try {
            return check.answer(facts);
        } catch (UnreadableException e) {
            return e.answer();
        }
    }

    /** How many checks found that. */
    public long count(State state) {
        return findings.stream()
                .filter(finding -> finding.answer().state() == state)
                .count();
    }
}
