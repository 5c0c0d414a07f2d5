package dev.bulkhead.app.admission;

import dev.bulkhead.engine.evaluation.EvaluatedFinding;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
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

/** What the gate says to people: everything that is wrong, where, and the edit that makes it right. */
public final class DenialMessages {
    /** What a person reads before giving up; the rest is counted. */
    static final int MOST_FINDINGS = 20;

    /**
     * No finding is added to a message beyond this length, so that even in letters of three bytes it stays below 64 KiB.
     */
    private static final int ENOUGH = 12_000;

    /** A text within a message: names and values may be as long as users like. */
    private static final int TEXT_LENGTH = 1_000;

    /** A sentence of Pod Security names every container, of which there may be thousands. */
    private static final int SENTENCE_LENGTH = 8_000;

    /** Of one rule in one container. */
    private static final int MOST_OF_ONE_PLACE = 5;

    /** The rules of a denial whose pages are named. */
    private static final int MOST_EXPLAINED = 3;

    private static final int MOST_WARNINGS = 10;

    /** Enough to find as many warnings that differ as are given, without wording every one of thousands. */
    private static final int MOST_WORDED = 1_000;

    /** Kubernetes asks for warnings of at most 120 characters. */
    private static final int WARNING_LENGTH = 120;

    /** The API server cuts longer ones once all webhooks' warnings of a request exceed 4096 characters. */
    private static final int UNCUT_WARNING_LENGTH = 256;

    private static final int ANNOTATION_LENGTH = 2_000;

    /** Which of the cluster's webhooks warns. */
    private static final String PREFIX = "bulkhead: ";

    private DenialMessages() {}

    /** Why it is denied. */
    static String denial(Workload workload, EffectiveRules demands, Verdict verdict, Guidance guidance) {
        List<EvaluatedFinding> denied = verdict.leadingTo(Action.DENY);
        StringBuilder message = new StringBuilder();
        for (String sentence : verdict.podSecuritySentences(Action.DENY)) {
            message.append(SafeText.excerpt(sentence, SENTENCE_LENGTH)).append('\n');
        }
        message.append("Bulkhead refuses ")
                .append(workload.kind())
                .append(workload.name().isEmpty() ? "" : " \"" + SafeText.excerpt(workload.name(), TEXT_LENGTH) + "\"")
                .append(" (profile ")
                .append(SafeText.excerpt(demands.profile(), TEXT_LENGTH))
                .append(", policy ")
                .append(SafeText.excerpt(String.join(", ", demands.policies()), TEXT_LENGTH))
                .append("): ")
                .append(counted(denied.size() + verdict.denialsNotKept(), "finding"))
                .append('.');
        listed(message, denied, verdict.denialsNotKept());
        if (DebugContainers.areAmong(denied)) {
            message.append('\n').append(DebugContainers.USE_RESTRICTED);
        }
        List<RuleInfo> rules = denied.stream()
                .map(judged -> judged.finding().rule().info())
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

    /** The line about whom to ask, after what a person reads first. */
    static String contact(Guidance guidance) {
        return guidance.contactLine().map(line -> "\n" + line).orElse("");
    }

    /** Of one rule in one container a few stand for all, so that one long list does not hide what else is wrong. */
    private static void listed(StringBuilder message, List<EvaluatedFinding> denied, int notKept) {
        Map<Place, Integer> counts = new LinkedHashMap<>();
        int told = 0;
        for (EvaluatedFinding judged : denied) {
            boolean room = told < MOST_FINDINGS && (told == 0 || message.length() <= ENOUGH);
            int seen = counts.merge(Place.of(judged.finding()), 1, Integer::sum);
            if (!room || seen > MOST_OF_ONE_PLACE) {
                continue;
            }
            told++;
            message.append("\n- ")
                    .append(judged.finding().rule().id())
                    .append(": ")
                    .append(SafeText.excerpt(judged.finding().message(), TEXT_LENGTH))
                    .append("\n  at ")
                    .append(SafeText.excerpt(judged.finding().place().pointer(), TEXT_LENGTH))
                    .append("\n  fix: ")
                    .append(SafeText.excerpt(judged.finding().remedy().text(), TEXT_LENGTH));
            judged.left()
                    .ifPresent(reason ->
                            message.append("\n  not filled in: ").append(SafeText.excerpt(reason, TEXT_LENGTH)));
        }
        more(message, counts, denied.size() - told + notKept);
    }

    /** What is not listed is counted, by rule and container where these are few. */
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
     * What is admitted but should not be; each in a line, the rest counted. The sentences of Pod Security stand for
     * what they tell, if they are short enough to arrive whole. The page of the first rule and the contact follow, if
     * they are short enough for that too and the warnings do not become too many.
     */
    static List<String> warnings(Workload workload, Verdict verdict, Guidance guidance) {
        List<EvaluatedFinding> tolerated = workload.isPod() ? List.of() : verdict.tolerated();
        List<String> findings = warnings(tolerated, verdict);
        if (findings.isEmpty()) {
            return findings;
        }
        Optional<String> page = Stream.concat(tolerated.stream(), verdict.leadingTo(Action.WARN).stream())
                .findFirst()
                .map(judged -> "why, and how to fix it: "
                        + guidance.page(judged.finding().rule().info()));
        Stream<String> directions = Stream.concat(page.stream(), guidance.contactLine().stream());
        return Stream.concat(
                        findings.stream(),
                        directions
                                .map(line -> SafeText.line(PREFIX + line))
                                .filter(line -> line.length() <= UNCUT_WARNING_LENGTH)
                                .limit(MOST_WARNINGS - findings.size()))
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

    /** A controller that keeps what it had is admitted, and its next pod is not: that comes before all else. */
    private static List<String> warningsOfRefusal(List<EvaluatedFinding> tolerated, Verdict verdict) {
        String first = "its new pods will be refused: " + text(tolerated.get(0));
        List<EvaluatedFinding> others = Stream.concat(
                        tolerated.stream().skip(1),
                        verdict.leadingTo(Action.WARN).stream().filter(judged -> !judged.tolerated()))
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

    private static String text(EvaluatedFinding judged) {
        return judged.finding().rule().id() + ": " + judged.finding().message();
    }

    /** What to know about what was filled in. */
    static List<String> notes(Verdict verdict) {
        return warnings(verdict.notes());
    }

    /** Texts as warnings that arrive whole; the rest of them counted. */
    static List<String> warnings(List<String> texts) {
        return warnings(texts, WARNING_LENGTH, MOST_WARNINGS, 0);
    }

    /** Why an object cannot be judged, which may quote the object. */
    static String reason(String text) {
        return SafeText.excerpt(text, TEXT_LENGTH);
    }

    /** Text as one harmless line for logs and annotations. */
    public static String line(String text) {
        return SafeText.line(text, ANNOTATION_LENGTH);
    }

    /**
     * Texts as warnings, each once.
     *
     * @param most how many at most, the one that counts the rest included
     * @param more how many there are beside these, which are only counted
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
                .map(judged -> judged.finding().rule().id()
                        + judged.finding()
                                .subject()
                                .asContainer()
                                .map(container -> "(" + container.name() + ")")
                                .orElse("")
                        + "=" + judged.action().label())
                .distinct()
                .collect(Collectors.joining(", ")));
    }

    private static String counted(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
