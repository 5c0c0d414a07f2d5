package dev.bulkhead.engine.rule;

import java.util.List;
import java.util.Optional;

/**
 * A rule: what is known of it, and a pure check. Every rule looks at all containers of a pod, of whatever kind.
 * Rules hold no state.
 */
public interface Rule {
    /** What is known of the rule besides its check. */
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

    /** What is checked, by version, oldest first. */
    List<VersionedCheck> revisions();

    /** What {@code least-privilege} wants done. */
    RuleAction leastPrivilege();

    /** What {@code sandboxed} wants done. */
    default RuleAction sandboxed() {
        return leastPrivilege();
    }

    /** What to say of these findings of this rule in one pod, taken together; there is at least one. */
    PodSummary describe(List<Finding> findings);

    /** What to say of a single finding. */
    default String message(Finding finding) {
        return describe(List.of(finding)).detail();
    }

    /** How a finding is put right. */
    Remedy remedy(Finding finding);

    /** The revision in force at that version; empty before the first. */
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
