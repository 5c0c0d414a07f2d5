package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.VersionedCheck;

/** A rule of a profile: at which version it applies, and with which action. */
public record ProfileRule(Rule rule, VersionedCheck revision, RuleAction action) {}
