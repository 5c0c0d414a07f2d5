package dev.bulkhead.app.cluster.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.MovingClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailClosedSwitchTest {
    private final MovingClock clock = new MovingClock(Instant.parse("2026-11-26T00:00:00Z"));
    private final Webhook webhook = new Webhook();
    private final List<String> announced = new ArrayList<>();
    private boolean reached;
    private int probes;
    private final FailClosedSwitch failClosed = new FailClosedSwitch(
            webhook,
            () -> {
                probes++;
                return reached;
            },
            (reason, what) -> announced.add(reason),
            clock);

    /** One webhook whose failure policy is left to the webhook. */
    private static final class Webhook implements FailClosedSwitch.Switched {
        private boolean pending = true;
        private String failurePolicy = "Fail";
        private int writes;

        @Override
        public boolean isPending() {
            return pending;
        }

        @Override
        public List<String> leftToBulkhead(String wanted) {
            return !pending && failurePolicy.equals(wanted) ? List.of("webhook") : List.of();
        }

        @Override
        public List<String> putInForce(boolean enforces) {
            pending = false;
            failurePolicy = enforces ? "Fail" : "Ignore";
            writes++;
            return List.of("in force");
        }

        @Override
        public List<String> open() {
            failurePolicy = "Ignore";
            writes++;
            return List.of("opened");
        }
    }

    @Test
    void nothingTakesEffectBeforeACallFromTheApiServerReturned() {
        for (int i = 0; i < 1_000; i++) {
            failClosed.look(true, true);
            clock.pass(Duration.ofSeconds(2));
        }
        assertThat(webhook.pending).isTrue();

        reached = true;
        failClosed.look(true, true);
        assertThat(webhook.pending).isFalse();
        assertThat(webhook.failurePolicy).isEqualTo("Fail");
        assertThat(announced).containsExactly("WebhooksInForce");
    }

    @Test
    void aReplicaThatIsNotReadyDoesNotProbe() {
        reached = true;

        failClosed.look(false, true);

        assertThat(webhook.pending).isTrue();
        assertThat(probes).isZero();
    }

    @Test
    void whereNothingEnforcesItTakesEffectOpen() {
        reached = true;

        failClosed.look(true, false);

        assertThat(webhook.failurePolicy).isEqualTo("Ignore");
    }

    @Test
    void itClosesWhenAPolicyEnforcesAndTheGateIsReached() {
        reached = true;
        failClosed.look(true, false);
        reached = false;

        failClosed.look(true, true);
        assertThat(webhook.failurePolicy).isEqualTo("Ignore");

        reached = true;
        failClosed.look(true, true);
        assertThat(webhook.failurePolicy).isEqualTo("Fail");
    }

    @Test
    void itOpensOnlyAfterNothingHasEnforcedForAWhile() {
        reached = true;
        failClosed.look(true, true);
        failClosed.look(true, false);
        clock.pass(FailClosedSwitch.CALM.minusSeconds(1));
        failClosed.look(true, false);
        assertThat(webhook.failurePolicy).isEqualTo("Fail");

        failClosed.look(true, true);
        failClosed.look(true, false);
        clock.pass(FailClosedSwitch.CALM.minusSeconds(1));
        failClosed.look(true, false);
        assertThat(webhook.failurePolicy).as("it began to count anew").isEqualTo("Fail");

        clock.pass(Duration.ofSeconds(1));
        failClosed.look(true, false);
        assertThat(webhook.failurePolicy).isEqualTo("Ignore");
    }

    @Test
    void anExpectedConfigurationIsNeitherProbedNorWritten() {
        reached = true;
        failClosed.look(true, true);
        probes = 0;

        for (int i = 0; i < 100; i++) {
            failClosed.look(true, true);
            clock.pass(Duration.ofSeconds(2));
        }

        assertThat(webhook.writes).isEqualTo(1);
        assertThat(probes).isZero();
    }
}
