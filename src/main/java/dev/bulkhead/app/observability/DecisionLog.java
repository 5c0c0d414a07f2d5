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
import java.io.OutputStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Handler;
import org.jboss.logmanager.Logger;
import org.jboss.logmanager.handlers.OutputStreamHandler;

/** Logs a line for every decision: who requested what, and the result. */
public final class DecisionLog implements DecisionListener {
    /** The log category, for configuration. */
    public static final String CATEGORY = "dev.bulkhead.decision";

    /** Outside dev.bulkhead, so that a log level set for that does not apply to it. */
    private static final String UNHEARD = "warm-up";

    /** Verdicts that changed, denied and warned about nothing. */
    private static final Set<String> QUIET = Set.of("passed", "skipped");

    private static final int NANOS_PER_MICRO = 1_000;

    private final Decisions which;
    private final StructuredLog log;

    public DecisionLog(GateConfig.Log config) {
        this(config, CATEGORY);
    }

    private DecisionLog(GateConfig.Log config, String category) {
        this.which = config.decisions();
        this.log = new StructuredLog(category, "decision", config.json());
    }

    /**
     * A log that formats its lines as the console's log does, and discards them. The warm-up uses it, so that the JVM has
     * compiled this code before the first real decision is logged.
     */
    public static DecisionLog unheard(GateConfig.Log config) {
        Logger log = Logger.getLogger(UNHEARD);
        log.setUseParentHandlers(false);
        log.setHandlers(LogOutput.consoleHandlers().stream()
                .map(console -> new OutputStreamHandler(OutputStream.nullOutputStream(), console.getFormatter()))
                .toArray(Handler[]::new));
        return new DecisionLog(config, UNHEARD);
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
        StructuredLog.Line line = log.line()
                .add("verdict", verdict)
                .add("enforced", withheld.map(Verdict.Outcome::label).orElse(""))
                .add("path", entry.path() == AdmissionService.Path.VALIDATE ? "validate" : "mutate");
        entry.request().ifPresent(request -> add(line, request));
        if (entry.decision() instanceof Decision.Evaluated evaluated) {
            add(line, evaluated);
        } else if (entry.decision() instanceof Decision.Invalid invalid) {
            line.add("reason", invalid.reason());
        } else if (entry.decision() instanceof Decision.Advice advice) {
            line.add("reason", advice.refusal().orElse(""));
        } else if (entry.decision() instanceof Decision.Failed failed) {
            line.add("reference", failed.incident().reference());
        }
        log.write(line.add("uid", entry.uid())
                .add("caller", entry.caller() == Caller.UNVERIFIED ? "unverified" : "")
                .add("micros", Long.toString(entry.nanos() / NANOS_PER_MICRO)));
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
        Optional<Action> strictest = Optional.empty();
        for (EvaluatedFinding finding : evaluated.verdict().findings()) {
            if (finding.exemption().isEmpty()) {
                Optional<Action> action = evaluated.rules().withheld(finding.finding());
                if (action.isPresent()
                        && strictest
                                .filter(one -> one.compareTo(action.get()) >= 0)
                                .isEmpty()) {
                    strictest = action;
                }
            }
        }
        return strictest
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

    private static void add(StructuredLog.Line line, AdmissionRequest request) {
        line.add("operation", request.operation().name())
                .add("kind", request.kind())
                .add(
                        "requestKind",
                        request.requestKind()
                                .filter(kind -> !kind.equals(request.kind()))
                                .orElse(""))
                .add("subResource", request.subResource())
                .add("namespace", request.namespace().orElse(""))
                .add("name", request.name())
                .add("user", request.user().orElse(""))
                .add("dryRun", request.dryRun() ? "true" : "");
    }

    private static void add(StructuredLog.Line line, Decision.Evaluated evaluated) {
        Verdict verdict = evaluated.verdict();
        line.add("rules", rules(verdict.findings()))
                .add("exemptions", String.join(",", verdict.exemptions()))
                .add("policy", String.join(",", evaluated.rules().policies()));
    }

    /** Each rule with its action, once, in the order of the findings. */
    private static String rules(List<EvaluatedFinding> findings) {
        Set<String> rules = new LinkedHashSet<>();
        for (EvaluatedFinding finding : findings) {
            if (finding.exemption().isEmpty()) {
                rules.add(finding.finding().rule().id() + "=" + finding.action().label());
            }
        }
        return String.join(",", rules);
    }
}
