package dev.bulkhead.app.console.view;

import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.engine.policy.Namespace;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What is known of the namespaces for which manifests are evaluated. */
public final class KnownNamespaces {
    private KnownNamespaces() {}

    /** A verdict would tell of the policies of a namespace that the viewer does not see. */
    public static final class UnseenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String namespace;

        private UnseenException(String namespace) {
            super("namespace not seen by the viewer", null, false, false);
            this.namespace = namespace;
        }

        /** Its name. */
        public String namespace() {
            return namespace;
        }
    }

    /**
     * Looks a namespace up by its name.
     *
     * @param viewer who must see it, if anybody must; otherwise it throws {@link UnseenException}
     */
    public static Function<String, Namespace> in(ConsoleData data, Optional<Viewer> viewer) {
        Map<String, Namespace> known = new HashMap<>();
        data.namespaces().forEach(one -> known.put(one.name(), one));
        return name -> {
            if (viewer.filter(who -> !who.sees(name)).isPresent()) {
                throw new UnseenException(name);
            }
            return known.getOrDefault(name, Namespace.named(name));
        };
    }
}
