package dev.bulkhead.engine.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.edit.JsonPatch;
import dev.bulkhead.engine.evaluation.EvaluatedWorkload;
import dev.bulkhead.engine.evaluation.FindingList;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.reach.Exposure;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Note;
import dev.bulkhead.engine.rule.Starts;
import dev.bulkhead.engine.workload.Workload;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A workload and what is decided about it.
 *
 * @param location where it begins; empty where it was in no file
 * @param pod whether it is a pod, which the webhook fills in itself, or makes pods
 * @param evaluated whether any policy is for it
 * @param counted the verdict by the findings in this report alone, which decides on exit codes
 * @param findings those that are shown one by one
 * @param omitted how many findings there are besides
 * @param patch what is filled in; for the document, not only for the object in it
 * @param notes what a person should know besides, each once
 * @param knownNotes those of them that are in the baseline
 * @param exposure what a compromise of it reaches; empty for what does not run
 */
public record ReportedWorkload(
        Optional<SourceLocation> location,
        String apiVersion,
        String kind,
        String namespace,
        String name,
        boolean pod,
        boolean evaluated,
        Outcome verdict,
        Outcome counted,
        List<ReportedFinding> findings,
        List<FindingList.Omitted> omitted,
        JsonPatch patch,
        List<Note> notes,
        List<Note> knownNotes,
        Optional<Exposure> exposure) {
    public ReportedWorkload {
        findings = List.copyOf(findings);
        omitted = List.copyOf(omitted);
        notes = List.copyOf(notes);
        knownNotes = List.copyOf(knownNotes);
    }

    /**
     * Reports an evaluated workload.
     *
     * @param given the object as it was given, before the API server's defaults
     */
    public static ReportedWorkload of(EvaluatedWorkload evaluated, JsonNode given, ObjectOrigin origin) {
        Workload workload = evaluated.workload();
        Verdict verdict = evaluated.verdict();
        FindingList listing = verdict.listing();
        return new ReportedWorkload(
                origin.location(),
                workload.apiVersion(),
                workload.kind(),
                evaluated.context().namespace().orElse(""),
                workload.name(),
                workload.isPod(),
                !evaluated.rules().policies().isEmpty(),
                verdict.outcome(),
                verdict.outcome(),
                listing.findings().stream()
                        .map(finding -> ReportedFinding.of(finding, evaluated.context(), given, origin))
                        .toList(),
                listing.omitted(),
                new JsonPatch(verdict.patch().operations().stream()
                        .map(add -> add.below(origin.prefix()))
                        .toList()),
                verdict.notes().stream().distinct().toList(),
                List.of(),
                Optional.empty());
    }

    /**
     * One report of a workload and its pods, under the workload's name: the first part, and what only the others have,
     * such as the findings about a container that is injected into pods.
     *
     * @param parts of one namespace; at least one
     */
    public static ReportedWorkload together(String apiVersion, String kind, String name, List<ReportedWorkload> parts) {
        ReportedWorkload first = parts.get(0);
        Outcome worst = first.verdict();
        Map<FindingIdentity, ReportedFinding> findings = new LinkedHashMap<>();
        Set<Note> notes = new LinkedHashSet<>();
        boolean evaluated = false;
        for (ReportedWorkload part : parts) {
            worst = worst.compareTo(part.verdict()) < 0 ? part.verdict() : worst;
            part.findings().forEach(finding -> findings.putIfAbsent(FindingIdentity.of(finding), finding));
            notes.addAll(part.notes());
            evaluated |= part.evaluated();
        }
        return new ReportedWorkload(
                first.location(),
                apiVersion,
                kind,
                first.namespace(),
                name,
                first.pod(),
                evaluated,
                worst,
                worst,
                List.copyOf(findings.values()),
                first.omitted(),
                first.patch(),
                List.copyOf(notes),
                List.of(),
                Optional.empty());
    }

    /** The same with what a compromise of it reaches. */
    public ReportedWorkload with(Exposure found) {
        return new ReportedWorkload(
                location,
                apiVersion,
                kind,
                namespace,
                name,
                pod,
                evaluated,
                verdict,
                counted,
                findings,
                omitted,
                patch,
                notes,
                knownNotes,
                Optional.of(found));
    }

    /** The same with the findings and notes of some rules only; it counts by these. */
    ReportedWorkload only(Predicate<String> rules) {
        List<ReportedFinding> some = findings.stream()
                .filter(finding -> rules.test(finding.rule().id()))
                .toList();
        List<FindingList.Omitted> more = omitted.stream()
                .filter(omission -> omission.rule().map(rules::test).orElse(true))
                .toList();
        List<Note> said =
                notes.stream().filter(note -> rules.test(note.rule().id())).toList();
        boolean all = some.size() == findings.size() && more.size() == omitted.size();
        return new ReportedWorkload(
                location,
                apiVersion,
                kind,
                namespace,
                name,
                pod,
                evaluated,
                verdict,
                all ? counted : milder(counted, outcomeOf(some, more)),
                some,
                more,
                patch,
                said,
                List.of(),
                exposure);
    }

    /** The same, compared with a baseline; it counts by what is new. */
    ReportedWorkload compared(List<ReportedFinding> marked, List<FindingList.Omitted> more, List<Note> alreadyNoted) {
        boolean allNew = more.equals(omitted) && marked.stream().noneMatch(ReportedFinding::isKnown);
        return new ReportedWorkload(
                location,
                apiVersion,
                kind,
                namespace,
                name,
                pod,
                evaluated,
                verdict,
                allNew ? counted : milder(counted, outcomeOf(marked, more)),
                marked,
                more,
                patch,
                notes,
                alreadyNoted,
                exposure);
    }

    private static Outcome outcomeOf(List<ReportedFinding> findings, List<FindingList.Omitted> omitted) {
        Outcome worst = Outcome.PASSED;
        for (ReportedFinding finding : findings) {
            if (finding.exemption().isEmpty() && !finding.isKnown()) {
                worst = stricter(worst, outcomeOf(finding.action()));
            }
        }
        for (FindingList.Omitted more : omitted) {
            worst = stricter(worst, outcomeOf(more.action()));
        }
        return worst;
    }

    private static Outcome outcomeOf(Action action) {
        return switch (action) {
            case DENY -> Outcome.DENIED;
            case HARDEN -> Outcome.HARDENED;
            case WARN -> Outcome.WARNED;
            case AUDIT, OFF -> Outcome.PASSED;
        };
    }

    private static Outcome milder(Outcome a, Outcome b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Outcome stricter(Outcome a, Outcome b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    /** Whether there is neither a finding nor a note. */
    boolean hasNothing() {
        return findings.isEmpty() && omitted.isEmpty() && notes.isEmpty();
    }

    /** Comparable, so that hash tables stay fast when users choose names and values with equal hash codes. */
    private record FindingIdentity(String rule, String container, String value, boolean excused)
            implements Comparable<FindingIdentity> {
        private static final Comparator<FindingIdentity> ORDER = Comparator.comparing(FindingIdentity::rule)
                .thenComparing(FindingIdentity::container)
                .thenComparing(FindingIdentity::value)
                .thenComparing(FindingIdentity::excused);

        static FindingIdentity of(ReportedFinding finding) {
            return new FindingIdentity(
                    finding.rule().id(),
                    finding.container().orElse(""),
                    finding.value(),
                    finding.exemption().isPresent());
        }

        @Override
        public int compareTo(FindingIdentity other) {
            return ORDER.compare(this, other);
        }
    }

    /** The findings with that action that nothing excuses. */
    public List<ReportedFinding> leadingTo(Action action) {
        return findings.stream().filter(finding -> finding.leadsTo(action)).toList();
    }

    /** Whether there is something about it that a person should know besides its findings. */
    public boolean hasNotes() {
        return !notes.isEmpty();
    }

    /** Whether there is such a thing that is not in the baseline. */
    public boolean hasNewNotes() {
        return notes.size() > knownNotes.size();
    }

    /** The findings that are in the baseline. */
    public List<ReportedFinding> known() {
        return findings.stream().filter(ReportedFinding::isKnown).toList();
    }

    /**
     * Whether its containers start with what is filled in, as far as that is known: not if it is denied or a note says so,
     * and it is unknown if a note says on what it depends.
     */
    public Starts starts() {
        return verdict == Outcome.DENIED
                ? Starts.NO
                : notes.stream().map(Note::starts).reduce(Starts.YES, Starts::and);
    }

    /** The findings that an exemption excuses. */
    public List<ReportedFinding> excused() {
        return findings.stream()
                .filter(finding -> finding.exemption().isPresent())
                .toList();
    }
}
