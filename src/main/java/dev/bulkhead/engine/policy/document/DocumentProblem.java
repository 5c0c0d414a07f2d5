package dev.bulkhead.engine.policy.document;

/**
 * A problem in a policy or an exemption.
 *
 * @param pointer the JSON Pointer of the field
 * @param message what is wrong and what is expected
 */
public record DocumentProblem(String pointer, String message) {}
