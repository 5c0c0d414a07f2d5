package dev.bulkhead.policy;

import dev.bulkhead.rule.Action;
import dev.bulkhead.rule.Finding;
import java.util.List;
import java.util.Optional;

/**
 * A finding and what comes of it.
 *
 * @param action what the policies want done; a {@code HARDEN} that nothing can fill in has become a {@code DENY}
 * @param exemption the exemption that excuses it, if one does
 * @param left why the safe value was not filled in, where it might have been
 * @param pins the Pod Security levels that object to it, as {@code LEVEL:VERSION}
 */
public record Judged(
        Finding finding, Action action, Optional<String> exemption, Optional<String> left, List<Pin> pins) {
    public Judged {
        pins = List.copyOf(pins);
    }

    /** A Pod Security level that objects, and how strictly it is held here. */
    public record Pin(String levelAndVersion, Action action) {}

    /** Whether the finding has this action, unexcused. */
    public boolean leadsTo(Action wanted) {
        return action == wanted && exemption.isEmpty();
    }

    Judged milder(Action atMost) {
        List<Pin> milder = pins.stream()
                .map(pin -> new Pin(pin.levelAndVersion(), Action.milder(pin.action(), atMost)))
                .toList();
        return new Judged(finding, Action.milder(action, atMost), exemption, left, milder);
    }
}
