package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import java.util.List;
import java.util.Optional;

/**
 * A finding and what comes of it.
 *
 * @param action what the policies want done; a {@code HARDEN} that nothing can fill in has become a {@code DENY}
 * @param exemption the exemption that excuses it, if one does
 * @param left why the safe value was not filled in, where it might have been
 * @param pins the Pod Security levels that object to it, as {@code LEVEL:VERSION}
 * @param tolerated whether it would be denied in a new object, and is only warned about since this one had it already
 */
public record EvaluatedFinding(
        Finding finding,
        Action action,
        Optional<String> exemption,
        Optional<String> left,
        List<Pin> pins,
        boolean tolerated) {
    public EvaluatedFinding {
        pins = List.copyOf(pins);
    }

    /** A Pod Security level that objects, and how strictly it is held here. */
    public record Pin(String levelAndVersion, Action action) {}

    /** Whether the finding has this action, unexcused. */
    public boolean leadsTo(Action wanted) {
        return action == wanted && exemption.isEmpty();
    }

    EvaluatedFinding excusedBy(String name) {
        return new EvaluatedFinding(finding, action, Optional.of(name), left, pins, tolerated);
    }

    /** What is explicitly unsafe, and what could not be filled in for that reason, is denied. */
    EvaluatedFinding settled(Optional<String> reason) {
        boolean filled = finding.unset() && reason.isEmpty();
        return new EvaluatedFinding(finding, filled ? Action.HARDEN : Action.DENY, exemption, reason, pins, tolerated);
    }

    /** The finding with what the policies want done about it in the hardened object. */
    EvaluatedFinding relaxedTo(EvaluatedFinding later) {
        return new EvaluatedFinding(
                finding, Action.milder(action, later.action), exemption, left, later.pins, tolerated);
    }

    /** The finding in an object for which hardening has had its turn. */
    EvaluatedFinding afterHardening() {
        return action == Action.HARDEN
                ? new EvaluatedFinding(finding, Action.DENY, exemption, left, pins, tolerated)
                : this;
    }

    /** The finding in an object that had it before: denied no more, by no one. */
    EvaluatedFinding asTolerated() {
        if (action != Action.DENY) {
            return this;
        }
        List<Pin> milder = pins.stream()
                .map(pin -> new Pin(pin.levelAndVersion(), Action.milder(pin.action(), Action.WARN)))
                .toList();
        return new EvaluatedFinding(finding, Action.WARN, exemption, left, milder, true);
    }

    /** The same, save that a Pod Security level that denies it still does. */
    EvaluatedFinding asToleratedByBulkhead() {
        return pins.stream().anyMatch(pin -> pin.action() == Action.DENY) ? this : asTolerated();
    }
}
