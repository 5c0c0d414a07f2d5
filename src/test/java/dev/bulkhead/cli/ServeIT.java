package dev.bulkhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.certificate.Authority;
import dev.bulkhead.certificate.KeyPairAndChain;
import dev.bulkhead.certificate.Pem;
import dev.bulkhead.certificate.Trust;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeIT {
    private static final Pattern GATE = Pattern.compile("gate +https://localhost:(\\d+)/validate,");
    private static final Pattern MANAGEMENT = Pattern.compile("management +http://localhost:(\\d+)/");
    private static final Pattern EXAMPLE = Pattern.compile("curl -k https://\\S+/validate .* -d @(\\S+)");

    /** What Kubernetes sets in pods beside a Service called bulkhead. */
    private static final Map<String, String> SERVICE_LINKS = Map.of(
            "BULKHEAD_SERVICE_HOST", "10.96.0.7",
            "BULKHEAD_SERVICE_PORT", "443",
            "BULKHEAD_PORT", "tcp://10.96.0.7:443",
            "BULKHEAD_PORT_443_TCP_ADDR", "10.96.0.7");

    @TempDir
    private Path directory;

    @Test
    void judgesTheExampleThatItNames() throws Exception {
        Duration life = Duration.ofDays(1);
        Authority authority = Authority.create(life, Clock.systemUTC());
        KeyPairAndChain pair = authority.issue(List.of("localhost"), List.of(), life);
        Path certificate = Pem.write(directory.resolve("tls.crt"), pair.chain());
        Path key = Pem.write(directory.resolve("tls.key"), List.of(pair.key()));
        HttpClient client = HttpClient.newBuilder()
                .sslContext(Trust.only(authority.certificate()))
                .build();
        try (Program program =
                serve(SERVICE_LINKS, "--tls-cert", certificate.toString(), "--tls-key", key.toString())) {
            String example = program.awaitOutput(EXAMPLE);
            URI gate = URI.create("https://localhost:" + program.awaitOutput(GATE) + "/validate");
            URI ready = URI.create("http://localhost:" + program.awaitOutput(MANAGEMENT) + "/q/health/ready");
            assertThat(client.send(HttpRequest.newBuilder(ready).build(), BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);

            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(gate)
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofFile(Path.of(example)))
                            .build(),
                    BodyHandlers.ofString());

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            JsonNode response = new ObjectMapper().readTree(answer.body()).get("response");
            assertThat(response.get("allowed").asBoolean()).isFalse();
            assertThat(response.get("status").get("message").asText()).contains("privileged");
            assertThat(program.out()).contains("from " + certificate, "profile least-privilege");
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
            assertThat(program.err()).isEqualTo("bulkhead: %s: no such file%n", missing);
            assertThat(program.out()).isEmpty();
        }
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
