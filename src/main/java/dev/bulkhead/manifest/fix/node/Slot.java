package dev.bulkhead.manifest.fix.node;

/** A member of a mapping, which holds a value that is to be edited. */
public record Slot(Node.Mapping mapping, Node.Member member) {}
