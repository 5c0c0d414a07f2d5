package dev.bulkhead.app.console.access;

import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.Optional;
import java.util.Set;

/**
 * A person who looks at the console, and what this person may see.
 *
 * @param name as the cluster calls this person, for the page's head
 * @param everything whether all namespaces, and what belongs to none
 * @param namespaces otherwise those in which this person may list pods
 * @param formToken what a form must send back, so that no other site can send it; empty where no session is kept
 * @param limit why this person sees less than usual at the moment, in a sentence
 */
public record Viewer(
        String name, boolean everything, Set<String> namespaces, String formToken, Optional<String> limit) {
    public Viewer {
        namespaces = ImmutableCopies.of(namespaces);
    }

    /** Whether this person may see what is in that namespace. */
    public boolean sees(String namespace) {
        return everything || namespaces.contains(namespace);
    }
}
