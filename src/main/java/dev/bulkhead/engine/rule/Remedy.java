package dev.bulkhead.engine.rule;

import dev.bulkhead.engine.edit.Edit;
import java.util.List;

/**
 * How a finding is put right, for a person and for a program.
 *
 * @param text the edit, in a sentence without its end
 * @param edits the same edit of the object as it was given; worked out only where it is asked for
 */
public record Remedy(String text, Edits edits) {
    /** Works out edits, which may depend on what the policy sets and the cluster has. */
    @FunctionalInterface
    public interface Edits {
        /** The edits that do away with the finding; none where no edit can be right. */
        List<Edit> in(RuleContext context);
    }

    public static Remedy of(String text, Edit... edits) {
        List<Edit> all = List.of(edits);
        return new Remedy(text, context -> all);
    }
}
