package dev.bulkhead.admission;

import dev.bulkhead.policy.Demands;
import dev.bulkhead.policy.Judged;
import dev.bulkhead.policy.Verdict;
import dev.bulkhead.rule.Action;
import dev.bulkhead.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What the gate says to people: everything that is wrong, where, and the edit that makes it right. */
final class Messages {
    /** What a person reads before giving up; the rest is counted. */
    private static final int MOST_FINDINGS = 20;

    private static final int MOST_WARNINGS = 10;

    /** Kubernetes asks for warnings of at most 120 characters; longer ones may be cut or dropped. */
    private static final int WARNING_LENGTH = 120;

    private static final int ANNOTATION_LENGTH = 2_000;

    private Messages() {}

    /** Why it is denied. */
    static String denial(Workload workload, Demands demands, Verdict verdict) {
        List<Judged> denied = verdict.leadingTo(Action.DENY);
        StringBuilder message = new StringBuilder();
        for (String sentence : verdict.podSecuritySentences(Action.DENY)) {
            message.append(sentence).append('\n');
        }
        message.append("Bulkhead refuses ")
                .append(workload.kind())
                .append(workload.name().isEmpty() ? "" : " \"" + workload.name() + "\"")
                .append(" (profile ")
                .append(demands.profile())
                .append(", policy ")
                .append(String.join(", ", demands.policies()))
                .append("): ")
                .append(counted(denied.size(), "finding"))
                .append('.');
        for (Judged judged : denied.subList(0, Math.min(denied.size(), MOST_FINDINGS))) {
            message.append("\n- ")
                    .append(judged.finding().rule().id())
                    .append(": ")
                    .append(judged.finding().message())
                    .append("\n  at ")
                    .append(judged.finding().place().pointer())
                    .append("\n  fix: ")
                    .append(judged.finding().remedy());
            judged.left()
                    .ifPresent(reason -> message.append("\n  not filled in: ").append(reason));
        }
        if (denied.size() > MOST_FINDINGS) {
            message.append("\n- and ").append(denied.size() - MOST_FINDINGS).append(" more");
        }
        String rules = denied.stream()
                .map(judged -> judged.finding().rule().id())
                .distinct()
                .limit(3)
                .map(rule -> "`bulkhead explain " + rule + "`")
                .collect(Collectors.joining(", "));
        message.append("\nWhy, and how to fix it: ").append(rules);
        return clean(message.toString(), true);
    }

    /** What is admitted but should not be; each in a line, the rest counted. */
    static List<String> warnings(Verdict verdict) {
        List<String> all = new ArrayList<>(verdict.podSecuritySentences(Action.WARN));
        if (all.isEmpty()) {
            verdict.leadingTo(Action.WARN)
                    .forEach(judged -> all.add(judged.finding().rule().id() + ": "
                            + judged.finding().message()));
        }
        return warnings(all);
    }

    /** What to know about what was filled in. */
    static List<String> notes(Verdict verdict) {
        return warnings(verdict.notes());
    }

    /** Text as one harmless line for logs and annotations. */
    static String line(String text) {
        return cut(clean(text, false), ANNOTATION_LENGTH);
    }

    private static List<String> warnings(List<String> all) {
        List<String> warnings = all.stream()
                .distinct()
                .limit(all.size() > MOST_WARNINGS ? MOST_WARNINGS - 1 : MOST_WARNINGS)
                .map(text -> cut(clean("bulkhead: " + text, false), WARNING_LENGTH))
                .collect(Collectors.toCollection(ArrayList::new));
        if (all.size() > MOST_WARNINGS) {
            warnings.add("bulkhead: and " + (all.size() - MOST_WARNINGS + 1) + " more warnings");
        }
        return List.copyOf(warnings);
    }

    /** Every finding by rule and container, for the audit log. */
    static String violations(List<Judged> findings) {
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

    private static String cut(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(length - 2)) ? length - 2 : length - 1;
        return text.substring(0, end) + "…";
    }

    /** Names and values come from users: what could forge a line or fool a terminal is shown as {@code \\uXXXX}. */
    private static String clean(String text, boolean lines) {
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean harmless = c == '\n' ? lines : !isTricky(c);
            if (harmless) {
                clean.append(c);
            } else {
                clean.append(String.format("\\u%04x", (int) c));
            }
        }
        return clean.toString();
    }

    private static boolean isTricky(char c) {
        int type = Character.getType(c);
        return Character.isISOControl(c)
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
