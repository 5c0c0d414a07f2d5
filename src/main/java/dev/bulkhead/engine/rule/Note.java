package dev.bulkhead.engine.rule;

/**
 * Something that a person should know about a workload although no rule objects to it: mostly what hardening cannot know,
 * such as whether the program in an image works with what was filled in.
 *
 * @param rule the rule whose page explains it
 * @param message one sentence without its end; it names the container and the image that it is about, so that another
 *     image makes another note
 * @param source where the knowledge behind it comes from; empty where it is the lack of knowledge
 * @param starts what it means for the containers that it is about
 */
public record Note(RuleInfo rule, String message, String source, Starts starts) {
    /** The generated one costs a command more to link than to run. */
    @Override
    public int hashCode() {
        return 31 * rule.id().hashCode() + message.hashCode();
    }
}
