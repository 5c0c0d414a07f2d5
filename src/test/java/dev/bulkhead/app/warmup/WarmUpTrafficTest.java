package dev.bulkhead.app.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.admission.DecisionListener;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.vertx.core.net.SocketAddress;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WarmUpTrafficTest {
    private static final Duration LATELY = Duration.ofMinutes(1);

    private final WarmUpTraffic traffic = new WarmUpTraffic(
            WorkloadKinds.builtIn(),
            Clock.systemUTC(),
            () -> PolicySet.of(Profile.LEAST_PRIVILEGE),
            DecisionListener.SILENT);

    @Test
    void onlyItsOwnPortOfTheLoopbackInterfaceIsItsOwn() {
        traffic.begin(40_000);

        assertThat(traffic.serviceFor(SocketAddress.inetSocketAddress(40_000, "127.0.0.1")))
                .isPresent();
        assertThat(traffic.othersWithin(LATELY)).isFalse();
        assertThat(traffic.serviceFor(SocketAddress.inetSocketAddress(40_001, "127.0.0.1")))
                .isEmpty();
        assertThat(traffic.serviceFor(SocketAddress.inetSocketAddress(40_000, "10.0.0.1")))
                .isEmpty();
    }

    @Test
    void requestsOfOthersAreNoticedMeanwhile() {
        traffic.begin(40_000);
        assertThat(traffic.othersWithin(LATELY)).isFalse();

        assertThat(traffic.serviceFor(SocketAddress.inetSocketAddress(40_000, "10.0.0.1")))
                .isEmpty();

        assertThat(traffic.othersWithin(LATELY)).isTrue();
    }

    @Test
    void nothingIsItsOwnOnceItIsOver() {
        traffic.begin(40_000);
        traffic.end();

        assertThat(traffic.serviceFor(SocketAddress.inetSocketAddress(40_000, "127.0.0.1")))
                .isEmpty();
    }
}
