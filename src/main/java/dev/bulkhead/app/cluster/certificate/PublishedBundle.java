package dev.bulkhead.app.cluster.certificate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Since when clients have been trusting the CA bundle that is now theirs, as far as this replica has seen. Another
 * bundle, which another leader may have written meanwhile, is published since it was first seen. For one thread.
 */
final class PublishedBundle {
    private final Clock clock;
    private String bundle = "";
    private Optional<Instant> since = Optional.empty();

    PublishedBundle(Clock clock) {
        this.clock = clock;
    }

    /** Takes note of whether that bundle is published now. */
    void see(String now, boolean isPublished) {
        if (!isPublished || !now.equals(bundle)) {
            since = Optional.empty();
        }
        bundle = now;
        if (isPublished) {
            since = since.or(() -> Optional.of(clock.instant()));
        }
    }

    /** Whether it has been published for so long. */
    boolean isFor(Duration duration) {
        return since.filter(begin -> !clock.instant().isBefore(begin.plus(duration)))
                .isPresent();
    }
}
