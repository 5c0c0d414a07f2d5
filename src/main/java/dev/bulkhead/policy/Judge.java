package dev.bulkhead.policy;

import dev.bulkhead.policy.Exemption.Owner;
import dev.bulkhead.rule.Action;
import dev.bulkhead.rule.Context;
import dev.bulkhead.rule.Finding;
import dev.bulkhead.rule.Hardenable;
import dev.bulkhead.rule.Hardening;
import dev.bulkhead.rule.Rule;
import dev.bulkhead.rule.Subject;
import dev.bulkhead.workload.Container;
import dev.bulkhead.workload.Edit;
import dev.bulkhead.workload.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The one function that decides. The gate, the command line and every report call it, so they cannot disagree. */
public final class Judge {
    private Judge() {}

    /** Judges the pod that the workload is or would make, as it would be after hardening. */
    public static Verdict judge(Workload workload, Demands demands, Circumstances circumstances) {
        Context context = new Context(
                demands.settings(),
                circumstances.cluster(),
                circumstances.namespace(),
                !workload.isPod(),
                circumstances.work());
        List<Judged> judged = find(workload, demands, context);
        if (!judged.isEmpty()) {
            judged = excuse(judged, workload, demands, circumstances);
        }
        return harden(judged, workload, demands, circumstances, context);
    }

    private static List<Judged> find(Workload workload, Demands demands, Context context) {
        List<Judged> judged = new ArrayList<>(0);
        for (Demands.RuleDemands demand : demands.rules()) {
            demand.revision().check().run(workload.pod(), context, finding -> {
                Action strictest = Action.OFF;
                List<Judged.Pin> pins = new ArrayList<>(1);
                for (Clause clause : demand.clauses()) {
                    Action action = clause.actionFor(finding);
                    strictest = Action.stricter(strictest, action);
                    if (action != Action.OFF) {
                        clause.pin().ifPresent(pin -> pins.add(new Judged.Pin(pin, action)));
                    }
                }
                if (strictest != Action.OFF) {
                    merge(judged, new Judged(finding, strictest, Optional.empty(), Optional.empty(), pins));
                }
            });
        }
        return judged;
    }

    /** Two revisions of a rule may find the same thing; it is one finding, and the stricter action stands. */
    private static void merge(List<Judged> judged, Judged next) {
        for (int i = judged.size() - 1; i >= 0; i--) {
            Judged other = judged.get(i);
            if (other.finding().rule() != next.finding().rule()) {
                break;
            }
            if (isSamePlace(other.finding(), next.finding())) {
                List<Judged.Pin> pins = new ArrayList<>(other.pins());
                pins.addAll(next.pins());
                Action stricter = Action.stricter(other.action(), next.action());
                judged.set(i, new Judged(other.finding(), stricter, Optional.empty(), Optional.empty(), pins));
                return;
            }
        }
        judged.add(next);
    }

    private static boolean isSamePlace(Finding a, Finding b) {
        return a.isSameAs(b) && a.place().pointer().equals(b.place().pointer());
    }

    private record Scope(String ruleId, Optional<Container> container) {
        static Scope of(Finding finding) {
            return new Scope(finding.rule().id(), finding.subject().asContainer());
        }
    }

    /**
     * Excuses what exemptions cover. Of one rule in one container (or in the pod itself) a single exemption speaks: two
     * that each allow a part do not together allow the whole.
     */
    private static List<Judged> excuse(
            List<Judged> judged, Workload workload, Demands demands, Circumstances circumstances) {
        if (demands.exemptions().isEmpty()) {
            return judged;
        }
        List<Owner> identities = Owners.of(workload, circumstances.user());
        List<Exemption> candidates = demands.exemptions().stream()
                .filter(exemption -> exemption.isFor(identities, circumstances.now()))
                .toList();
        if (candidates.isEmpty()) {
            return judged;
        }
        Map<Scope, List<Finding>> scopes = new HashMap<>();
        for (Judged one : judged) {
            scopes.computeIfAbsent(Scope.of(one.finding()), scope -> new ArrayList<>())
                    .add(one.finding());
        }
        Map<Scope, Exemption> speaking = new HashMap<>();
        scopes.forEach((scope, findings) -> {
            long most = 0;
            for (Exemption candidate : candidates) {
                long covered = findings.stream()
                        .filter(finding -> candidate.covers(finding, workload.pod()))
                        .count();
                if (covered > most) {
                    most = covered;
                    speaking.put(scope, candidate);
                }
            }
        });
        return judged.stream()
                .map(one -> {
                    Optional<String> exemption = Optional.ofNullable(speaking.get(Scope.of(one.finding())))
                            .filter(speaks -> speaks.covers(one.finding(), workload.pod()))
                            .map(Exemption::name);
                    return new Judged(one.finding(), one.action(), exemption, one.left(), one.pins());
                })
                .toList();
    }

