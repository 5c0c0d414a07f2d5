package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.VersionedCheck;

/**
 * A rule at the revision a profile means, and what the profile wants done about it.
 */
public record ProfileRule(Rule rule, VersionedCheck revision, RuleAction demand) {}
