package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import java.util.List;
import java.util.Optional;

/**
 * A finding and its action.
 *
 * @param action the strictest action of the policies; {@code HARDEN} becomes {@code DENY} where nothing was filled in
 * @param exemption the exemption that covers it, if any
 * @param notHardenedReason why no safe value was filled in, where one was called for
 * @param pins the Pod Security levels that the finding violates
 * @param tolerated whether it is only warned about because the stored object already had it
 */
public record EvaluatedFinding(
        Finding finding,
        Action action,
        Optional<String> exemption,
        Optional<String> notHardenedReason,
        List<Pin> pins,
        boolean tolerated) {
    public EvaluatedFinding {
        pins = List.copyOf(pins);
    }

    /**
     * A Pod Security level that a finding violates, as {@code LEVEL:VERSION}, and the action of the policy that
     * requires it.
     */
    public record Pin(String levelAndVersion, Action action) {}

    /** Whether the finding has this action and no exemption covers it. */
    public boolean leadsTo(Action wanted) {
        return action == wanted && exemption.isEmpty();
    }

    EvaluatedFinding excusedBy(String name) {
        return new EvaluatedFinding(finding, action, Optional.of(name), notHardenedReason, pins, tolerated);
    }

    /**
     * The finding after hardening: hardened if a value was filled in, denied if it is explicitly unsafe or there is a
     * reason why not.
     */
    EvaluatedFinding settled(Optional<String> reason) {
        boolean filled = finding.unset() && reason.isEmpty();
        return new EvaluatedFinding(finding, filled ? Action.HARDEN : Action.DENY, exemption, reason, pins, tolerated);
    }

    /** The finding with the milder action, if the policies ask for less in the hardened object. */
    EvaluatedFinding relaxedTo(EvaluatedFinding later) {
        return new EvaluatedFinding(
                finding, Action.milder(action, later.action), exemption, notHardenedReason, later.pins, tolerated);
    }

    /** The finding in an object that has passed hardening: what is still unset is denied. */
    EvaluatedFinding afterHardening() {
        return action == Action.HARDEN
                ? new EvaluatedFinding(finding, Action.DENY, exemption, notHardenedReason, pins, tolerated)
                : this;
    }

    /** The finding in an object that already had it: warned about instead of denied, by Pod Security levels too. */
    EvaluatedFinding asTolerated() {
        if (action != Action.DENY) {
            return this;
        }
        List<Pin> milder = pins.stream()
                .map(pin -> new Pin(pin.levelAndVersion(), Action.milder(pin.action(), Action.WARN)))
                .toList();
        return new EvaluatedFinding(finding, Action.WARN, exemption, notHardenedReason, milder, true);
    }

    /** The same, but still denied if a Pod Security level denies it. */
    EvaluatedFinding asToleratedByBulkhead() {
        return pins.stream().anyMatch(pin -> pin.action() == Action.DENY) ? this : asTolerated();
    }
}
