package dev.bulkhead.admission;

import dev.bulkhead.admission.GateConfig.Log.Decisions;
import dev.bulkhead.policy.Judged;
import dev.bulkhead.policy.Verdict;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes a line for every decision: who asked for what, and what came of it. */
final class DecisionLog implements Journal {
    /** The category to silence or to divert. */
    static final String CATEGORY = "dev.bulkhead.decision";

    /** What these say was neither changed nor hindered nor remarked upon. */
    private static final Set<String> QUIET = Set.of("passed", "unconcerned");

    private static final int NANOS_PER_MICRO = 1_000;

    private final Decisions which;
    private final LogLine log;

    DecisionLog(GateConfig.Log config) {
        this.which = config.decisions();
        this.log = new LogLine(CATEGORY, "decision", config.json());
    }

    @Override
    public void write(Entry entry) {
        String verdict = entry.verdict();
        if (which == Decisions.NONE || (which == Decisions.NOTABLE && QUIET.contains(verdict)) || !log.isHeard()) {
            return;
        }
        Map<String, String> values = new LinkedHashMap<>();
        values.put("verdict", verdict);
        values.put("path", entry.path().name().toLowerCase(Locale.ROOT));
        entry.request().ifPresent(request -> request(values, request));
        if (entry.decision() instanceof Decision.Judgement judgement) {
            judgement(values, judgement);
        } else if (entry.decision() instanceof Decision.Unjudgeable unjudgeable) {
            values.put("reason", unjudgeable.reason());
        } else if (entry.decision() instanceof Decision.Failed failed) {
            values.put("reference", failed.incident().reference());
        }
        values.put("uid", entry.uid());
        values.put("micros", Long.toString(entry.nanos() / NANOS_PER_MICRO));
        log.write(values);
    }

    private static void request(Map<String, String> values, ReviewRequest request) {
        values.put("operation", request.operation().name());
        values.put("kind", request.kind());
        values.put(
                "requestKind",
                request.requestKind()
                        .filter(kind -> !kind.equals(request.kind()))
                        .orElse(""));
        values.put("subResource", request.subResource());
        values.put("namespace", request.namespace().orElse(""));
        values.put("name", request.name());
        values.put("user", request.user().orElse(""));
        values.put("dryRun", request.dryRun() ? "true" : "");
    }

    private static void judgement(Map<String, String> values, Decision.Judgement judgement) {
        Verdict verdict = judgement.verdict();
        values.put(
                "rules",
                verdict.findings().stream()
                        .filter(judged -> judged.exemption().isEmpty())
                        .map(DecisionLog::ruleAndAction)
                        .distinct()
                        .collect(Collectors.joining(",")));
        values.put("exemptions", String.join(",", verdict.exemptions()));
        values.put("policy", String.join(",", judgement.demands().policies()));
    }

    private static String ruleAndAction(Judged judged) {
        return judged.finding().rule().id() + "=" + judged.action().label();
    }
}
