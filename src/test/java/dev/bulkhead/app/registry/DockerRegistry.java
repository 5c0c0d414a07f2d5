package dev.bulkhead.app.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.certificate.KeyMaterial;
import dev.bulkhead.engine.image.ImageReference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.Assumptions;

/** Debian's docker-registry on this machine, ended by its handle. */
public final class DockerRegistry implements AutoCloseable {
    public static final String USER = "tester";
    public static final String PASSWORD = "a:secret";

    /** Of {@code trusted.p12}. */
    public static final String TRUSTED_PASSWORD = "changeit";

    private static final long PATIENCE_SECONDS = 60;
    private static final byte[] SALT = "sixteen bytes ok".getBytes(StandardCharsets.US_ASCII);

    private final Process process;
    private final int port;
    private final Path log;
    private final String scheme;
    private final HttpClient client;

    private DockerRegistry(Process process, int port, Path log, Optional<KeyStore> trusted) throws IOException {
        this.process = process;
        this.port = port;
        this.log = log;
        this.scheme = trusted.isPresent() ? "https" : "http";
        this.client = trusted.isPresent()
                ? HttpClient.newBuilder().sslContext(trusting(trusted.get())).build()
                : HttpClient.newHttpClient();
    }

    private static SSLContext trusting(KeyStore trusted) throws IOException {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** By plain HTTP, for everybody; where the program is not installed, the test is skipped, but not in CI. */
    public static DockerRegistry start(Path directory) throws IOException, InterruptedException {
        return start(directory, "", "", Optional.empty());
    }

    /** By HTTPS, for everybody, with a certificate of a CA that is in {@code trusted.p12} of the directory. */
    public static DockerRegistry withTls(Path directory) throws IOException, InterruptedException {
        Map<String, String> material =
                KeyMaterial.create(List.of("localhost"), Clock.systemUTC()).toData();
        Path certificate = Files.writeString(directory.resolve("tls.crt"), material.getOrDefault("tls.crt", ""));
        Path key = Files.writeString(directory.resolve("tls.key"), material.getOrDefault("tls.key", ""));
        KeyStore trusted;
        try (OutputStream store = Files.newOutputStream(directory.resolve("trusted.p12"))) {
            trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "ca",
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(
                                    material.getOrDefault("ca.crt", "").getBytes(StandardCharsets.US_ASCII))));
            trusted.store(store, TRUSTED_PASSWORD.toCharArray());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        return start(
                directory, ", tls: {certificate: " + certificate + ", key: " + key + "}", "", Optional.of(trusted));
    }

    /** By plain HTTP, for {@link #USER} with {@link #PASSWORD}. */
    public static DockerRegistry withPassword(Path directory) throws IOException, InterruptedException {
        String hash = OpenBSDBCrypt.generate("2y", PASSWORD.toCharArray(), SALT, 4);
        Path users = Files.writeString(directory.resolve("htpasswd"), USER + ":" + hash + "\n");
        return start(directory, "", "auth: {htpasswd: {realm: here, path: " + users + "}}\n", Optional.empty());
    }

    private static DockerRegistry start(Path directory, String tls, String more, Optional<KeyStore> trusted)
            throws IOException, InterruptedException {
        Optional<Path> program = Stream.of("/usr/bin", "/usr/local/bin")
                .map(folder -> Path.of(folder, "docker-registry"))
                .filter(Files::isExecutable)
                .findFirst();
        if (program.isEmpty() && Boolean.parseBoolean(System.getenv("BULKHEAD_CI"))) {
            throw new AssertionError("docker-registry is not installed");
        }
        Assumptions.assumeTrue(program.isPresent(), "docker-registry is not installed");
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Path configuration = Files.writeString(
                directory.resolve("registry.yml"), """
                version: 0.1
                log: {level: warn}
                storage:
                  filesystem: {rootdirectory: %s}
                http: {addr: "127.0.0.1:%d"%s}
                """.formatted(directory.resolve("registry"), port, tls) + more);
        Path log = directory.resolve("registry.log");
        Process process = new ProcessBuilder(program.orElseThrow().toString(), "serve", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        DockerRegistry registry = new DockerRegistry(process, port, log, trusted);
        registry.awaitReady();
        return registry;
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < end && process.isAlive()) {
            try {
                client.send(HttpRequest.newBuilder(uri("/v2/")).build(), BodyHandlers.discarding());
                return;
            } catch (IOException e) {
                process.waitFor(50, TimeUnit.MILLISECONDS);
            }
        }
        close();
        throw new AssertionError("docker-registry does not answer: " + Files.readString(log));
    }

    private URI uri(String path) {
        return URI.create(scheme + "://" + name()).resolve(path);
    }

    /** Its address, as a reference names it. */
    public String name() {
        return "localhost:" + port;
    }

    ImageReference image(String name) {
        return ImageReference.parse(name() + "/" + name).orElseThrow();
    }

    /** Pushes an image without layers, and gives its manifest. */
    byte[] push(String repository, String tag, byte[] configuration) throws IOException, InterruptedException {
        HttpResponse<String> upload = send(request("/v2/" + repository + "/blobs/uploads/")
                .POST(BodyPublishers.noBody())
                .build());
        assertThat(upload.statusCode()).as(upload.body()).isEqualTo(202);
        String location = upload.headers().firstValue("Location").orElseThrow();
        HttpResponse<String> stored =
                send(request(location + (location.indexOf('?') < 0 ? "?" : "&") + "digest=" + Digests.of(configuration))
                        .PUT(BodyPublishers.ofByteArray(configuration))
                        .header("Content-Type", "application/octet-stream")
                        .build());
        assertThat(stored.statusCode()).as(stored.body()).isEqualTo(201);
        byte[] manifest = FakeRegistry.manifest(configuration);
        pushManifest(repository, tag, FakeRegistry.MANIFEST, manifest);
        return manifest;
    }

    /** Pushes the image as whose user a configuration names that one. */
    public void pushWithUser(String repository, String tag, String user) throws IOException, InterruptedException {
        push(repository, tag, FakeRegistry.configuration(Map.of("User", user)));
    }

    /** Pushes the image whose configuration names that user and that volume. */
    public void pushWithVolume(String repository, String tag, String user, String volume)
            throws IOException, InterruptedException {
        push(repository, tag, FakeRegistry.configuration(Map.of("User", user, "Volumes", Map.of(volume, Map.of()))));
    }

    void pushManifest(String repository, String tag, String mediaType, byte[] manifest)
            throws IOException, InterruptedException {
        HttpResponse<String> response = send(request("/v2/" + repository + "/manifests/" + tag)
                .PUT(BodyPublishers.ofByteArray(manifest))
                .header("Content-Type", mediaType)
                .build());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    }

    private HttpRequest.Builder request(String path) {
        String pair = USER + ":" + PASSWORD;
        return HttpRequest.newBuilder(uri(path))
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
