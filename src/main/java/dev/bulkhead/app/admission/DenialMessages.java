package dev.bulkhead.app.admission;

import dev.bulkhead.engine.evaluation.EvaluatedFinding;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Note;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The messages of denials and warnings: everything that is wrong, where, and the edit that fixes it. */
public final class DenialMessages {
    /** More findings than a person reads; the rest are counted. */
    static final int MOST_FINDINGS = 20;

    /**
     * No finding is added to a message longer than this, so that it stays below 64 KiB even in characters of three
     * bytes.
     */
    private static final int ENOUGH = 12_000;

    /** The longest excerpt of a text in a message: names and values may be as long as users like. */
    private static final int TEXT_LENGTH = 1_000;

    /** The longest excerpt of a Pod Security sentence, which names every container, of which there may be thousands. */
    private static final int SENTENCE_LENGTH = 8_000;

    /** The most findings listed of one rule in one container. */
    private static final int MOST_OF_ONE_PLACE = 5;

    /** The most rules whose pages a denial names. */
    private static final int MOST_EXPLAINED = 3;

    private static final int MOST_WARNINGS = 10;

    private static final int MOST_NOTES = 5;

    /**
     * The most findings that are turned into text: enough to fill the list of different warnings, without formatting
     * thousands.
     */
    private static final int MOST_WORDED = 1_000;

    /** Kubernetes recommends warnings of at most 120 characters. */
    private static final int WARNING_LENGTH = 120;

    /** The API server truncates longer ones once all webhooks' warnings about a request exceed 4096 characters. */
    private static final int UNCUT_WARNING_LENGTH = 256;

    private static final int ANNOTATION_LENGTH = 2_000;

    /** Tells users which webhook warns. */
    private static final String PREFIX = "bulkhead: ";

    private DenialMessages() {}

    /** The message of a denial. */
    static String denial(Workload workload, EffectiveRules effective, Verdict verdict, Guidance guidance) {
        List<EvaluatedFinding> denied = verdict.leadingTo(Action.DENY);
        StringBuilder message = new StringBuilder();
        for (String sentence : verdict.podSecuritySentences(Action.DENY)) {
            message.append(SafeText.excerpt(sentence, SENTENCE_LENGTH)).append('\n');
        }
        message.append("Bulkhead refuses ")
                .append(workload.kind())
                .append(workload.name().isEmpty() ? "" : " \"" + SafeText.excerpt(workload.name(), TEXT_LENGTH) + "\"")
                .append(" (profile ")
                .append(SafeText.excerpt(effective.profile(), TEXT_LENGTH))
                .append(", policy ")
                .append(SafeText.excerpt(String.join(", ", effective.policies()), TEXT_LENGTH))
                .append("): ")
                .append(counted(denied.size() + verdict.denialsNotKept(), "finding"))
                .append('.');
        listed(message, denied, verdict.denialsNotKept());
        if (DebugContainers.areAmong(denied)) {
            message.append('\n').append(DebugContainers.USE_RESTRICTED);
        }
        List<RuleInfo> rules = denied.stream()
                .map(one -> one.finding().rule().info())
                .distinct()
                .limit(MOST_EXPLAINED)
                .toList();
        if (!rules.isEmpty()) {
            message.append("\nWhy, and how to fix it: ")
                    .append(rules.stream()
                            .map(rule -> "`bulkhead explain " + rule.id() + "`")
                            .collect(Collectors.joining(", ")));
            rules.forEach(rule -> message.append("\n  ").append(guidance.page(rule)));
        }
        return message.append(contact(guidance)).toString();
    }

    /** The line with the contact, on a new line. */
    static String contact(Guidance guidance) {
        return guidance.contactLine().map(line -> "\n" + line).orElse("");
    }

    /** Lists a few findings for each rule and container, so that one long list does not hide other problems. */
    private static void listed(StringBuilder message, List<EvaluatedFinding> denied, int notKept) {
        Map<Place, Integer> counts = new LinkedHashMap<>();
        int listed = 0;
        for (EvaluatedFinding one : denied) {
            boolean fits = listed < MOST_FINDINGS && (listed == 0 || message.length() <= ENOUGH);
            int seen = counts.merge(Place.of(one.finding()), 1, Integer::sum);
            if (!fits || seen > MOST_OF_ONE_PLACE) {
                continue;
            }
            listed++;
            message.append("\n- ")
                    .append(one.finding().rule().id())
                    .append(": ")
                    .append(SafeText.excerpt(one.finding().message(), TEXT_LENGTH))
                    .append("\n  at ")
                    .append(SafeText.excerpt(one.finding().place().pointer(), TEXT_LENGTH))
                    .append("\n  fix: ")
                    .append(SafeText.excerpt(one.finding().remedy().text(), TEXT_LENGTH));
            one.notHardenedReason()
                    .ifPresent(reason ->
                            message.append("\n  not filled in: ").append(SafeText.excerpt(reason, TEXT_LENGTH)));
        }
        more(message, counts, denied.size() - listed + notKept);
    }

    /** Counts what is not listed, by rule and container if these are few. */
    private static void more(StringBuilder message, Map<Place, Integer> counts, int rest) {
        if (rest == 0) {
            return;
        }
        message.append("\n- and ").append(rest).append(" more");
        List<String> most = counts.entrySet().stream()
                .filter(place -> place.getValue() > MOST_OF_ONE_PLACE)
                .limit(MOST_OF_ONE_PLACE)
                .map(place -> place.getKey().text() + ": " + place.getValue() + " in all")
                .toList();
        if (!most.isEmpty()) {
            message.append(" (").append(String.join("; ", most)).append(')');
        }
    }