    private static Verdict harden(
            List<Judged> judged, Workload workload, Demands demands, Circumstances circumstances, Context context) {
        if (demands.settings().user().isEmpty() && judged.stream().noneMatch(one -> one.action() == Action.HARDEN)) {
            return new Verdict(judged, List.of(), List.of(), List.of());
        }
        List<Finding> excused = judged.stream()
                .filter(one -> one.exemption().isPresent())
                .map(Judged::finding)
                .toList();
        Map<Finding, String> left = new HashMap<>();
        List<Edit> edits = new ArrayList<>(0);
        List<String> rules = new ArrayList<>(0);
        List<String> notes = new ArrayList<>(0);
        Set<Rule> done = new HashSet<>(0);
        for (Demands.RuleDemands demand : demands.rules()) {
            // A rule asked for at two revisions still fills in once.
            if (!(demand.rule() instanceof Hardenable rule)
                    || demand.clauses().stream().noneMatch(Clause::mayHarden)
                    || !done.add(rule)) {
                continue;
            }
            List<Finding> open = new ArrayList<>(0);
            for (Judged one : judged) {
                if (one.finding().rule() == rule && one.finding().unset() && one.leadsTo(Action.HARDEN)) {
                    if (isWithinReach(one.finding(), circumstances)) {
                        open.add(one.finding());
                    } else {
                        left.put(one.finding(), "it can no longer be changed on a pod that runs");
                    }
                }
            }
            Hardening hardening = new Hardening(
                    workload.pod(),
                    context,
                    open,
                    excused,
                    circumstances.addedOnly().isEmpty(),
                    ruleId -> judged.stream()
                            .anyMatch(one -> one.finding().rule().id().equals(ruleId) && isDenied(one, left)));
            rule.harden(hardening);
            if (!hardening.edits().isEmpty()) {
                edits.addAll(hardening.edits());
                rules.add(rule.id());
            }
            for (Finding finding : open) {
                hardening.left(finding).ifPresent(reason -> left.put(finding, reason));
            }
            notes.addAll(hardening.notes());
        }
        List<Judged> settled = judged.stream().map(one -> settle(one, left)).toList();
        return new Verdict(settled, edits, rules, notes);
    }

    /** Whether it is denied, as far as hardening has come. */
    private static boolean isDenied(Judged judged, Map<Finding, String> left) {
        return judged.leadsTo(Action.DENY)
                || (judged.leadsTo(Action.HARDEN) && (!judged.finding().unset() || left.containsKey(judged.finding())));
    }

    private static boolean isWithinReach(Finding finding, Circumstances circumstances) {
        return circumstances
                .addedOnly()
                .map(added -> finding.subject() instanceof Subject.OfContainer of && added.test(of.container()))
                .orElse(true);
    }

    /** What is explicitly unsafe, and what could not be filled in, is denied. */
    private static Judged settle(Judged judged, Map<Finding, String> left) {
        if (judged.action() != Action.HARDEN) {
            return judged;
        }
        Optional<String> reason = Optional.ofNullable(left.get(judged.finding()));
        boolean filled = judged.finding().unset() && reason.isEmpty();
        return new Judged(
                judged.finding(), filled ? Action.HARDEN : Action.DENY, judged.exemption(), reason, judged.pins());
    }
}
