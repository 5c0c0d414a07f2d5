package dev.bulkhead.app.console.page;

import dev.bulkhead.app.cluster.refusal.Refusal;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.view.ConsoleData;
import java.util.List;
import java.util.Optional;

/**
 * Which refusals a list shows.
 *
 * @param user to whom; empty for all
 * @param rule that refused; empty for all
 */
public record RefusalFilter(Optional<String> user, Optional<String> rule) {
    public static final String USER = "user";
    public static final String RULE = "rule";

    /** How many are listed at most, the latest. */
    public static final int MOST = 200;

    public static RefusalFilter of(PageRequest request) {
        return new RefusalFilter(request.parameter(USER), request.parameter(RULE));
    }

    boolean isEmpty() {
        return user.isEmpty() && rule.isEmpty();
    }

    /** Those that the viewer sees, the latest first. */
    public List<Refusal> matching(ConsoleData data, Viewer viewer) {
        return data.refusals().orElse(List.of()).stream()
                .filter(refusal -> viewer.sees(refusal.namespace()))
                .filter(refusal -> user.isEmpty() || refusal.user().equals(user))
                .filter(refusal -> rule.isEmpty() || refusal.rules().contains(rule.get()))
                .toList();
    }
}
