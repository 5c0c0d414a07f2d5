package dev.bulkhead.engine.rule;

/** The Pod Security level that a check belongs to. */
public enum PodSecurityLevel {
    BASELINE,
    RESTRICTED
}
