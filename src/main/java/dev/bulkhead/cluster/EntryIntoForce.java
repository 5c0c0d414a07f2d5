package dev.bulkhead.cluster;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Puts in force what was installed to let everything in until the gate answers: at the first installation the API server
 * knows of the gate before any replica runs, and nothing could be created meanwhile.
 */
final class EntryIntoForce {
    private static final Logger LOG = Logger.getLogger(EntryIntoForce.class);

    /** For the Service to lead to a replica, which its kubelet has to find ready first. */
    static final Duration UNTIL_REACHED = Duration.ofSeconds(10);

    private final ExpectedRegistration expected;
    private final Announcements announcements;
    private final Clock clock;
    private Optional<Instant> answeringSince = Optional.empty();

    EntryIntoForce(ExpectedRegistration expected, Announcements announcements, Clock clock) {
        this.expected = expected;
        this.announcements = announcements;
        this.clock = clock;
    }

    /** Whether what is installed lets in what the gate cannot be asked about, until it answers. */
    boolean isPending() {
        return expected.isPending();
    }

    /**
     * Looks whether it is time. The leader's to call; waits for the API server.
     *
     * @param answers whether this replica decides and the API server is told to trust it
     */
    void look(boolean answers) {
        if (!answers) {
            answeringSince = Optional.empty();
            return;
        }
        Instant now = clock.instant();
        Instant since = answeringSince.orElse(now);
        answeringSince = Optional.of(since);
        if (!expected.isPending() || now.isBefore(since.plus(UNTIL_REACHED))) {
            return;
        }
        expected.putInForce().forEach(done -> {
            LOG.infof("the gate answers: %s", done);
            announcements.tell("RegistrationInForce", "the gate answers: " + done);
        });
    }
}
