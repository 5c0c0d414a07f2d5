package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.config.GateConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Limits the open connections, in total and per peer address. At a limit, the connection that has been idle longest
 * among those that never carried a review is closed: the API server does not repeat a request that fails on a closing
 * connection. If all have carried reviews, the idlest connection of the peer with the most is closed, so that a few
 * peers cannot exclude others; never one whose review is being evaluated. Clients that are known to be the API server
 * are exempt from both limits. One class, although it is long: one lock guards the connections and all counts.
 */
@Singleton
final class ConnectionLimits {
    private static final AttributeKey<Object> KEY = AttributeKey.valueOf(ConnectionLimits.class, "connection");

    /** Why a connection was closed. */
    enum Reason {
        /** It never carried a request. */
        UNUSED,
        /** Another connection needed its place. */
        CROWDED,
        /** Its peer has too many connections. */
        PEER,
        /** Its client tried to renegotiate TLS. */
        RENEGOTIATION
    }

    /** The origin of the times that are compared. */
    private final long origin = System.nanoTime();

    private final int most;
    private final int mostPerPeer;
    private final long unusedMillis;
    private final boolean verifies;
    private final Map<Reason, Counter> closed = new EnumMap<>(Reason.class);
    private final Set<Connection> limited = new HashSet<>();
    private final Map<Object, Integer> established = new HashMap<>();
    private int exempt;

    @Inject
    ConnectionLimits(GateConfig config, MeterRegistry meters) {
        this(
                config.admission().maxConnections(),
                config.admission().maxConnectionsPerPeer(),
                config.admission().unusedTimeout(),
                config.admission().clientCa().isPresent(),
                meters);
    }

