package dev.bulkhead.app.cluster.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.MovingClock;
import dev.bulkhead.app.cluster.doctor.check.Checks;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebhookHealthTest {
    private final MovingClock clock = new MovingClock(Cluster.NOW);
    private final Deque<Runnable> work = new ArrayDeque<>();
    private final Cluster cluster = Cluster.healthy();
    private int readings;
    private boolean reachable = true;
    private boolean broken;

    private final WebhookHealth health = new WebhookHealth(
            now -> {
                readings++;
                if (broken) {
                    throw new IllegalStateException("a defect");
                }
                if (!reachable) {
                    throw new IOException("connection refused");
                }
                return cluster.facts();
            },
            Checks.OF_WEBHOOK,
            clock,
            work::add,
            work::clear);

    private List<String> found() {
        return health.last().orElseThrow().findings().stream()
                .map(finding -> finding.check() + " " + finding.answer().state())
                .toList();
    }

    @Test
    void isReadWhileSomebodyAsksTwiceAMinuteAtMost() {
        assertThat(work).as("nobody has asked").isEmpty();
        assertThat(health.last()).isEmpty();
        assertThat(health.last()).isEmpty();
        assertThat(work).hasSize(1);
        work.remove().run();

        assertThat(found()).containsExactly("replicas ok", "webhooks ok", "certificate ok");
        assertThat(work).as("it is fresh").isEmpty();
        clock.pass(Duration.ofSeconds(31));
        assertThat(found()).as("what was known, meanwhile").hasSize(3);
        assertThat(work).hasSize(1);
        assertThat(readings).isEqualTo(1);
    }

    @Test
    void whatMayNotBeReadIsUnknownAndSaysWhy() {
        cluster.forbidden(Source.CERTIFICATE);
        health.last();
        work.remove().run();

        assertThat(found()).containsExactly("replicas ok", "webhooks ok", "certificate unknown");
        assertThat(health.last().orElseThrow().findings().get(2).answer().message())
                .startsWith("you may not get secret");
    }

    @Test
    void apiServerThatDoesNotAnswerIsTriedAgain() {
        reachable = false;
        health.last();
        work.remove().run();
        assertThat(found()).containsExactly("replicas unknown", "webhooks unknown", "certificate unknown");
        assertThat(health.last().orElseThrow().findings().get(0).answer().message())
                .contains("connection refused");

        reachable = true;
        clock.pass(Duration.ofMinutes(1));
        health.last();
        work.remove().run();
        assertThat(found()).containsExactly("replicas ok", "webhooks ok", "certificate ok");
    }

    @Test
    void defectIsNotRepeatedByEveryLook() {
        health.last();
        work.remove().run();
        broken = true;
        clock.pass(Duration.ofMinutes(1));
        health.last();
        work.remove().run();

        assertThat(found()).containsExactly("replicas unknown", "webhooks unknown", "certificate unknown");
        assertThat(work).as("it waits as after any other reading").isEmpty();

        broken = false;
        clock.pass(Duration.ofMinutes(1));
        health.last();
        work.remove().run();
        assertThat(found()).containsExactly("replicas ok", "webhooks ok", "certificate ok");
    }
}
