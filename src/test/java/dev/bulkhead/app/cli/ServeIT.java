package dev.bulkhead.app.cli;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.certificate.CertificateAuthority;
import dev.bulkhead.app.certificate.KeyPairAndChain;
import dev.bulkhead.app.certificate.PemFiles;
import dev.bulkhead.app.certificate.Trust;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeIT {
    private static final Pattern GATE = Pattern.compile("webhook +https://localhost:(\\d+)/validate,");
    private static final Pattern MANAGEMENT = Pattern.compile("management +http://localhost:(\\d+)/");
    private static final Pattern API = Pattern.compile("api +http://localhost:(\\d+)/");
    private static final Pattern EXAMPLE = Pattern.compile("curl -k https://\\S+/validate .* -d @(\\S+)");

    /** What Kubernetes sets in pods beside a Service called bulkhead. */
    private static final Map<String, String> SERVICE_LINKS = Map.of(
            "BULKHEAD_SERVICE_HOST", "10.96.0.7",
            "BULKHEAD_SERVICE_PORT", "443",
            "BULKHEAD_PORT", "tcp://10.96.0.7:443",
            "BULKHEAD_PORT_443_TCP_ADDR", "10.96.0.7");

    private static final Duration LIFE = Duration.ofDays(1);

    private final CertificateAuthority authority = CertificateAuthority.create(LIFE, Clock.systemUTC());

    @TempDir
    private Path directory;

    @Test
    void evaluatesTheExampleItPrints() throws Exception {
        HttpClient client = trusting();
        try (Program program = serve(SERVICE_LINKS, certificateOptions())) {
            String example = program.awaitOutput(EXAMPLE);
            URI gate = URI.create("https://localhost:" + program.awaitOutput(GATE) + "/validate");
            URI ready = URI.create("http://localhost:" + program.awaitOutput(MANAGEMENT) + "/q/health/ready");
            program.await("that it is ready", () -> isOk(client, ready));

            given().trustStore(trusted())
                    .contentType("application/json")
                    .body(Files.readAllBytes(Path.of(example)))
                    .post(gate)
                    .then()
                    .statusCode(200)
                    .body("response.allowed", equalTo(false))
                    .body("response.status.message", containsString("privileged"));
            assertThat(program.out()).contains("from " + directory.resolve("tls.crt"), "profile least-privilege");
        }
    }

    @Test
    void issuesItselfACertificateAndStopsWhenAsked() throws Exception {
        try (Program program = serve(Map.of())) {
            program.awaitOutput(GATE);

            assertThat(program.out()).contains("issued for this process");
            assertThat(program.err()).isEmpty();
            program.terminate();
            assertThat(program.awaitExit()).isEqualTo(143);
            assertThat(program.err()).isEmpty();
        }
    }

    @Test
    void saysInOneLineThatAPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = Integer.toString(taken.getLocalPort());
            for (String option : List.of("--port", "--management-port")) {
                try (Program program = serve(Map.of(), option, port)) {
                    assertThat(program.awaitExit()).isEqualTo(1);
                    assertThat(program.err())
                            .isEqualTo(
                                    "bulkhead: cannot listen on port %s: it is in use, or this user may not%n", port);
                    assertThat(program.out()).isEmpty();
                }
            }
        }
    }

    @Test
    void saysInOneLineWhatIsWrongWithItsSettings() throws Exception {
        Path missing = directory.resolve("tls.crt");
        try (Program program =
                serve(Map.of("BULKHEAD_TLS_CERT", missing.toString(), "BULKHEAD_TLS_KEY", missing.toString()))) {
            assertThat(program.awaitExit()).isEqualTo(1);
            assertThat(program.err())
                    .isEqualTo(
                            "bulkhead: BULKHEAD_TLS_CERT: expected a file that can be read, found \"%s\"%n"
                                    + "bulkhead: BULKHEAD_TLS_KEY: expected a file that can be read, found \"%s\"%n",
                            missing, missing);
            assertThat(program.out()).isEmpty();
        }
    }

    @Test
    void writesNothingButJsonWhereTheLogIsReadByPrograms() throws Exception {
        HttpClient client = trusting();
        Map<String, String> settings = Map.of("BULKHEAD_LOG_JSON", "true", "BULKHEAD_LOG_ACCESS", "true");
        try (Program program = serve(settings, certificateOptions())) {
            String management = program.awaitOutput(Pattern.compile("management on port (\\d+)"));
            URI ready = URI.create("http://localhost:" + management + "/q/health/ready");
            program.await("that it is ready", () -> isOk(client, ready));
            URI gate = URI.create("https://localhost:"
                    + program.awaitOutput(Pattern.compile("listening on port (\\d+)")) + "/validate");
            byte[] review = Files.readAllBytes(Path.of("docs", "examples", "review.json"));
            HttpRequest request = HttpRequest.newBuilder(gate)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArray(review))
                    .build();
            assertThat(client.send(request, BodyHandlers.discarding()).statusCode())
                    .isEqualTo(200);
            program.awaitOutput(Pattern.compile("(dev.bulkhead.access)"));

            List<JsonNode> lines = new ArrayList<>();
            for (String line : program.out().lines().toList()) {
                lines.add(new ObjectMapper().readTree(line));
            }

            assertThat(lines)
                    .allSatisfy(line -> assertThat(line.has("timestamp")).isTrue());
            assertThat(lines)
                    .filteredOn(line -> line.path("logger").asText().equals("dev.bulkhead.decision"))
                    .singleElement()
                    .satisfies(line -> {
                        assertThat(line.at("/fields/verdict").asText()).isEqualTo("denied");
                        assertThat(line.at("/fields/namespace").asText()).isEqualTo("driftwood");
                        assertThat(line.at("/fields/rules").asText()).contains("privileged=deny");
                    });
            assertThat(lines)
                    .filteredOn(line -> line.path("logger").asText().equals("dev.bulkhead.access"))
                    .singleElement()
                    .satisfies(line -> {
                        assertThat(line.at("/fields/uri").asText()).isEqualTo("/validate");
                        assertThat(line.at("/fields/status").asText()).isEqualTo("200");
                    });
        }
    }

    @Test
    void reloadsTheCertificateWithoutARestart() throws Exception {
        String[] options = certificateOptions();
        try (Program program = serve(Map.of("BULKHEAD_TLS_RELOAD_EVERY", "100ms"), options)) {
            URI gate = URI.create("https://localhost:" + program.awaitOutput(GATE) + "/validate");
            assertThat(served(gate)).isEqualTo(Files.readString(directory.resolve("tls.crt")));

            // As a kubelet might be seen half way: the certificate is new, the key is not yet.
            KeyPairAndChain next = authority.issue(List.of("localhost"), List.of(), LIFE);
            PemFiles.write(directory.resolve("tls.crt"), next.chain());
            program.await("that it tells so", () -> program.out().contains("the new certificate cannot be used"));
            assertThat(served(gate)).isNotEqualTo(Files.readString(directory.resolve("tls.crt")));

            PemFiles.write(directory.resolve("tls.key"), List.of(next.key()));
            program.await(
                    "the new certificate", () -> served(gate).equals(Files.readString(directory.resolve("tls.crt"))));
        }
    }

    /** What a new connection is shown, as a file would hold it. */
    private String served(URI gate) throws IOException, InterruptedException {
        try {
            HttpResponse<Void> response =
                    trusting().send(HttpRequest.newBuilder(gate).build(), BodyHandlers.discarding());
            Path shown = PemFiles.write(
                    directory.resolve("shown.crt"),
                    List.of(response.sslSession().orElseThrow().getPeerCertificates()));
            return Files.readString(shown);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void keepsAnsweringWhileDraining() throws Exception {
        HttpClient client = trusting();
        String[] options = Stream.concat(Stream.of(certificateOptions()), Stream.of("--api-port", "0"))
                .toArray(String[]::new);
        try (Program program = serve(Map.of("BULKHEAD_ADMISSION_DRAIN", "4s"), options)) {
            int api = Integer.parseInt(program.awaitOutput(API));
            URI gate = URI.create("https://localhost:" + program.awaitOutput(GATE) + "/validate");
            URI ready = URI.create("http://localhost:" + program.awaitOutput(MANAGEMENT) + "/q/health/ready");
            program.await("that it is ready", () -> isOk(client, ready));
            HttpRequest request = HttpRequest.newBuilder(gate)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofFile(Path.of("docs", "examples", "review.json")))
                    .build();
            assertThat(client.send(request, BodyHandlers.discarding()).headers().firstValue("Connection"))
                    .isEmpty();
            assertThat(version(api).header("Connection")).isNull();

            program.terminate();

            program.await("that it is no longer ready", () -> !isOk(client, ready));
            HttpResponse<String> last = client.send(request, BodyHandlers.ofString());
            assertThat(last.statusCode()).isEqualTo(200);
            assertThat(last.body()).contains("\"allowed\":false");
            assertThat(last.headers().firstValue("Connection")).contains("close");
            version(api).then().statusCode(200).header("Connection", "close");
            assertThat(program.awaitExit()).isEqualTo(143);
        }
    }

    @Test
    void answersWhileNothingReadsItsLogAndLosesNoneOfItWhenItStops() throws Exception {
        HttpClient client = trusting();
        int port = freePort();
        int management = freePort();
        List<String> args =
                new ArrayList<>(List.of("serve", "--port", "" + port, "--management-port", "" + management));
        args.addAll(List.of(certificateOptions()));
        // Beside each decision a long line of the access log, so that fewer reviews fill the pipe and what is kept.
        Map<String, String> settings = Map.of("BULKHEAD_LOG_ACCESS", "true");
        try (Program program = Program.startUnread(directory, settings, args.toArray(String[]::new))) {
            URI ready = URI.create("http://localhost:" + management + "/q/health/ready");
            program.await("that it is ready", () -> isListening(management) && isOk(client, ready));
            String review = Files.readString(Path.of("docs", "examples", "review.json"));
            String uid = new ObjectMapper().readTree(review).at("/request/uid").asText();
            String lost = "bulkhead_log_lost_total ";
            int sent = 0;
            do {
                for (int i = 0; i < 500; i++) {
                    assertThat(evaluated(client, port, review)).isEqualTo(200);
                    sent++;
                }
                assertThat(sent).isLessThan(50_000);
            } while (metrics(management).contains("\n" + lost + "0.0"));
            assertThat(isOk(client, URI.create("http://localhost:" + management + "/q/health/live")))
                    .isTrue();

            Thread reader = program.readOutput();
            String reported =
                    program.awaitOutput(Pattern.compile(" (\\d+) lines of the log were lost, because nothing read"));
            assertThat(metrics(management)).contains("\n" + lost + reported + ".0\n");
            for (int i = 0; i < 100; i++) {
                assertThat(evaluated(client, port, review.replace(uid, "last-" + i)))
                        .isEqualTo(200);
            }
            program.terminate();
            assertThat(program.awaitExit()).isEqualTo(143);
            reader.join();
            for (int i = 0; i < 100; i++) {
                assertThat(program.out()).contains(" uid=last-" + i + " ");
            }
        }
    }

    private static int evaluated(HttpClient client, int port, String review) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/validate"))
                .header("Content-Type", "application/json")
                .header("User-Agent", "agent ".repeat(1_000))
                .timeout(Duration.ofMinutes(1))
                .POST(BodyPublishers.ofString(review))
                .build();
        return client.send(request, BodyHandlers.discarding()).statusCode();
    }

    private static String metrics(int management) {
        return given().baseUri("http://localhost")
                .port(management)
                .get("/q/metrics")
                .asString();
    }

    private static boolean isListening(int port) {
        try (Socket socket = new Socket("localhost", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void finishesRequestsToTheApiWhenItStopsAndWaitsForNoneThatHangs() throws Exception {
        Map<String, String> settings = Map.of(
                "BULKHEAD_ADMISSION_DEADLINE", "20s",
                "BULKHEAD_ADMISSION_BODY_TIMEOUT", "10m",
                "BULKHEAD_ADMISSION_EXIT_TIMEOUT", "2m");
        String manifest = """
                kind: Pod
                apiVersion: v1
                metadata: {name: web}
                spec: {hostNetwork: true, containers: [{name: web}]}
                """;
        String head = "POST /api/v1/check HTTP/1.1\r\nHost: api\r\nContent-Type: application/yaml\r\nContent-Length: "
                + manifest.length() + "\r\n\r\n";
        try (Program program = serve(settings, "--api-port", "0")) {
            int api = Integer.parseInt(program.awaitOutput(API));
            int management = Integer.parseInt(program.awaitOutput(MANAGEMENT));
            try (Socket idle = new Socket("localhost", api);
                    Socket slow = new Socket("localhost", api);
                    Socket hanging = new Socket("localhost", api)) {
                write(slow, head);
                write(hanging, head);
                program.await(
                        "both requests",
                        () -> given().baseUri("http://localhost")
                                .port(management)
                                .get("/q/metrics")
                                .asString()
                                .contains("\nbulkhead_api_checks 2.0\n"));

                program.terminate();
                assertThat(read(idle)).isEmpty();
                write(slow, manifest);

                assertThat(read(slow))
                        .startsWith("HTTP/1.1 200 ")
                        .containsIgnoringCase("\r\nconnection: close\r\n")
                        .contains("\"verdict\": \"denied\"");
                assertThat(read(hanging)).isEmpty();
            }
            assertThat(program.awaitExit()).isEqualTo(143);
            assertThat(program.err()).as("what ends a process that hangs").isEmpty();
        }
    }

    private static Response version(int api) {
        return given().baseUri("http://localhost").port(api).get("/api/v1/version");
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    /** What arrives until the other side closes the connection. */
    private static String read(Socket socket) throws IOException {
        socket.setSoTimeout(60_000);
        return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }

    @Test
    void namesTheKeyThatIsWrong() throws Exception {
        try (Program program = serve(Map.of("BULKHEAD_WORKLOADS_KINDS", "argoproj.io/Rollout"))) {
            assertThat(program.awaitExit()).isEqualTo(1);
            assertThat(program.err())
                    .isEqualTo("bulkhead: BULKHEAD_WORKLOADS_KINDS: expected GROUP/KIND=/PATH/TO/TEMPLATE,"
                            + " such as argoproj.io/Rollout=/spec/template, found \"argoproj.io/Rollout\""
                            + System.lineSeparator());
        }
    }

    private static boolean isOk(HttpClient client, URI address) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.discarding())
                        .statusCode()
                == 200;
    }

    private KeyStore trusted() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", authority.certificate());
        return store;
    }

    private HttpClient trusting() throws IOException, GeneralSecurityException {
        return HttpClient.newBuilder()
                .sslContext(Trust.only(authority.certificate()))
                .build();
    }

    private String[] certificateOptions() throws IOException {
        KeyPairAndChain pair = authority.issue(List.of("localhost"), List.of(), LIFE);
        Path certificate = PemFiles.write(directory.resolve("tls.crt"), pair.chain());
        Path key = PemFiles.write(directory.resolve("tls.key"), List.of(pair.key()));
        return new String[] {"--tls-cert", certificate.toString(), "--tls-key", key.toString()};
    }

    private Program serve(Map<String, String> environment, String... options) throws IOException {
        List<String> args = new ArrayList<>(List.of("serve"));
        args.addAll(List.of(options));
        for (String option : List.of("--port", "--management-port")) {
            if (!args.contains(option)) {
                args.addAll(List.of(option, "0"));
            }
        }
        return Program.start(directory, environment, args.toArray(String[]::new));
    }
}