    /** A rule in a container, or in the pod itself. */
    private record Place(String rule, Optional<Container> container) {
        static Place of(Finding finding) {
            return new Place(finding.rule().id(), finding.subject().asContainer());
        }

        String text() {
            return rule
                    + container
                            .map(in -> " in container \"" + SafeText.excerpt(in.name(), WARNING_LENGTH) + "\"")
                            .orElse("");
        }
    }

    /**
     * Warnings about what is admitted but should not be, one line each, the rest counted. The sentences of Pod
     * Security replace its findings if they are short enough not to be truncated. The page of the first rule and the
     * contact follow if they are short enough and the number of warnings allows.
     */
    static List<String> warnings(Workload workload, Verdict verdict, Guidance guidance) {
        List<EvaluatedFinding> tolerated = workload.isPod() ? List.of() : verdict.tolerated();
        List<String> findings = warnings(tolerated, verdict);
        // A pod's notes were given when it was hardened, and of what is denied there is more to say.
        List<String> notes =
                workload.isPod() || verdict.outcome() == Verdict.Outcome.DENIED ? List.of() : notes(verdict);
        if (findings.isEmpty() && notes.isEmpty()) {
            return findings;
        }
        Optional<String> page = Stream.concat(
                        Stream.concat(tolerated.stream(), verdict.leadingTo(Action.WARN).stream())
                                .map(one -> one.finding().rule().info()),
                        verdict.notes().stream().map(Note::rule))
                .findFirst()
                .map(rule -> "why, and how to fix it: " + guidance.page(rule));
        Stream<String> directions = Stream.concat(page.stream(), guidance.contactLine().stream());
        return Stream.concat(
                        Stream.concat(findings.stream(), notes.stream()),
                        directions
                                .map(line -> SafeText.line(PREFIX + line))
                                .filter(line -> line.length() <= UNCUT_WARNING_LENGTH)
                                .limit(Math.max(0, MOST_WARNINGS - findings.size() - notes.size())))
                .toList();
    }

    private static List<String> warnings(List<EvaluatedFinding> tolerated, Verdict verdict) {
        if (!tolerated.isEmpty()) {
            return warningsOfRefusal(tolerated, verdict);
        }
        List<String> sentences = verdict.podSecuritySentences(Action.WARN);
        if (!sentences.isEmpty()
                && sentences.stream()
                        .allMatch(sentence -> SafeText.line(PREFIX + sentence).length() <= UNCUT_WARNING_LENGTH)) {
            return warnings(sentences, UNCUT_WARNING_LENGTH, MOST_WARNINGS, 0);
        }
        return worded(verdict.leadingTo(Action.WARN), MOST_WARNINGS);
    }

    /**
     * A controller that changes nothing for the worse is admitted although its next pod is not: this is warned about
     * first.
     */
    private static List<String> warningsOfRefusal(List<EvaluatedFinding> tolerated, Verdict verdict) {
        String first = "its new pods will be refused: " + text(tolerated.get(0));
        List<EvaluatedFinding> others = Stream.concat(
                        tolerated.stream().skip(1),
                        verdict.leadingTo(Action.WARN).stream().filter(one -> !one.tolerated()))
                .toList();
        List<String> all = new ArrayList<>();
        all.add(warning(first, UNCUT_WARNING_LENGTH));
        all.addAll(worded(others, MOST_WARNINGS - 1));
        return List.copyOf(all);
    }

    private static List<String> worded(List<EvaluatedFinding> findings, int most) {
        List<String> texts =
                findings.stream().limit(MOST_WORDED).map(DenialMessages::text).toList();
        return warnings(texts, WARNING_LENGTH, most, findings.size() - texts.size());
    }

    private static String text(EvaluatedFinding one) {
        return one.finding().rule().id() + ": " + one.finding().message();
    }

    /** What a person should know about a workload that is admitted: what is filled in may keep it from starting. */
    static List<String> notes(Verdict verdict) {
        List<String> texts = verdict.notes().stream()
                .map(note -> note.rule().id() + ": " + note.message())
                .toList();
        return warnings(texts, UNCUT_WARNING_LENGTH, MOST_NOTES, 0);
    }

    /** Texts as warnings that are not truncated; the rest of them counted. */
    static List<String> warnings(List<String> texts) {
        return warnings(texts, WARNING_LENGTH, MOST_WARNINGS, 0);
    }

    /** Why an object cannot be evaluated, which may quote the object. */
    static String reason(String text) {
        return SafeText.excerpt(text, TEXT_LENGTH);
    }

    /** Text as one line that is safe in logs and annotations. */
    public static String line(String text) {
        return SafeText.line(text, ANNOTATION_LENGTH);
    }

    /**
     * Texts as warnings, each once.
     *
     * @param most the maximum, including the warning that counts the rest
     * @param more how many further warnings are only counted
     */
    private static List<String> warnings(List<String> texts, int length, int most, int more) {
        List<String> all =
                texts.stream().map(text -> warning(text, length)).distinct().toList();
        if (all.size() <= most && more == 0) {
            return all;
        }
        List<String> some = new ArrayList<>(all.subList(0, Math.min(all.size(), most - 1)));
        some.add(warning("and " + (all.size() - some.size() + more) + " more warnings", length));
        return List.copyOf(some);
    }

    private static String warning(String text, int length) {
        return SafeText.line(PREFIX + text, length);
    }

    /** Every finding by rule and container, for the audit log. */
    static String violations(List<EvaluatedFinding> findings) {
        return line(findings.stream()
                .map(one -> one.finding().rule().id()
                        + one.finding()
                                .subject()
                                .asContainer()
                                .map(container -> "(" + container.name() + ")")
                                .orElse("")
                        + "=" + one.action().label())
                .distinct()
                .collect(Collectors.joining(", ")));
    }

    private static String counted(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
