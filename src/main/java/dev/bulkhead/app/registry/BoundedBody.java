package dev.bulkhead.app.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** Collects a body in memory, up to a limit, where it ends the connection. */
public final class BoundedBody implements BodySubscriber<byte[]> {
    private final int most;
    private final boolean cutsOff;
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private @Nullable Subscription subscription;

    private BoundedBody(int most, boolean cutsOff) {
        this.most = most;
        this.cutsOff = cutsOff;
    }

    /** Fails if the body is longer. */
    public static BoundedBody whole(int most) {
        return new BoundedBody(most, false);
    }

    /** Takes no more than the beginning. */
    static BoundedBody beginning(int most) {
        return new BoundedBody(most, true);
    }

    /** A body is longer than it may be. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLongException(int most) {
            super("the answer is longer than " + most + " bytes");
        }
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            byte[] part = new byte[Math.min(buffer.remaining(), most - bytes.size())];
            buffer.get(part);
            bytes.writeBytes(part);
            if (buffer.hasRemaining()) {
                end();
                return;
            }
        }
    }

    private void end() {
        if (subscription != null) {
            subscription.cancel();
        }
        if (cutsOff) {
            body.complete(bytes.toByteArray());
        } else {
            body.completeExceptionally(new TooLongException(most));
        }
    }

    @Override
    public void onError(Throwable failure) {
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        body.complete(bytes.toByteArray());
    }
}
