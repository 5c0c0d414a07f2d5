package dev.bulkhead.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.certificate.CertificateFiles;
import dev.bulkhead.app.certificate.Trust;
import dev.bulkhead.app.certificate.UnusableCertificateException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A steady stream of pods created through the API server, every other one of which is to be refused, and what became of
 * them. Nothing is stored (dryRun), so that it can go on for ever.
 */
final class Load implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GOOD = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"good-"},"spec":{"containers":[
            {"name":"web","image":"registry.example/web:1","ports":[{"containerPort":8080}]}]}}""";
    private static final String BAD = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"bad-"},"spec":{"hostPID":true,"containers":[
            {"name":"web","image":"registry.example/web:1"}]}}""";

    private final ControlPlane plane;
    private final HttpClient client;
    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentLinkedQueue<Failure> failures = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Long> micros = new ConcurrentLinkedQueue<>();
    private final AtomicLong decided = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong wronglyAdmitted = new AtomicLong();
    private final AtomicLong wronglyDenied = new AtomicLong();
    private final AtomicLong withoutApiServer = new AtomicLong();
    private volatile boolean stopped;

    /**
     * What went wrong, in words.
     *
     * @param sent when the request was sent, as {@link System#nanoTime} counts
     * @param ended when its answer was there, likewise
     */
    record Failure(String what, long sent, long ended) {
        @Override
        public String toString() {
            return what;
        }
    }

    /** What became of the pods so far. */
    record Tally(long decided, long failed, long wronglyAdmitted, long wronglyDenied) {
        Tally since(Tally before) {
            return new Tally(
                    decided - before.decided,
                    failed - before.failed,
                    wronglyAdmitted - before.wronglyAdmitted,
                    wronglyDenied - before.wronglyDenied);
        }

        boolean isClean() {
            return failed == 0 && wronglyAdmitted == 0 && wronglyDenied == 0;
        }
    }

    /** Begins to create pods, in so many streams. */
    Load(ControlPlane plane, int parallel) {
        this.plane = plane;
        this.client = client(plane);
        for (int i = 0; i < parallel; i++) {
            Thread thread = new Thread(this::run, "load-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** A client that trusts that API server. */
    static HttpClient client(ControlPlane plane) {
        try {
            return HttpClient.newBuilder()
                    .sslContext(Trust.only(
                            CertificateFiles.authorities(plane.certificate()).get(0)))
                    .build();
        } catch (IOException | GeneralSecurityException | UnusableCertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    private void run() {
        boolean good = true;
        while (!stopped) {
            send(good);
            good = !good;
        }
    }

    private void send(boolean good) {
        boolean up = plane.isUp();
        long sent = System.nanoTime();
        try {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create(plane.url() + "/api/v1/namespaces/default/pods?dryRun=All"))
                            .timeout(Duration.ofSeconds(60))
                            .header("Content-Type", "application/json")
                            .header("Authorization", "Bearer " + ControlPlane.ADMIN)
                            .POST(BodyPublishers.ofString(good ? GOOD : BAD))
                            .build(),
                    BodyHandlers.ofString());
            tally(good, response.statusCode(), JSON.readTree(response.body()), up, sent);
        } catch (IOException e) {
            if (up && plane.isUp()) {
                fail("the API server did not answer: " + e, sent);
            } else {
                withoutApiServer.incrementAndGet();
                pause();
            }
        } catch (InterruptedException e) {
            stopped = true;
        }
    }

    private void tally(boolean good, int status, JsonNode answer, boolean up, long sent) {
        String message = answer.path("message").asText();
        boolean refused = status == 403 && message.contains("Bulkhead refuses");
        if (status == 201 && good) {
            if (answer.at("/spec/securityContext/runAsNonRoot").asBoolean()) {
                decided(sent);
            } else {
                wronglyAdmitted.incrementAndGet();
                note("not hardened", sent);
            }
        } else if (status == 201) {
            wronglyAdmitted.incrementAndGet();
            note("admitted", sent);
        } else if (refused && !good) {
            decided(sent);
        } else if (refused) {
            wronglyDenied.incrementAndGet();
            note(message, sent);
        } else if (message.contains("webhook") || (up && plane.isUp())) {
            fail(status + " " + message, sent);
        } else {
            withoutApiServer.incrementAndGet();
            pause();
        }
    }

    private void decided(long sent) {
        decided.incrementAndGet();
        micros.add((System.nanoTime() - sent) / 1_000);
    }

    private void fail(String what, long sent) {
        failed.incrementAndGet();
        note(what, sent);
        pause();
    }

    private void note(String what, long sent) {
        failures.add(new Failure(what, sent, System.nanoTime()));
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    ControlPlane plane() {
        return plane;
    }

    Tally tally() {
        return new Tally(decided.get(), failed.get(), wronglyAdmitted.get(), wronglyDenied.get());
    }

    List<Failure> failures() {
        return List.copyOf(failures);
    }

    /** Within how many milliseconds 99 of 100 decisions were there, of those since it was last asked. */
    long millisOfMost() {
        List<Long> times = new ArrayList<>();
        for (Long time = micros.poll(); time != null; time = micros.poll()) {
            times.add(time);
        }
        Collections.sort(times);
        return times.isEmpty() ? 0 : times.get((int) Math.ceil(times.size() * 0.99) - 1) / 1_000;
    }

    /** Waits for that many more decisions. */
    void awaitMore(long count) {
        // Slowly, but not for ever.
        awaitMore(count, Duration.ofSeconds(90 + count / 10));
    }

    /** Waits for that many more decisions, no longer than so long. */
    void awaitMore(long count, Duration patience) {
        long until = decided.get() + count;
        ControlPlane.await("more decisions: " + failures, patience, () -> decided.get() >= until);
    }

    @Override
    public void close() {
        stopped = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
