package dev.bulkhead.app.cluster.refusal;

import dev.bulkhead.app.cluster.resource.OutermostController;
import java.util.List;
import java.util.Optional;

/**
 * What was refused, to whom and by which rules; refusals that have all this in common are one event.
 *
 * @param about the object, and what a person would edit
 * @param user who sent it; empty where that is not to be recorded
 * @param rules the ids of the rules that refused it, in their order; empty if it could not be evaluated
 */
public record RefusedObject(OutermostController about, Optional<String> user, List<String> rules) {
    public RefusedObject {
        rules = List.copyOf(rules);
    }

    String namespace() {
        return about.namespace();
    }

    /** What distinguishes it from others of its namespace. */
    String key() {
        return String.join(
                "\n", about.outermost().kind(), about.outermost().name(), user.orElse(""), String.join(",", rules));
    }
}
