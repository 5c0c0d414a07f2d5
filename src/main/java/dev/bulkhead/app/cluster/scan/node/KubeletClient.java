package dev.bulkhead.app.cluster.scan.node;

import dev.bulkhead.app.registry.BoundedBody;
import dev.bulkhead.engine.text.FailureText;
import dev.bulkhead.engine.text.SafeText;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks kubelets for their statistics: a few at a time, each for a limited time and answer, all of them for a limited time.
 * No request follows a redirect.
 */
final class KubeletClient {
    private static final int AT_ONCE = 4;
    private static final int MOST_BYTES = 8 << 20;
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(3);
    private static final Duration EACH_WITHIN = Duration.ofSeconds(10);
    private static final int LONGEST_PROBLEM = 300;

    private final KubeletTrust trust;
    private final Duration within;

    /**
     * Asks nothing yet.
     *
     * @param within how long all kubelets together may take; those that were not asked until then are problems
     */
    KubeletClient(KubeletTrust trust, Duration within) {
        this.trust = trust;
        this.within = within;
    }

    /**
     * What kubelets said.
     *
     * @param written the bytes by the pod's uid and the container's name
     * @param problems what kept the others from answering, in a sentence each
     */
    record Answers(Map<String, Map<String, Long>> written, List<String> problems) {}

    /**
     * Asks all of them.
     *
     * @param token who asks; sent only to kubelets whose certificate was verified
     */
    Answers ask(List<KubeletAddress> kubelets, String token) throws InterruptedIOException {
        Map<String, Set<String>> names = new HashMap<>();
        Map<String, KubeletAddress> byIp = new LinkedHashMap<>();
        for (KubeletAddress kubelet : kubelets) {
            names.putIfAbsent(kubelet.ip(), kubelet.names());
            byIp.putIfAbsent(kubelet.ip(), kubelet);
        }
        HttpClient client = HttpClient.newBuilder()
                .sslContext(trust.contextFor(names))
                .connectTimeout(CONNECT_WITHIN)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        List<Callable<Map<String, Map<String, Long>>>> questions = new ArrayList<>();
        byIp.values().forEach(kubelet -> questions.add(() -> ask(client, kubelet, token)));
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE, work -> {
            Thread thread = new Thread(work, "kubelet");
            thread.setDaemon(true);
            return thread;
        });
        try {
            return collected(
                    List.copyOf(byIp.values()), threads.invokeAll(questions, within.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while asking kubelets");
        } finally {
            threads.shutdownNow();
        }
    }

    private static Answers collected(
            List<KubeletAddress> kubelets, List<Future<Map<String, Map<String, Long>>>> answers)
            throws InterruptedException {
        Map<String, Map<String, Long>> written = new HashMap<>();
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            String node = kubelets.get(i).node();
            try {
                answers.get(i).get().forEach(written::putIfAbsent);
            } catch (ExecutionException e) {
                problems.add(problem(node, reason(e)));
            } catch (CancellationException e) {
                problems.add(problem(node, "there was no time left to ask it"));
            }
        }
        return new Answers(written, problems);
    }

    /** What the innermost cause says: a certificate that is not trusted is wrapped several times. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return FailureText.message(cause);
    }

    private static String problem(String node, String reason) {
        return SafeText.line("the kubelet of node " + node + " tells no statistics: " + reason, LONGEST_PROBLEM);
    }

    private static Map<String, Map<String, Long>> ask(HttpClient client, KubeletAddress kubelet, String token)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("https://" + kubelet.host() + ":" + kubelet.port() + "/stats/summary"))
                .header("Authorization", "Bearer " + token)
                .header("Accept", "application/json")
                .timeout(EACH_WITHIN)
                .build();
        CompletableFuture<HttpResponse<byte[]>> exchange =
                client.sendAsync(request, head -> BoundedBody.whole(MOST_BYTES));
        try {
            HttpResponse<byte[]> response = exchange.get(EACH_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException("HTTP status " + response.statusCode());
            }
            return WrittenBytes.in(response.body());
        } catch (TimeoutException e) {
            throw new IOException("it did not answer within " + EACH_WITHIN.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IOException("it did not answer", e);
        } finally {
            exchange.cancel(true);
        }
    }
}
