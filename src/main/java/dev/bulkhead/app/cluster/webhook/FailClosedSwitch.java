package dev.bulkhead.app.cluster.webhook;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Gives the webhooks for workloads their rules once the API server reaches Bulkhead, and, where the installer left
 * {@code failurePolicy} to Bulkhead, keeps it {@code Fail} while a policy in force enforces and {@code Ignore} while
 * all of them only warn or audit. Nothing becomes {@code Fail} before a call of the API server was answered.
 */
public final class FailClosedSwitch {
    private static final Logger LOG = Logger.getLogger(FailClosedSwitch.class);

    /**
     * How long no policy must enforce before {@code Fail} becomes {@code Ignore}: one policy may be about to replace
     * another.
     */
    static final Duration CALM = Duration.ofMinutes(1);

    private final Switched switched;
    private final BooleanSupplier isReached;
    private final BiConsumer<String, String> announce;
    private final Clock clock;
    private Optional<Instant> mildSince = Optional.empty();

    /** The webhook configurations that are switched. Each call changes at most one of them. */
    interface Switched {
        /** Whether a configuration was installed without its rules and still has none. */
        boolean isPending();

        /** The webhooks whose failure policy was left to Bulkhead and is this one. */
        List<String> leftToBulkhead(String failurePolicy);

        /** Fills in rules, and {@code Fail} if something enforces; returns what was done. */
        List<String> putInForce(boolean enforces);

        /** Sets {@code Ignore} where that was left to Bulkhead; returns what was done. */
        List<String> open();
    }

    /**
     * Changes nothing before it is called.
     *
     * @param isReached tests whether the API server now reaches a replica and gets its answer
     * @param announce is called with a reason and what was done
     */
    public FailClosedSwitch(
            Switched switched, BooleanSupplier isReached, BiConsumer<String, String> announce, Clock clock) {
        this.switched = switched;
        this.isReached = isReached;
        this.announce = announce;
        this.clock = clock;
    }

    /** Whether webhooks that were installed without rules still have none. */
    public boolean isPending() {
        return switched.isPending();
    }

    /**
     * Switches what is due. Only the leader calls this; waits for the API server.
     *
     * @param ready whether this replica decides, knows all policies, and is trusted by the API server
     * @param enforces whether a policy in force enforces
     */
    public void look(boolean ready, boolean enforces) {
        if (!ready || enforces) {
            mildSince = Optional.empty();
        }
        if (!ready) {
            return;
        }
        if (switched.isPending()
                || (enforces && !switched.leftToBulkhead(WebhookDiff.IGNORE).isEmpty())) {
            if (isReached.getAsBoolean()) {
                report("WebhooksInForce", switched.putInForce(enforces));
            }
            return;
        }
        if (!enforces && !switched.leftToBulkhead(WebhookDiff.FAIL).isEmpty()) {
            Instant now = clock.instant();
            Instant since = mildSince.orElse(now);
            mildSince = Optional.of(since);
            if (!now.isBefore(since.plus(CALM))) {
                report("WebhooksOpened", switched.open());
            }
        }
    }

    private void report(String reason, List<String> done) {
        done.forEach(what -> {
            LOG.info(what);
            announce.accept(reason, what);
        });
    }
}
