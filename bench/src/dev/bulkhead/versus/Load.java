package dev.bulkhead.versus;

import java.io.IOException;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Sends a call on some connections, on each the next when the last is answered. */
final class Load {
    private final HttpClient client;

    Load(HttpClient client) {
        this.client = client;
    }

    /** What it came to: the seconds that each answer took, in no order, and all together. */
    record Result(double[] latencies, double seconds) {
        int requests() {
            return latencies.length;
        }
    }

    Result during(double seconds, int connections, Call call) throws IOException {
        return run(Long.MAX_VALUE, seconds, connections, call);
    }

    Result times(long requests, int connections, Call call) throws IOException {
        return run(requests, Double.MAX_VALUE, connections, call);
    }

    private Result run(long requests, double seconds, int connections, Call call) throws IOException {
        AtomicLong left = new AtomicLong(requests);
        long start = System.nanoTime();
        Callable<List<Double>> stream = () -> {
            List<Double> latencies = new ArrayList<>();
            while (left.getAndDecrement() > 0 && since(start) < seconds) {
                long sent = System.nanoTime();
                call.check(Http.send(client, call.request()));
                latencies.add(since(sent));
            }
            return latencies;
        };
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            List<Future<List<Double>>> streams = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                streams.add(threads.submit(stream));
            }
            List<Double> latencies = new ArrayList<>();
            for (Future<List<Double>> one : streams) {
                latencies.addAll(one.get());
            }
            return new Result(
                    latencies.stream().mapToDouble(Double::doubleValue).toArray(), since(start));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static double since(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1e9;
    }
}
