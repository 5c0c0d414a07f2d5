package dev.bulkhead.app.server;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * Takes in one request's body: within its size, within its time, and within the room that all bodies share. A body that
 * is not wanted (any more) is read to its end nevertheless, without being kept, because a client that is still sending
 * may not see an answer. Everything happens on the request's event loop.
 */
final class BodyReader {
    /** Memory is taken as bytes arrive, not as a client announces them. */
    private static final int FIRST_CAPACITY = 64 * 1024;

    /** What remains of a body that is too large: more than enough to find the review's uid. */
    private static final int BEGINNING = 8 * 1024;

    private static final byte[] NOTHING = {};

    /** How it ended. */
    sealed interface Received {
        record Whole(BodyReader intake) implements Received {}

        record TooLarge(BodyReader beginning) implements Received {}

        record Discarded() implements Received {}

        record NoRoom() implements Received {}

        record TooSlow() implements Received {}
    }

    private enum State {
        KEEPING,
        TOO_LARGE,
        NO_ROOM,
        DISCARDING,
        OVER
    }

    private final Vertx vertx;
    private final BufferBudget.Share share;
    private final ToIntFunction<byte[]> flowOf;
    private final int maxBody;
    private final Consumer<Received> then;
    private State state;
    private byte[] bytes = NOTHING;
    private int length;
    private int announced;
    private long timer;

    private BodyReader(
            Vertx vertx,
            BufferBudget.Share share,
            ToIntFunction<byte[]> flowOf,
            int maxBody,
            State state,
            Consumer<Received> then) {
        this.vertx = vertx;
        this.share = share;
        this.flowOf = flowOf;
        this.maxBody = maxBody;
        this.state = state;
        this.then = then;
    }

    /**
     * Keeps the body. Whoever gets it {@link #release() releases} it after use.
     *
     * @param flowOf whose it is, by its beginning
     */
    static void keep(
            HttpServerRequest request,
            Vertx vertx,
            BufferBudget room,
            ToIntFunction<byte[]> flowOf,
            int maxBody,
            Duration time,
            Consumer<Received> then) {
        new BodyReader(vertx, room.share(), flowOf, maxBody, State.KEEPING, then).start(request, time);
    }

    /** Reads the body to its end and forgets it. */
    static void discard(HttpServerRequest request, Vertx vertx, Duration time, Consumer<Received> then) {
        new BodyReader(vertx, new BufferBudget(0, 0).share(), body -> 0, 0, State.DISCARDING, then)
                .start(request, time);
    }

    /** The body, or its beginning. */
    byte[] bytes() {
        if (bytes.length != length) {
            bytes = Arrays.copyOf(bytes, length);
        }
        return bytes;
    }

    int length() {
        return length;
    }

    /** Needs no memory, so that it does not fail for lack of it. */
    void release() {
        share.release();
        length = 0;
        bytes = NOTHING;
    }

    private void start(HttpServerRequest request, Duration time) {
        announced = announced(request);
        timer = vertx.setTimer(time.toMillis(), id -> {
            if (state != State.OVER) {
                release();
                end(new Received.TooSlow());
            }
        });
        request.exceptionHandler(e -> abandon());
        request.handler(this::take);
        request.endHandler(ignored -> finish());
        request.resume();
    }

    private int announced(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? maxBody : (int) Math.min(Long.parseLong(length), maxBody);
        } catch (NumberFormatException e) {
            return maxBody;
        }
    }

    private void take(Buffer chunk) {
        if (state != State.KEEPING) {
            return;
        }
        int more = chunk.length();
        if (more > maxBody - length) {
            keepBeginning(chunk);
            state = State.TOO_LARGE;
        } else if (!makeRoom(length + more, chunk)) {
            release();
            state = State.NO_ROOM;
        } else {
            chunk.getBytes(0, more, bytes, length);
            length += more;
        }
    }

    /** What is counted is what is allocated. */
    private boolean makeRoom(int needed, Buffer chunk) {
        if (needed <= bytes.length) {
            return true;
        }
        int doubled = (int) Math.min(announced, Math.max(FIRST_CAPACITY, 2L * bytes.length));
        int capacity = Math.max(needed, doubled);
        if (!share.growTo(capacity, () -> flowOf.applyAsInt(length > 0 ? bytes : chunk.getBytes()))) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, capacity);
        return true;
    }

    /** So little that it need not be counted. */
    private void keepBeginning(Buffer chunk) {
        byte[] beginning = Arrays.copyOf(bytes, BEGINNING);
        int kept = Math.min(BEGINNING, length);
        int more = Math.min(BEGINNING - kept, chunk.length());
        chunk.getBytes(0, more, beginning, kept);
        release();
        bytes = beginning;
        length = kept + more;
    }

    private void finish() {
        if (state != State.OVER) {
            end(
                    switch (state) {
                        case KEEPING -> new Received.Whole(this);
                        case TOO_LARGE -> new Received.TooLarge(this);
                        case NO_ROOM -> new Received.NoRoom();
                        case DISCARDING, OVER -> new Received.Discarded();
                    });
        }
    }

    private void end(Received received) {
        state = State.OVER;
        vertx.cancelTimer(timer);
        try {
            then.accept(received);
        } catch (RuntimeException | Error e) {
            release();
            throw e;
        }
    }

    /** The client has gone: nobody waits for an answer. */
    private void abandon() {
        if (state != State.OVER) {
            state = State.OVER;
            vertx.cancelTimer(timer);
            release();
        }
    }
}
