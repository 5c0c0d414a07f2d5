package dev.bulkhead.rule;

/** The Pod Security level that a check belongs to. */
public enum Level {
    BASELINE,
    RESTRICTED
}
