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
 * Reads one request body within its size, its time and the memory that all bodies share. A body that is rejected is
 * still read to its end, without being kept, because a client that is still sending may not see the response. Runs on
 * the request's event loop.
 */
public final class BodyReader {
    /** Memory is allocated as bytes arrive, not as Content-Length announces them. */
    private static final int FIRST_CAPACITY = 64 * 1024;

    /** How much of a body that is too large is kept: more than enough to find the uid. */
    private static final int BEGINNING = 8 * 1024;

    private static final byte[] NOTHING = {};

    /** How reading ended. */
    public sealed interface Received {
        record Whole(BodyReader reader) implements Received {}

        record TooLarge(BodyReader beginning) implements Received {}

        record Discarded() implements Received {}

        record OutOfBudget() implements Received {}

        record TooSlow() implements Received {}
    }

    private enum State {
        KEEPING,
        TOO_LARGE,
        OUT_OF_BUDGET,
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
     * Reads the body and keeps it. The receiver must {@link #release() release} it after use.
     *
     * @param flowOf the flow of the request, by the start of its body
     */
    public static void keep(
            HttpServerRequest request,
            Vertx vertx,
            BufferBudget budget,
            ToIntFunction<byte[]> flowOf,
            int maxBody,
            Duration time,
            Consumer<Received> then) {
        new BodyReader(vertx, budget.share(), flowOf, maxBody, State.KEEPING, then).start(request, time);
    }

    /** Reads the body to its end and discards it. */
    public static void discard(HttpServerRequest request, Vertx vertx, Duration time, Consumer<Received> then) {
        new BodyReader(vertx, new BufferBudget(0, 0).share(), body -> 0, 0, State.DISCARDING, then)
                .start(request, time);
    }

    /** The body, or its start if it was too large. */
    public byte[] bytes() {
        if (bytes.length != length) {
            bytes = Arrays.copyOf(bytes, length);
        }
        return bytes;
    }

    int length() {
        return length;
    }

    /** Allocates nothing, so it cannot fail for lack of memory. */
    public void release() {
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
        } else if (!grow(length + more, chunk)) {
            release();
            state = State.OUT_OF_BUDGET;
        } else {
            chunk.getBytes(0, more, bytes, length);
            length += more;
        }
    }

    /** Counts what is allocated, not what is used. */
    private boolean grow(int needed, Buffer chunk) {
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

    /** Too little to be counted. */
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
                        case OUT_OF_BUDGET -> new Received.OutOfBudget();
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

    /** The client has disconnected: no answer is needed. */
    private void abandon() {
        if (state != State.OVER) {
            state = State.OVER;
            vertx.cancelTimer(timer);
            release();
        }
    }
}
