package dev.bulkhead.policy;

import dev.bulkhead.rule.Demand;
import dev.bulkhead.rule.Revision;
import dev.bulkhead.rule.Rule;

/**
 * A rule at the revision a profile means, and what the profile wants done about it.
 */
public record Demanded(Rule rule, Revision revision, Demand demand) {}