    /**
     * Limits connections.
     *
     * @param most in total
     * @param mostPerPeer of one peer address
     * @param unusedTimeout how long a connection may take until its first request
     * @param verifies whether clients can prove that they are the API server
     */
    ConnectionLimits(int most, int mostPerPeer, Duration unusedTimeout, boolean verifies, MeterRegistry meters) {
        this.most = most;
        this.mostPerPeer = mostPerPeer;
        this.unusedMillis = unusedTimeout.toMillis();
        this.verifies = verifies;
        for (Reason reason : Reason.values()) {
            closed.put(
                    reason,
                    Counter.builder("bulkhead.admission.connections.closed")
                            .description(
                                    "Connections that the webhook server closed for another reason than being idle")
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
        Gauge.builder("bulkhead.admission.connections", this, ConnectionLimits::count)
                .description("Connections that are open")
                .register(meters);
    }

    /**
     * Registers a connection that was just accepted, and closes one, possibly this one, if there are too many. Runs on
     * its event loop.
     */
    Connection accept(Channel channel) {
        Connection connection = new Connection(channel);
        channel.attr(KEY).set(connection);
        Future<?> timer = channel.eventLoop().schedule(connection::closeIfUnused, unusedMillis, TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(gone -> {
            timer.cancel(false);
            forget(connection);
        });
        Optional<Connection> toClose = place(connection);
        toClose.ifPresent(one -> one.close(Reason.CROWDED));
        return connection;
    }

    /**
     * The connection below an HTTP connection. In Quarkus' development mode the server outlives a reload, so that its
     * connections are known to the class of before.
     */
    static Optional<Connection> of(HttpConnection connection) {
        return connection instanceof ConnectionBase base
                        && base.channel().attr(KEY).get() instanceof Connection known
                ? Optional.of(known)
                : Optional.empty();
    }

    private synchronized Optional<Connection> place(Connection connection) {
        Optional<Connection> gone = Optional.empty();
        if (limited.size() >= most) {
            gone = Optional.of(idlest(one -> !one.carriedReview)
                    .or(this::idlestOfLargestPeer)
                    .or(() -> verifies ? idlest(one -> true) : Optional.empty())
                    .orElse(connection));
            gone.ifPresent(this::remove);
        }
        if (gone.filter(connection::equals).isEmpty()) {
            limited.add(connection);
        }
        return gone;
    }

    /** A linear search, because it is rare and the number of connections is limited. */
    private Optional<Connection> idlest(Predicate<Connection> which) {
        return limited.stream().filter(which).min(Comparator.comparingLong(one -> one.lastRead - origin));
    }

    private Optional<Connection> idlestOfLargestPeer() {
        Map<Object, Integer> sizes = new HashMap<>();
        limited.forEach(one -> sizes.merge(one.peer, 1, Integer::sum));
        return limited.stream()
                .filter(one -> !one.evaluating)
                .min(Comparator.comparingInt((Connection one) -> -sizes.getOrDefault(one.peer, 0))
                        .thenComparingLong(one -> one.lastRead - origin));
    }

    private void establish(Connection connection, Caller caller) {
        Optional<Connection> toClose = count(connection, caller);
        toClose.ifPresent(one -> one.close(Reason.PEER));
    }

    private synchronized Optional<Connection> count(Connection connection, Caller caller) {
        if (!limited.contains(connection)) {
            return Optional.empty();
        }
        if (caller == Caller.VERIFIED) {
            limited.remove(connection);
            connection.counted = Counted.EXEMPT;
            exempt++;
            return Optional.empty();
        }
        connection.counted = Counted.FOR_PEER;
        if (established.merge(connection.peer, 1, Integer::sum) <= mostPerPeer) {
            return Optional.empty();
        }
        Connection gone = idlest(one -> one != connection && !one.carriedReview && one.peer.equals(connection.peer))
                .orElse(connection);
        remove(gone);
        return Optional.of(gone);
    }

    private synchronized void forget(Connection connection) {
        remove(connection);
    }

    private void remove(Connection connection) {
        limited.remove(connection);
        if (connection.counted == Counted.FOR_PEER) {
            established.computeIfPresent(connection.peer, (peer, count) -> count == 1 ? null : count - 1);
        } else if (connection.counted == Counted.EXEMPT) {
            exempt--;
        }
        connection.counted = Counted.NOT;
    }

    private synchronized int count() {
        return limited.size() + exempt;
    }

    private enum Counted {
        NOT,
        FOR_PEER,
        EXEMPT
    }

    /** One open connection. */
    final class Connection {
        private final Channel channel;
        private final Object peer;
        private volatile long lastRead = System.nanoTime();
        private volatile boolean carriedReview;
        private volatile boolean evaluating;
        private volatile boolean used;
        private volatile Caller caller = verifies ? Caller.UNVERIFIED : Caller.UNKNOWN;

        /** Guarded by the lock of the enclosing object. */
        private Counted counted = Counted.NOT;

        private Connection(Channel channel) {
            this.channel = channel;
            SocketAddress address = channel.remoteAddress();
            this.peer = address instanceof InetSocketAddress inet && inet.getAddress() != null
                    ? inet.getAddress()
                    : String.valueOf(address);
        }

        /** The TLS handshake is complete. */
        void established(Caller client) {
            this.caller = client;
            establish(this, client);
        }

        /** Bytes arrived. */
        void read() {
            lastRead = System.nanoTime();
        }

        /** The head of a request arrived. */
        void request() {
            used = true;
        }

        /** A complete review arrived. */
        void review() {
            carriedReview = true;
            evaluating = true;
        }

        /** The last request has been answered. */
        void answered() {
            evaluating = false;
        }

        Caller caller() {
            return caller;
        }

        private void closeIfUnused() {
            if (!used && caller != Caller.VERIFIED && channel.isOpen()) {
                close(Reason.UNUSED);
            }
        }

        void close(Reason reason) {
            Counter counter = closed.get(reason);
            if (counter != null) {
                counter.increment();
            }
            ChannelFuture unused = channel.close();
        }
    }
}
