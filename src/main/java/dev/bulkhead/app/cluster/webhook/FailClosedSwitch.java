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
 * Makes the webhooks for workloads take effect once the API server is known to reach the gate, and, where the installer
 * left {@code failurePolicy} to the gate, keeps it {@code Fail} while a policy in force enforces and {@code Ignore} while
 * all of them only warn or audit. Nothing becomes {@code Fail} before a call of the API server was answered.
 */
public final class FailClosedSwitch {
    private static final Logger LOG = Logger.getLogger(FailClosedSwitch.class);

    /** For so long nothing must enforce before {@code Fail} is taken back: a policy may be on its way to be replaced. */
    static final Duration CALM = Duration.ofMinutes(1);

    private final Switched switched;
    private final BooleanSupplier isReached;
    private final BiConsumer<String, String> announce;
    private final Clock clock;
    private Optional<Instant> mildSince = Optional.empty();

    /** The webhook configurations, as far as they are switched. Each change is made in one of them a call. */
    interface Switched {
        /** Whether something was installed without its rules and has none yet. */
        boolean isPending();

        /** The webhooks whose failure policy was left to the gate and that have this one. */
        List<String> leftToTheGate(String failurePolicy);

        /** Fills in rules, and {@code Fail} while something enforces; returns what was done. */
        List<String> putInForce(boolean enforces);

        /** Makes {@code Ignore} what was left to the gate; returns what was done. */
        List<String> open();
    }

    /**
     * Has done nothing yet.
     *
     * @param isReached asks whether a call of the API server comes to a replica and back, now
     * @param announce is given a reason and what was done
     */
    public FailClosedSwitch(
            Switched switched, BooleanSupplier isReached, BiConsumer<String, String> announce, Clock clock) {
        this.switched = switched;
        this.isReached = isReached;
        this.announce = announce;
        this.clock = clock;
    }

    /** Whether webhooks that were installed without rules are still without. */
    public boolean isPending() {
        return switched.isPending();
    }

    /**
     * Looks whether something is to be done, and does it. The leader's to call; waits for the API server.
     *
     * @param ready whether this replica decides, knows all policies, and the API server is told to trust it
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
                || (enforces && !switched.leftToTheGate(WebhookDiff.IGNORE).isEmpty())) {
            if (isReached.getAsBoolean()) {
                tell("WebhooksInForce", switched.putInForce(enforces));
            }
            return;
        }
        if (!enforces && !switched.leftToTheGate(WebhookDiff.FAIL).isEmpty()) {
            Instant now = clock.instant();
            Instant since = mildSince.orElse(now);
            mildSince = Optional.of(since);
            if (!now.isBefore(since.plus(CALM))) {
                tell("WebhooksOpened", switched.open());
            }
        }
    }

    private void tell(String reason, List<String> done) {
        done.forEach(what -> {
            LOG.info(what);
            announce.accept(reason, what);
        });
    }
}
