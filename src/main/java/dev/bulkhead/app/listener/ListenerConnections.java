package dev.bulkhead.app.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The open connections of a listener, and which of them have a request in flight. None is closed while the lock
 * is held, because closing takes the connection's own lock, under which {@link #end} may be called.
 */
final class ListenerConnections {
    private static final Duration FOREVER = Duration.ofDays(1);

    private final int most;
    private final Map<HttpConnection, State> open = new ConcurrentHashMap<>();
    private boolean closing;

    /** Guarded by the lock of the enclosing object. */
    private static final class State {
        private boolean busy;
        private long since = System.nanoTime();
    }

    /** Accepts at most that many. */
    ListenerConnections(int most) {
        this.most = most;
    }

    /** Accepts a connection, or closes it if there are too many. */
    void accept(HttpConnection connection) {
        connection.closeHandler(closed -> forget(connection));
        if (!add(connection)) {
            connection.close();
        }
    }

    /** Whether it is one of them. */
    boolean contains(HttpConnection connection) {
        return open.containsKey(connection);
    }

    /** The head of a request has arrived. */
    void begin(HttpConnection connection) {
        mark(connection, true);
    }

    /** The request has been answered, or will not be. */
    void end(HttpConnection connection) {
        if (mark(connection, false)) {
            connection.close();
        }
    }

    /**
     * Closes those that have had no request in flight for too long, whatever else arrives on them, and those whose request is
     * in flight for too long, because their client does not read the answer or sends no end of its body.
     *
     * @param idle how long a connection may have no request in flight
     * @param busy how long a request may be in flight
     */
    void closeOld(Duration idle, Duration busy) {
        old(idle, busy).forEach(ListenerConnections::cut);
    }

    /** Closing in the usual way waits until the client has read what was sent. */
    private static void cut(HttpConnection connection) {
        Optional.ofNullable(channel(connection).pipeline().firstContext()).ifPresent(context -> {
            ChannelFuture unused = context.close();
        });
    }

    private static Channel channel(HttpConnection connection) {
        return ((ConnectionBase) connection).channel();
    }

    /**
     * Accepts no more connections, closes each once its request in flight is answered, and waits for that.
     *
     * @return whether all were answered in that time
     */
    boolean drain(Duration longest) throws InterruptedException {
        synchronized (this) {
            closing = true;
        }
        old(Duration.ZERO, FOREVER).forEach(HttpConnection::close);
        return awaitIdle(longest);
    }

    private synchronized boolean awaitIdle(Duration longest) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        while (open.values().stream().anyMatch(state -> state.busy)) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    private synchronized boolean add(HttpConnection connection) {
        if (closing || open.size() >= most) {
            return false;
        }
        open.put(connection, new State());
        return true;
    }

    private synchronized List<HttpConnection> old(Duration idle, Duration busy) {
        long now = System.nanoTime();
        List<HttpConnection> old = new ArrayList<>();
        open.forEach((connection, state) -> {
            // An answer ends when it is handed over, which is before the client has it.
            boolean inFlight = state.busy || isSending(channel(connection));
            if (now - state.since >= (inFlight ? busy : idle).toNanos()) {
                old.add(connection);
            }
        });
        return old;
    }

    /** Whether the client, or the network, has yet to take something of an answer. */
    private static boolean isSending(Channel channel) {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        return pending != null && pending.totalPendingWriteBytes() > 0;
    }

    /** Returns whether the connection must be closed. */
    private synchronized boolean mark(HttpConnection connection, boolean busy) {
        State state = open.get(connection);
        if (state != null) {
            state.busy = busy;
            state.since = System.nanoTime();
            notifyAll();
        }
        return closing && !busy;
    }

    private synchronized void forget(HttpConnection connection) {
        open.remove(connection);
        notifyAll();
    }
}
