package dev.bulkhead.app.cluster.certificate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long clients have trusted the current CA bundle, as far as this replica has seen. If another leader has written
 * another bundle meanwhile, that one counts from when it was first seen. Not thread-safe.
 */
final class PublishedBundle {
    private final Clock clock;
    private String bundle = "";
    private Optional<Instant> since = Optional.empty();

    PublishedBundle(Clock clock) {
        this.clock = clock;
    }

    /** Records whether that bundle is published now. */
    void see(String now, boolean isPublished) {
        if (!isPublished || !now.equals(bundle)) {
            since = Optional.empty();
        }
        bundle = now;
        if (isPublished) {
            since = since.or(() -> Optional.of(clock.instant()));
        }
    }

    /** Whether it has been published for that long. */
    boolean isFor(Duration duration) {
        return since.filter(begin -> !clock.instant().isBefore(begin.plus(duration)))
                .isPresent();
    }
}
