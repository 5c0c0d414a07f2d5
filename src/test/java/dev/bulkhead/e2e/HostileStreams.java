package dev.bulkhead.e2e;

import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Somebody who wants Bulkhead to be busy: streams of pods that cost most for their size, sent without a pause through the
 * API server, by a user who may create pods in one namespace, or as reviews to Bulkhead's port, by nobody known.
 */
final class HostileStreams implements AutoCloseable {
    static final String NAMESPACE = "hostile";

    private static final int BYTES = 250_000;
    private static final String CONTAINER = "{\"name\":\"c\",\"image\":\"x\"";

    /** Specs of pods: the lists that Bulkhead has most to do with. */
    private static final List<String> SPECS = List.of(
            inContainer(
                    12,
                    n -> "\"securityContext\":{\"capabilities\":{\"add\":[" + repeat(n, i -> "\"CAP_" + i + "\"")
                            + "]}}"),
            inContainer(5, n -> "\"securityContext\":{\"capabilities\":{\"add\":[" + repeat(n, i -> "\"A\"") + "]}}"),
            inContainer(
                    46,
                    n -> "\"env\":[" + repeat(n, i -> "{\"name\":\"PASSWORD_" + i + "\",\"value\":\"canary" + i + "\"}")
                            + "]"),
            inContainer(6, n -> "\"env\":[{\"name\":\"A\",\"value\":\"" + "-sk-:@/".repeat(n) + "\"}]"),
            "\"containers\":[" + repeat(1_900, i -> "{\"name\":\"c" + i + "\",\"image\":\"x\"}") + "]",
            "\"volumes\":["
                    + repeat(2_400, i -> "{\"name\":\"v" + i + "\",\"hostPath\":{\"path\":\"/srv/../run/" + i + "\"}}")
                    + "],\"containers\":[" + CONTAINER + ",\"volumeMounts\":["
                    + repeat(2_400, i -> "{\"name\":\"v" + i + "\",\"mountPath\":\"/m/" + i + "\"}") + "]}]",
            "\"os\":{\"name\":\"windows\"},\"volumes\":["
                    + repeat(
                            4_000,
                            i -> "{\"name\":\"v" + i + "\",\"hostPath\":{\"path\":\"C:\\\\a\\\\..\\\\b" + i + "\"}}")
                    + "],\"containers\":[" + CONTAINER + "}]",
            "\"securityContext\":{\"sysctls\":["
                    + repeat(5_000, i -> "{\"name\":\"kernel.x" + i + "\",\"value\":\"1\"}") + "]},\"containers\":["
                    + CONTAINER + "}]");

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong unanswered = new AtomicLong();
    private volatile boolean stopped;

    private interface Sending {
        HttpRequest next(int i);
    }

    private HostileStreams(HttpClient client, int parallel, Sending sending) {
        for (int stream = 0; stream < parallel; stream++) {
            int first = stream;
            Thread thread = new Thread(() -> run(client, first, sending), "hostile-" + stream);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Through the API server, by a user who may do what `edit` allows in a namespace of its own. */
    static HostileStreams throughApiServer(ControlPlane plane, int parallel) {
        plane.kubectl("create", "namespace", NAMESPACE);
        plane.kubectl("-n", NAMESPACE, "create", "serviceaccount", "mallory");
        plane.kubectl(
                "-n",
                NAMESPACE,
                "create",
                "rolebinding",
                "mallory",
                "--clusterrole=edit",
                "--serviceaccount=" + NAMESPACE + ":mallory");
        Run token = plane.kubectl("-n", NAMESPACE, "create", "token", "mallory", "--duration=12h");
        URI pods = URI.create(plane.url() + "/api/v1/namespaces/" + NAMESPACE + "/pods?dryRun=All");
        return new HostileStreams(
                Load.client(plane),
                parallel,
                i -> request(pods)
                        .header("Authorization", "Bearer " + token.out().strip())
                        .POST(BodyPublishers.ofString(pod(i, "\"generateName\":\"hostile-\"")))
                        .build());
    }

    /** Straight to Bulkhead's port, each review as if it were of another namespace. */
    static HostileStreams atPort(String address, int parallel) {
        return new HostileStreams(
                trustingEverybody(),
                parallel,
                i -> request(URI.create("https://" + address + (i % 2 == 0 ? "/validate" : "/mutate")))
                        .POST(BodyPublishers.ofString(review(i)))
                        .build());
    }

    /** Whom it talks to does not matter to somebody who only wants to be a burden. */
    private static HttpClient trustingEverybody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Trusting()}, null);
            return HttpClient.newBuilder().sslContext(context).build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri)
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json");
    }

    private static String review(int i) {
        return "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"" + i
                + "\",\"kind\":{\"group\":\"\",\"version\":\"v1\",\"kind\":\"Pod\"},\"operation\":\"CREATE\","
                + "\"namespace\":\"made-up-" + i + "\",\"userInfo\":{\"username\":\"mallory\"},\"object\":"
                + pod(i, "\"name\":\"p\"") + "}}";
    }

    private static String pod(int i, String metadata) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{" + metadata + "},\"spec\":{"
                + SPECS.get(i % SPECS.size()) + "}}";
    }

    private static String inContainer(int bytesEach, IntFunction<String> member) {
        return "\"containers\":[" + CONTAINER + "," + member.apply(BYTES / bytesEach) + "}]";
    }

    private static String repeat(int n, IntFunction<String> item) {
        return IntStream.range(0, n).mapToObj(item).collect(Collectors.joining(","));
    }

    private void run(HttpClient client, int first, Sending sending) {
        // Streams begin at different shapes, so that they do not send the same ones at the same time.
        for (int i = first; !stopped; i += threads.size() + 1) {
            try {
                HttpResponse<byte[]> response = client.send(sending.next(i), BodyHandlers.ofByteArray());
                // A refusal is an answer too, as is being told to come later.
                if (response.statusCode() > 0) {
                    answered.incrementAndGet();
                }
            } catch (IOException e) {
                unanswered.incrementAndGet();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** How many requests got an answer, of whatever kind. */
    long answered() {
        return answered.get();
    }

    /** How many got none in time, or lost their connection. */
    long unanswered() {
        return unanswered.get();
    }

    @Override
    public void close() {
        stopped = true;
        try {
            for (Thread thread : threads) {
                thread.interrupt();
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How many bytes one of its requests has, about. */
    static int size() {
        return SPECS.stream()
                        .mapToInt(spec -> spec.getBytes(StandardCharsets.UTF_8).length)
                        .sum()
                / SPECS.size();
    }
}
