package dev.bulkhead.engine.access;

/**
 * What permits something for one object.
 *
 * @param name of the object
 */
public record NamedGrant(String name, Grant grant) {}
