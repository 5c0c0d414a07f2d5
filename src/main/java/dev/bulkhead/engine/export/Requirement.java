package dev.bulkhead.engine.export;

import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.VersionedCheck;

/**
 * A rule at a revision, for the values that have one effect.
 *
 * @param guard when it is required, by the namespace's labels; empty if always
 * @param check the revision in CEL
 */
record Requirement(Rule rule, VersionedCheck revision, CelCheck check, ValueFilter values, String guard) {}
