package dev.bulkhead.engine.rule;

import java.util.Locale;

/** How severe the violation of a rule is: what an attacker gains, the most severe first. */
public enum Severity {
    CRITICAL("An attacker in the container takes over the node by documented means, without a flaw."),
    HIGH("A boundary to the node, to other pods or to credentials is open: one more condition, such as root in the"
            + " container or a known flaw, is enough to cross it."),
    MEDIUM("A defence that contains a compromised container is missing."),
    LOW("The effect stays within the pod, or other rules guard the same boundary.");

    private final String criterion;

    Severity(String criterion) {
        this.criterion = criterion;
    }

    /** The criterion, in a sentence. */
    public String criterion() {
        return criterion;
    }

    /** The severity's name as users read it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
