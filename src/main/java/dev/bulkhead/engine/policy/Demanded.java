package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.rule.Demand;
import dev.bulkhead.engine.rule.Revision;
import dev.bulkhead.engine.rule.Rule;

/**
 * A rule at the revision a profile means, and what the profile wants done about it.
 */
public record Demanded(Rule rule, Revision revision, Demand demand) {}
