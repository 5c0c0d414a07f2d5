package dev.bulkhead.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.server.ConnectionLimits.Connection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTest {
    private static final Duration UNUSED = Duration.ofSeconds(20);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private ConnectionLimits connections = new ConnectionLimits(4, 3, UNUSED, false, meters);

    private static final class Peer extends EmbeddedChannel {
        private final int number;

        Peer(int number) {
            this.number = number;
            freezeTime();
        }

        @Override
        protected SocketAddress remoteAddress0() {
            try {
                return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) number}), 4_000);
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private record Open(Peer channel, Connection connection) {
        boolean isOpen() {
            channel.runPendingTasks();
            return channel.isOpen();
        }
    }

    private Open accept(int peer) {
        Peer channel = new Peer(peer);
        return new Open(channel, connections.accept(channel));
    }

    private Open establish(int peer, Caller caller) {
        Open open = accept(peer);
        open.connection().established(caller);
        open.connection().read();
        return open;
    }

    private Open establish(int peer) {
        return establish(peer, Caller.UNKNOWN);
    }

    private Open reviewed(int peer) {
        Open open = establish(peer);
        open.connection().request();
        open.connection().review();
        return open;
    }

    private Open answered(int peer) {
        Open open = reviewed(peer);
        open.connection().answered();
        return open;
    }

    private double closed(String reason) {
        return meters.counter("bulkhead.admission.connections.closed", "reason", reason)
                .count();
    }

    @Test
    void closesTheIdlestConnectionThatNeverCarriedAReview() {
        Open carrying = reviewed(1);
        Open idle = establish(1);
        Open idlest = establish(2);
        Open accepted = accept(3);
        idle.connection().read();
        accepted.connection().read();

        Open next = accept(4);

        assertThat(idlest.isOpen()).isFalse();
        assertThat(next.isOpen()).isTrue();
        assertThat(carrying.isOpen() && idle.isOpen() && accepted.isOpen()).isTrue();
        assertThat(closed("crowded")).isEqualTo(1);
    }

    @Test
    void fewPeersCannotExcludeOthers() {
        connections = new ConnectionLimits(6, 3, UNUSED, false, meters);
        List<Open> holders = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            holders.add(answered(1 + i % 2));
        }

        List<Open> others = List.of(answered(3), answered(4), answered(5));

        assertThat(others).allMatch(Open::isOpen);
        assertThat(holders).filteredOn(Open::isOpen).hasSize(3);
        assertThat(answered(1).isOpen()).isTrue();
        assertThat(others).allMatch(Open::isOpen);
        assertThat(closed("crowded")).isEqualTo(4);
    }

    @Test
    void closesTheIdlestConnectionOfTheBusiestPeer() {
        Open alone = answered(2);
        Open evaluated = reviewed(1);
        Open idlest = answered(1);
        Open idle = answered(1);

        assertThat(answered(3).isOpen()).isTrue();
        assertThat(idlest.isOpen()).isFalse();
        assertThat(alone.isOpen() && evaluated.isOpen() && idle.isOpen()).isTrue();
    }

    @Test
    void neverClosesAConnectionWithAReviewInProgress() {
        List<Open> evaluated = List.of(reviewed(1), reviewed(1), reviewed(1), reviewed(2));

        assertThat(accept(5).isOpen()).isFalse();
        assertThat(evaluated).allMatch(Open::isOpen);
    }

    @Test
    void othersCannotExcludeAnAuthenticatedApiServer() {
        connections = new ConnectionLimits(4, 3, UNUSED, true, meters);
        for (int i = 1; i <= 4; i++) {
            Open open = establish(i, Caller.UNVERIFIED);
            open.connection().review();
        }

        Open apiServer = establish(5, Caller.VERIFIED);
        assertThat(apiServer.isOpen()).isTrue();
        for (int i = 0; i < 10; i++) {
            establish(6, Caller.UNVERIFIED).connection().review();
        }
        assertThat(apiServer.isOpen()).isTrue();
        assertThat(apiServer.connection().caller()).isEqualTo(Caller.VERIFIED);
    }

    @Test
    void limitsConnectionsPerPeer() {
        Open first = reviewed(1);
        Open second = establish(1);
        Open third = reviewed(1);

        Open fourth = establish(1);
        assertThat(second.isOpen()).isFalse();
        assertThat(fourth.isOpen()).isTrue();
        fourth.connection().review();
        assertThat(establish(1).isOpen()).isFalse();
        assertThat(first.isOpen() && third.isOpen() && fourth.isOpen()).isTrue();
        assertThat(establish(2).isOpen()).isTrue();
        assertThat(closed("peer")).isEqualTo(2);
    }

    @Test
    void doesNotLimitTheAuthenticatedApiServer() {
        connections = new ConnectionLimits(4, 3, UNUSED, true, meters);
        for (int i = 0; i < 20; i++) {
            assertThat(establish(1, Caller.VERIFIED).isOpen()).isTrue();
        }
    }

    @Test
    void closedConnectionsDoNotCount() {
        for (int i = 0; i < 100; i++) {
            Open open = reviewed(1);
            assertThat(open.isOpen()).isTrue();
            assertThat(open.channel().close().isDone()).isTrue();
            open.channel().runPendingTasks();
        }
        assertThat(meters.get("bulkhead.admission.connections").gauge().value()).isZero();
        assertThat(closed("peer") + closed("crowded")).isZero();
    }

    @Test
    void closesConnectionsWithoutARequest() {
        Open unused = establish(1);
        Open handshaking = accept(2);
        Open used = establish(3);
        used.connection().request();
        Open apiServer = establish(4, Caller.VERIFIED);

        for (Open open : new Open[] {unused, handshaking, used, apiServer}) {
            open.channel().advanceTimeBy(UNUSED.toMillis() - 1, TimeUnit.MILLISECONDS);
            open.channel().runScheduledPendingTasks();
            assertThat(open.isOpen()).isTrue();
            open.channel().advanceTimeBy(2, TimeUnit.MILLISECONDS);
            open.channel().runScheduledPendingTasks();
        }
        assertThat(unused.isOpen()).isFalse();
        assertThat(handshaking.isOpen()).isFalse();
        assertThat(used.isOpen()).isTrue();
        assertThat(apiServer.isOpen()).isTrue();
        assertThat(closed("unused")).isEqualTo(2);
    }
}
