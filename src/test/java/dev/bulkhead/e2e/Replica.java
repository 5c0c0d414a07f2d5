package dev.bulkhead.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A replica of Bulkhead as a process of its own: with the environment that the installed Deployment gives its pods, and
 * with a token of its ServiceAccount, so that it may do what its pods may.
 */
final class Replica implements AutoCloseable {
    /** The build's own, or, as {@code -De2e.image=target/image/root/opt/bulkhead}, what is put into the image. */
    private static final List<String> PROGRAM = Optional.ofNullable(System.getProperty("e2e.image"))
            .map(directory -> List.of(
                    Path.of(directory, "runtime", "bin", "java").toString(),
                    "-XX:AOTCache=" + Path.of(directory, "app", "bulkhead.aot"),
                    "-XX:AOTMode=on",
                    "-XX:+UseCompactObjectHeaders",
                    "-jar",
                    Path.of(directory, "app", "quarkus-run.jar").toString()))
            .orElseGet(() -> List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-jar",
                    Path.of("target", "quarkus-app", "quarkus-run.jar").toString()));

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    static final String NAMESPACE = "bulkhead-system";

    private final Process process;
    private final int port;
    private final int management;
    private final int api;
    private final int console;
    private final Path log;

    private Replica(Process process, int port, int management, int api, int console, Path log) {
        this.process = process;
        this.port = port;
        this.management = management;
        this.api = api;
        this.console = console;
        this.log = log;
    }

    static Replica start(ControlPlane plane, Path directory, String name) throws IOException {
        return start(plane, directory, NAMESPACE, "bulkhead", name, Map.of());
    }

    /** All that one needs of the cluster to be started, perhaps later. */
    record Prepared(ProcessBuilder builder, int port, int management, int api, int console, Path log) {
        Replica start() throws IOException {
            return new Replica(builder.start(), port, management, api, console, log);
        }
    }

    /** One of a release's, with other settings where a process cannot have a pod's. */
    static Replica start(
            ControlPlane plane,
            Path directory,
            String namespace,
            String release,
            String name,
            Map<String, String> settings)
            throws IOException {
        return prepare(plane, directory, namespace, release, name, settings).start();
    }

    static Prepared prepare(
            ControlPlane plane,
            Path directory,
            String namespace,
            String release,
            String name,
            Map<String, String> settings)
            throws IOException {
        Run token = plane.kubectl("-n", namespace, "create", "token", release, "--duration=3h");
        Path kubeconfig = Files.writeString(
                directory.resolve(name + ".kubeconfig"),
                plane.kubeconfig(token.out().strip()));
        int port = ControlPlane.freePort();
        int management = ControlPlane.freePort();
        int api = ControlPlane.freePort();
        int console = ControlPlane.freePort();
        Map<String, String> environment = new HashMap<>();
        JsonNode deployment = plane.get("-n", namespace, "deployment", release);
        for (JsonNode variable : deployment.at("/spec/template/spec/containers/0/env")) {
            String field = variable.at("/valueFrom/fieldRef/fieldPath").asText();
            environment.put(
                    variable.path("name").asText(),
                    switch (field) {
                        case "metadata.namespace" -> namespace;
                        case "metadata.name" -> name;
                        default -> variable.path("value").asText();
                    });
        }
        environment.putAll(settings);
        environment.put("BULKHEAD_ADMISSION_PORT", Integer.toString(port));
        environment.put("BULKHEAD_MANAGEMENT_PORT", Integer.toString(management));
        environment.put("BULKHEAD_API_PORT", Integer.toString(api));
        environment.put("BULKHEAD_CONSOLE_PORT", Integer.toString(console));
        environment.put("JAVA_TOOL_OPTIONS", "-Xmx300m");
        environment.put("KUBECONFIG", kubeconfig.toString());
        Path log = directory.resolve(name + ".log");
        List<String> command = new ArrayList<>(PROGRAM);
        deployment.at("/spec/template/spec/containers/0/args").forEach(argument -> command.add(argument.asText()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new Prepared(builder, port, management, api, console, log);
    }

    int port() {
        return port;
    }

    /** Whether anything listens at its webhook's port. */
    boolean listens() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (ConnectException e) {
            return false;
        }
    }

    /** Where its API listens, if it is enabled. */
    int api() {
        return api;
    }

    /** Where its pages are, if it is a console. */
    int console() {
        return console;
    }

    boolean isReady() {
        return process.isAlive() && management("/q/health/ready").startsWith("200 ");
    }

    String metrics() {
        return management("/q/metrics");
    }

    private String management(String path) {
        try {
            var response = CLIENT.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + path))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    BodyHandlers.ofString());
            return response.statusCode() + " " + response.body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks it to end, as a kubelet does. */
    void terminate() {
        process.destroy();
    }

    /** Stops it for a while, as if its node were too busy. */
    void pause() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        Processes.run(Map.of(), "", "kill", "-" + name, Long.toString(process.pid()));
    }

    boolean isRunning() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
