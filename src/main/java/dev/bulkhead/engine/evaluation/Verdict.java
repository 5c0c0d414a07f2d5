package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.edit.JsonPatch;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Note;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Violation;
import dev.bulkhead.engine.rule.WorkMeter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The result of evaluating a workload.
 *
 * @param findings all violations, in the rules' order
 * @param edits what hardening fills in
 * @param hardenedRules the ids of the rules that filled something in
 * @param notes what a user should know besides
 * @param denialsNotKept how many further denied findings were only counted
 */
public record Verdict(
        List<EvaluatedFinding> findings,
        List<Edit.Addition> edits,
        List<String> hardenedRules,
        List<Note> notes,
        int denialsNotKept) {
    /** No finding. */
    public static final Verdict PASSED = new Verdict(List.of(), List.of(), List.of(), List.of(), 0);

    public Verdict {
        findings = List.copyOf(findings);
        edits = List.copyOf(edits);
        hardenedRules = List.copyOf(hardenedRules);
        notes = List.copyOf(notes);
    }

    /** The verdict in one word, from the mildest to the strictest. */
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
        if (denialsNotKept > 0 || hasAnyLeadingTo(Action.DENY)) {
            return Outcome.DENIED;
        }
        if (!edits.isEmpty()) {
            return Outcome.HARDENED;
        }
        return hasAnyLeadingTo(Action.WARN) ? Outcome.WARNED : Outcome.PASSED;
    }

    private boolean hasAnyLeadingTo(Action action) {
        for (EvaluatedFinding evaluated : findings) {
            if (evaluated.leadsTo(action)) {
                return true;
            }
        }
        return false;
    }

    /** The findings with that action that no exemption covers. */
    public List<EvaluatedFinding> leadingTo(Action action) {
        return findings.stream().filter(evaluated -> evaluated.leadsTo(action)).toList();
    }

    /** The findings to show one by one, and how many more there are. */
    public FindingList listing() {
        return FindingList.of(this);
    }

    /** The names of the exemptions that cover a finding. */
    public List<String> exemptions() {
        Set<String> names = new LinkedHashSet<>();
        findings.forEach(evaluated -> evaluated.exemption().ifPresent(names::add));
        return List.copyOf(names);
    }

    public JsonPatch patch() {
        return JsonPatch.of(edits);
    }

    /** The same verdict with one more edit. */
    public Verdict and(Edit.Addition edit) {
        List<Edit.Addition> more = new ArrayList<>(edits);
        more.add(edit);
        return new Verdict(findings, more, hardenedRules, notes, denialsNotKept);
    }

    /** The same verdict with the findings of some rules only. */
    public Verdict only(Predicate<String> rules) {
        return new Verdict(
                findings.stream()
                        .filter(evaluated ->
                                rules.test(evaluated.finding().rule().id()))
                        .toList(),
                edits,
                hardenedRules,
                notes,
                denialsNotKept);
    }

    /** The verdict on a pod that has passed hardening: what could still be filled in is denied. */
    public Verdict afterHardening() {
        return new Verdict(
                findings.stream().map(EvaluatedFinding::afterHardening).toList(),
                List.of(),
                List.of(),
                notes,
                denialsNotKept);
    }

    /**
     * The verdict on an update of a controller: violations that were denied before the update are warned about, new
     * ones are denied. Nothing is reported of what its pods will be hardened for, and no note is repeated.
     *
     * @param sameTemplate whether the pod template is unchanged; otherwise findings that were not kept may be new
     */
    public Verdict asChangeOf(Verdict before, boolean sameTemplate, WorkMeter work) {
        Set<Violation> old = new HashSet<>();
        for (EvaluatedFinding evaluated : before.findings) {
            work.step();
            // A violation whose exemption no longer applies counts as new.
            if (evaluated.leadsTo(Action.DENY)) {
                old.add(evaluated.finding().violation());
            }
        }
        List<EvaluatedFinding> compared = new ArrayList<>(findings.size());
        for (EvaluatedFinding evaluated : findings) {
            work.step();
            compared.add(
                    evaluated.leadsTo(Action.DENY)
                                    && old.contains(evaluated.finding().violation())
                            ? evaluated.asTolerated()
                            : evaluated);
        }
        Set<Note> known = new HashSet<>(before.notes);
        List<Note> news = notes.stream().filter(note -> !known.contains(note)).toList();
        return new Verdict(compared, edits, hardenedRules, news, sameTemplate ? 0 : denialsNotKept);
    }

    /**
     * The violations that are only warned about because the stored object already had them. New objects may not have
     * them.
     */
    public List<EvaluatedFinding> tolerated() {
        return findings.stream()
                .filter(evaluated ->
                        evaluated.tolerated() && evaluated.exemption().isEmpty())
                .toList();
    }

    /**
     * The sentences of Pod Security Admission for the violated levels with that action, without exempt findings:
     * {@code violates PodSecurity "LEVEL:VERSION": …} for a denial, {@code would violate …} for a warning.
     */
    public List<String> podSecuritySentences(Action action) {
        Map<String, Map<String, List<Finding>>> byPin = new LinkedHashMap<>();
        for (EvaluatedFinding evaluated : findings) {
            // What hardening fills in no longer violates a level.
            if (evaluated.exemption().isPresent() || evaluated.action() == Action.HARDEN) {
                continue;
            }
            for (EvaluatedFinding.Pin pin : evaluated.pins()) {
                if (pin.action() == action) {
                    byPin.computeIfAbsent(pin.levelAndVersion(), key -> new LinkedHashMap<>())
                            .computeIfAbsent(evaluated.finding().rule().id(), key -> new ArrayList<>())
                            .add(evaluated.finding());
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
                                .map(PodSummary::sentence)
                                .toList())));
        return sentences;
    }
}
