package dev.bulkhead.engine.export;

/** A named expression of a policy; {@code variables.NAME} elsewhere in it. */
public record Variable(String name, String expression) {}
