package dev.bulkhead.engine.rule;

import java.util.List;
import java.util.Optional;

/**
 * A rule: its metadata and a pure check. Every rule looks at all containers of a pod, of whatever kind. Rules hold no
 * state.
 */
public interface Rule {
    /** The rule's metadata. */
    RuleInfo info();

    /** The public name, in policies, reports and links. */
    default String id() {
        return info().id();
    }

    default Layer layer() {
        return info().layer();
    }

    /** The Pod Security level whose check this is; empty for Bulkhead's own rules. */
    default Optional<PodSecurityLevel> level() {
        return info().level();
    }

    /** The checks, by version, the oldest first. */
    List<VersionedCheck> revisions();

    /** The action in {@code least-privilege}. */
    RuleAction leastPrivilege();

    /** The action in {@code sandboxed}. */
    default RuleAction sandboxed() {
        return leastPrivilege();
    }

    /** Summarises findings of this rule in one pod; there is at least one. */
    PodSummary describe(List<Finding> findings);

    /** Describes a single finding. */
    default String message(Finding finding) {
        return describe(List.of(finding)).detail();
    }

    /** How to fix a finding. */
    Remedy remedy(Finding finding);

    /** The check in force at that version; empty before the first. */
    default Optional<VersionedCheck> revisionAt(PodSecurityVersion version) {
        Optional<VersionedCheck> inForce = Optional.empty();
        for (VersionedCheck revision : revisions()) {
            if (revision.since() <= version.minor()) {
                inForce = Optional.of(revision);
            }
        }
        return inForce;
    }
}
