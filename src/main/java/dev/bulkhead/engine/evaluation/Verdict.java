package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.edit.JsonPatch;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Violation;
import dev.bulkhead.engine.rule.WorkMeter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
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
 * @param denialsNotKept how many more findings are to be denied, of which only the number is known
 */
public record Verdict(
        List<EvaluatedFinding> findings,
        List<Edit.Addition> edits,
        List<String> hardenedRules,
        List<String> notes,
        int denialsNotKept) {
    /** Nothing is wrong. */
    public static final Verdict PASSED = new Verdict(List.of(), List.of(), List.of(), List.of(), 0);

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
        if (denialsNotKept > 0 || hasAnyLeadingTo(Action.DENY)) {
            return Outcome.DENIED;
        }
        if (!edits.isEmpty()) {
            return Outcome.HARDENED;
        }
        return hasAnyLeadingTo(Action.WARN) ? Outcome.WARNED : Outcome.PASSED;
    }

    private boolean hasAnyLeadingTo(Action action) {
        for (EvaluatedFinding judged : findings) {
            if (judged.leadsTo(action)) {
                return true;
            }
        }
        return false;
    }

    /** The findings with that action that nothing excuses. */
    public List<EvaluatedFinding> leadingTo(Action action) {
        return findings.stream().filter(judged -> judged.leadsTo(action)).toList();
    }

    /** The findings to show one by one, and how many there are besides. */
    public FindingList listing() {
        return FindingList.of(this);
    }

    /** The names of the exemptions that excused something. */
    public List<String> exemptions() {
        Set<String> names = new LinkedHashSet<>();
        findings.forEach(judged -> judged.exemption().ifPresent(names::add));
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

    /** The same verdict with these notes as well, each once. */
    public Verdict and(Collection<String> more) {
        if (more.isEmpty()) {
            return this;
        }
        Set<String> all = new LinkedHashSet<>(notes);
        all.addAll(more);
        return new Verdict(findings, edits, hardenedRules, List.copyOf(all), denialsNotKept);
    }

    /**
     * The verdict on a pod for which hardening has had its turn: what still could be filled in was not, so it is denied.
     */
    public Verdict afterHardening() {
        return new Verdict(
                findings.stream().map(EvaluatedFinding::afterHardening).toList(),
                List.of(),
                List.of(),
                notes,
                denialsNotKept);
    }

    /**
     * The verdict on a change of a controller: what was denied in it before is warned about, what is new counts. What its
     * pods will be hardened for needs no warning.
     *
     * @param sameTemplate whether its template is as before; else what was not kept may be new
     */
    public Verdict asChangeOf(Verdict before, boolean sameTemplate, WorkMeter work) {
        Set<Violation> old = new HashSet<>();
        for (EvaluatedFinding judged : before.findings) {
            work.step();
            // What an exemption excused then, and now does not, is new.
            if (judged.leadsTo(Action.DENY)) {
                old.add(judged.finding().violation());
            }
        }
        List<EvaluatedFinding> compared = new ArrayList<>(findings.size());
        for (EvaluatedFinding judged : findings) {
            work.step();
            compared.add(
                    judged.leadsTo(Action.DENY) && old.contains(judged.finding().violation())
                            ? judged.asTolerated()
                            : judged);
        }
        return new Verdict(compared, edits, hardenedRules, notes, sameTemplate ? 0 : denialsNotKept);
    }

    /** What is only warned about because the object had it already; nothing new may have it. */
    public List<EvaluatedFinding> tolerated() {
        return findings.stream()
                .filter(judged -> judged.tolerated() && judged.exemption().isEmpty())
                .toList();
    }

    /**
     * The sentences of Pod Security Admission for the levels that object with that action, without what is excused:
     * {@code violates PodSecurity "LEVEL:VERSION": …} for a denial, {@code would violate …} for a warning.
     */
    public List<String> podSecuritySentences(Action action) {
        Map<String, Map<String, List<Finding>>> byPin = new LinkedHashMap<>();
        for (EvaluatedFinding judged : findings) {
            // What is filled in is no violation of any level any more.
            if (judged.exemption().isPresent() || judged.action() == Action.HARDEN) {
                continue;
            }
            for (EvaluatedFinding.Pin pin : judged.pins()) {
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
                                .map(PodSummary::sentence)
                                .toList())));
        return sentences;
    }
}
