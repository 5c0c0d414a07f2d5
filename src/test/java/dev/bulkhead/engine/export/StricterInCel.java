package dev.bulkhead.engine.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.evaluation.EvaluatedFinding;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Subject;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The rules by which the exported policies may deny what the engine admits by them. The limits of the export say each case. */
final class StricterInCel {
    private static final Pattern MEMBER = Pattern.compile("/securityContext/([^/]+)");

    private StricterInCel() {}

    /** In what is created, or what an update makes of it. */
    static Set<String> about(Verdict verdict, boolean template) {
        Set<String> rules = new TreeSet<>();
        if (template && verdict.hardenedRules().contains("sandboxRuntime")) {
            rules.add("userNamespace");
        }
        for (EvaluatedFinding one : verdict.findings()) {
            Finding finding = one.finding();
            if (one.exemption().isPresent()
                    && finding.subject() instanceof Subject.OfPod
                    && isFilledInContainers(verdict, member(finding))) {
                rules.add(finding.rule().id());
            }
        }
        return rules;
    }

    /** In an update that makes a template one of Windows pods: what was left to hardening so far. */
    static Set<String> onWindowsNow(Verdict before, ObjectNode from, ObjectNode to) {
        if (isWindows(from) || !isWindows(to)) {
            return Set.of();
        }
        return before.findings().stream()
                .filter(one -> one.finding().unset()
                        && (one.action() == Action.HARDEN
                                || one.notHardenedReason().isPresent()))
                .map(one -> one.finding().rule().id())
                .collect(Collectors.toSet());
    }

    private static boolean isWindows(ObjectNode template) {
        return template.at("/spec/template/spec/os/name").asText().equals("windows");
    }

    private static boolean isFilledInContainers(Verdict verdict, Optional<String> member) {
        return member.isPresent()
                && verdict.findings().stream()
                        .anyMatch(one -> one.exemption().isEmpty()
                                && one.finding().unset()
                                && one.finding().subject().asContainer().isPresent()
                                && member(one.finding()).equals(member));
    }

    private static Optional<String> member(Finding finding) {
        Matcher matcher = MEMBER.matcher(finding.place().pointer());
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
