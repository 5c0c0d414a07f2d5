package dev.bulkhead.manifest.fix;

/** A member of a mapping, which holds a value that is to be edited. */
record Slot(Node.Mapping mapping, Node.Member member) {}
