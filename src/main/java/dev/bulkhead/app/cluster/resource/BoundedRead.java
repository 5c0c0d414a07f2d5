package dev.bulkhead.app.cluster.resource;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads a response of the API server that may be large or slow: at most so many bytes, and at most for the given time,
 * from the connection to the last byte.
 */
public final class BoundedRead {
    private final int mostBytes;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<Void> full = new CompletableFuture<>();

    private BoundedRead(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /**
     * The response to a GET, or its start, which is one byte longer than allowed.
     *
     * @param path below the API server's address, with a query perhaps
     * @param accept the media type that is asked for
     * @param mostBytes what an answer may have; of a longer one that many bytes and one more are returned
     * @param within when reading is given up
     * @throws IOException when there is no complete answer in time, or none that says that all went well
     */
    public static byte[] get(KubernetesClient client, String path, String accept, int mostBytes, Duration within)
            throws IOException {
        HttpRequest request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(URI.create(client.getMasterUrl() + path))
                .setHeader("Accept", accept)
                // Closes the connection of a request that is never answered, which cannot be cancelled otherwise.
                .timeout(Math.max(1, within.toMillis()), TimeUnit.MILLISECONDS)
                .build();
        return new BoundedRead(mostBytes).read(client, request, System.nanoTime() + within.toNanos());
    }

    private byte[] read(KubernetesClient client, HttpRequest request, long end) throws IOException {
        CompletableFuture<HttpResponse<AsyncBody>> answer =
                client.getHttpClient().consumeBytes(request, this::take);
        try {
            HttpResponse<AsyncBody> response = answer.get(left(end), TimeUnit.NANOSECONDS);
            response.body().consume();
            CompletableFuture.anyOf(response.body().done(), full).get(left(end), TimeUnit.NANOSECONDS);
            if (!response.isSuccessful()) {
                throw new HttpStatusException(response.code());
            }
            return bytes.toByteArray();
        } catch (TimeoutException e) {
            throw new IOException("the API server did not answer in time", e);
        } catch (ExecutionException | CancellationException e) {
            throw new IOException("the API server did not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the API server");
        } finally {
            CompletableFuture<Void> unused = answer.thenAccept(BoundedRead::giveUp);
        }
    }

    /** Cancels only a request that is not finished: its connection may already carry another one. */
    private static void giveUp(HttpResponse<AsyncBody> response) {
        if (!response.body().done().isDone()) {
            response.body().cancel();
        }
    }

    private static long left(long end) {
        return Math.max(0, end - System.nanoTime());
    }

    /** Called by one thread at a time, and not after the response is complete. */
    private void take(List<ByteBuffer> chunks, AsyncBody body) {
        for (ByteBuffer chunk : chunks) {
            byte[] some = new byte[Math.min(chunk.remaining(), mostBytes + 1 - bytes.size())];
            chunk.get(some);
            bytes.writeBytes(some);
        }
        if (bytes.size() > mostBytes) {
            full.complete(null);
        } else {
            body.consume();
        }
    }
}
