package dev.bulkhead.engine.proposal;

import dev.bulkhead.engine.policy.Exemption;
import java.util.List;
import java.util.Optional;

/**
 * The exemptions that would have one denied workload admitted.
 *
 * @param exemptions none where there is an objection
 * @param objection why no exemption is proposed, as a sentence without its end
 * @param denials why the workload is denied
 */
public record Proposal(
        DeniedWorkload.Id workload, List<Proposed> exemptions, Optional<String> objection, List<Denial> denials) {
    public Proposal {
        exemptions = List.copyOf(exemptions);
        denials = List.copyOf(denials);
    }

    /**
     * One exemption.
     *
     * @param namespace of the object; its exemptions have to count
     * @param name of the object
     * @param excuses the denials that it covers
     */
    public record Proposed(String namespace, String name, Exemption exemption, List<Denial> excuses) {
        public Proposed {
            excuses = List.copyOf(excuses);
        }
    }

    /** Why something is denied: the rule's id, and what is wrong, in a sentence without its end. */
    public record Denial(String ruleId, String message) {}
}
