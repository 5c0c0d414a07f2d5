package dev.bulkhead.engine.rule;

import dev.bulkhead.engine.edit.Edit;
import java.util.List;

/**
 * How to fix a finding, as text and as edits.
 *
 * @param text the edit, in a sentence without its end
 * @param edits the same edit of the object as it was given; worked out only where it is asked for
 */
public record Remedy(String text, Edits edits) {
    /** Computes edits, which may depend on the policy's settings and the cluster. */
    @FunctionalInterface
    public interface Edits {
        /** The edits that remove the finding; none if no edit can be right. */
        List<Edit> in(RuleContext context);
    }

    public static Remedy of(String text, Edit... edits) {
        List<Edit> all = List.of(edits);
        return new Remedy(text, context -> all);
    }
}
