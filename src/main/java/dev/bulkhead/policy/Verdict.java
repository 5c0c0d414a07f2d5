package dev.bulkhead.policy;

import dev.bulkhead.hardening.Patch;
import dev.bulkhead.rule.Action;
import dev.bulkhead.rule.Description;
import dev.bulkhead.rule.Finding;
import dev.bulkhead.workload.Edit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What is decided about a workload.
 *
 * @param findings everything that is wrong, in the rules' order
 * @param edits what hardening fills in
 * @param hardenedRules the ids of the rules that filled something in
 * @param notes what a person should know about the hardening
 */
public record Verdict(List<Judged> findings, List<Edit> edits, List<String> hardenedRules, List<String> notes) {
    /** Nothing is wrong. */
    public static final Verdict PASSED = new Verdict(List.of(), List.of(), List.of(), List.of());

    public Verdict {
        findings = List.copyOf(findings);
        edits = List.copyOf(edits);
        hardenedRules = List.copyOf(hardenedRules);
        notes = List.copyOf(notes);
    }

    /** The verdict in a word, from the mildest to the strictest. */
    public enum Outcome {
        PASSED,
        WARNED,
        HARDENED,
        DENIED;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Outcome outcome() {
        if (hasAnyLeadingTo(Action.DENY)) {
            return Outcome.DENIED;
        }
        if (!edits.isEmpty()) {
            return Outcome.HARDENED;
        }
        return hasAnyLeadingTo(Action.WARN) ? Outcome.WARNED : Outcome.PASSED;
    }

    private boolean hasAnyLeadingTo(Action action) {
        for (Judged judged : findings) {
            if (judged.leadsTo(action)) {
                return true;
            }
        }
        return false;
    }

    /** The findings with that action that nothing excuses. */
    public List<Judged> leadingTo(Action action) {
        return findings.stream().filter(judged -> judged.leadsTo(action)).toList();
    }

    /** The names of the exemptions that excused something. */
    public List<String> exemptions() {
        Set<String> names = new LinkedHashSet<>();
        findings.forEach(judged -> judged.exemption().ifPresent(names::add));
        return List.copyOf(names);
    }

    public Patch patch() {
        return Patch.of(edits);
    }

    /** The same verdict with one more edit. */
    public Verdict and(Edit edit) {
        List<Edit> more = new ArrayList<>(edits);
        more.add(edit);
        return new Verdict(findings, more, hardenedRules, notes);
    }

    /**
     * The verdict on a pod for which hardening has had its turn: what still could be filled in was not, so it is denied.
     */
    public Verdict afterHardening() {
        List<Judged> strict = findings.stream()
                .map(judged -> judged.action() == Action.HARDEN
                        ? new Judged(judged.finding(), Action.DENY, judged.exemption(), judged.left(), judged.pins())
                        : judged)
                .toList();
        return new Verdict(strict, List.of(), List.of(), notes);
    }

    /** The verdict on a change: what was wrong before is warned about, what is new counts. */
    public Verdict comparedWith(Verdict before) {
        List<Judged> compared = findings.stream()
                .map(judged -> before.has(judged.finding()) ? judged.milder(Action.WARN) : judged)
                .toList();
        return new Verdict(compared, edits, hardenedRules, notes);
    }

    private boolean has(Finding finding) {
        return findings.stream().anyMatch(judged -> judged.finding().isSameAs(finding));
    }

    /**
     * The sentences of Pod Security Admission for the levels that object with that action, without what is excused:
     * {@code violates PodSecurity "LEVEL:VERSION": …} for a denial, {@code would violate …} for a warning.
     */
    public List<String> podSecuritySentences(Action action) {
        Map<String, Map<String, List<Finding>>> byPin = new LinkedHashMap<>();
        for (Judged judged : findings) {
            if (judged.exemption().isPresent()) {
                continue;
            }
            for (Judged.Pin pin : judged.pins()) {
                if (pin.action() == action) {
                    byPin.computeIfAbsent(pin.levelAndVersion(), key -> new LinkedHashMap<>())
                            .computeIfAbsent(judged.finding().rule().id(), key -> new ArrayList<>())
                            .add(judged.finding());
                }
            }
        }
        String verb = action == Action.DENY ? "violates" : "would violate";
        List<String> sentences = new ArrayList<>();
        byPin.forEach((pin, byRule) -> sentences.add(verb + " PodSecurity \"" + pin + "\": "
                + String.join(
                        ", ",
                        byRule.values().stream()
                                .map(of -> of.get(0).rule().describe(of))
                                .map(Description::sentence)
                                .toList())));
        return sentences;
    }
}
