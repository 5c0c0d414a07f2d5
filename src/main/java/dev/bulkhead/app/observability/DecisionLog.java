package dev.bulkhead.app.observability;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionRequest;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.app.admission.Decision;
import dev.bulkhead.app.admission.DecisionListener;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.config.GateConfig.Log.Decisions;
import dev.bulkhead.engine.evaluation.EvaluatedFinding;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.rule.Action;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Logs a line for every decision: who requested what, and the result. */
public final class DecisionLog implements DecisionListener {
    /** The log category, for configuration. */
    public static final String CATEGORY = "dev.bulkhead.decision";

    /** Verdicts that changed, denied and warned about nothing. */
    private static final Set<String> QUIET = Set.of("passed", "skipped");

    private static final int NANOS_PER_MICRO = 1_000;

    private final Decisions which;
    private final StructuredLog log;

    public DecisionLog(GateConfig.Log config) {
        this.which = config.decisions();
        this.log = new StructuredLog(CATEGORY, "decision", config.json());
    }

    @Override
    public void write(Entry entry) {
        String verdict = entry.verdict();
        if (which == Decisions.NONE || !log.isHeard()) {
            return;
        }
        Optional<Verdict.Outcome> withheld = withheld(entry);
        if (which == Decisions.NOTABLE && QUIET.contains(verdict) && withheld.isEmpty()) {
            return;
        }
        Map<String, String> values = new LinkedHashMap<>();
        values.put("verdict", verdict);
        values.put("enforced", withheld.map(Verdict.Outcome::label).orElse(""));
        values.put("path", entry.path().name().toLowerCase(Locale.ROOT));
        entry.request().ifPresent(request -> request(values, request));
        if (entry.decision() instanceof Decision.Evaluated evaluated) {
            evaluated(values, evaluated);
        } else if (entry.decision() instanceof Decision.Invalid invalid) {
            values.put("reason", invalid.reason());
        } else if (entry.decision() instanceof Decision.Advice advice) {
            values.put("reason", advice.refusal().orElse(""));
        } else if (entry.decision() instanceof Decision.Failed failed) {
            values.put("reference", failed.incident().reference());
        }
        values.put("uid", entry.uid());
        values.put("caller", entry.caller() == Caller.UNVERIFIED ? "unverified" : "");
        values.put("micros", Long.toString(entry.nanos() / NANOS_PER_MICRO));
        log.write(values);
    }

    /**
     * The verdict if every policy enforced, where policies that only warn or audit make it milder. Logged for
     * validation only, so that it appears once.
     */
    static Optional<Verdict.Outcome> withheld(Entry entry) {
        if (entry.path() != AdmissionService.Path.VALIDATE
                || !(entry.decision() instanceof Decision.Evaluated evaluated)) {
            return Optional.empty();
        }
        return evaluated.verdict().findings().stream()
                .filter(finding -> finding.exemption().isEmpty())
                .flatMap(finding -> evaluated.rules().withheld(finding.finding()).stream())
                .max(Comparator.naturalOrder())
                .flatMap(DecisionLog::outcome)
                .filter(outcome -> outcome.compareTo(evaluated.verdict().outcome()) > 0);
    }

    private static Optional<Verdict.Outcome> outcome(Action action) {
        return switch (action) {
            case DENY -> Optional.of(Verdict.Outcome.DENIED);
            case HARDEN -> Optional.of(Verdict.Outcome.HARDENED);
            case WARN -> Optional.of(Verdict.Outcome.WARNED);
            case AUDIT, OFF -> Optional.empty();
        };
    }

    private static void request(Map<String, String> values, AdmissionRequest request) {
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

    private static void evaluated(Map<String, String> values, Decision.Evaluated evaluated) {
        Verdict verdict = evaluated.verdict();
        values.put(
                "rules",
                verdict.findings().stream()
                        .filter(finding -> finding.exemption().isEmpty())
                        .map(DecisionLog::ruleAndAction)
                        .distinct()
                        .collect(Collectors.joining(",")));
        values.put("exemptions", String.join(",", verdict.exemptions()));
        values.put("policy", String.join(",", evaluated.rules().policies()));
    }

    private static String ruleAndAction(EvaluatedFinding finding) {
        return finding.finding().rule().id() + "=" + finding.action().label();
    }
}
