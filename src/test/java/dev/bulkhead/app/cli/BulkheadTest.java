package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.certificate.CertificateAuthority;
import dev.bulkhead.app.certificate.KeyPairAndChain;
import dev.bulkhead.app.certificate.PemFiles;
import dev.bulkhead.app.cli.option.StandardOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BulkheadTest {
    private static final String SERVE_USAGE = "Usage: bulkhead serve [-hV]";

    @TempDir
    private Path directory;

    /** What came of a command line. */
    private record Run(int exitCode, String out, String err) {}

    @Test
    void printsItsVersion() {
        Run run = run("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("bulkhead ")
                .contains("Java " + Runtime.version().feature(), "VM");
        assertThat(run.err()).isEmpty();
    }

    /** What is cut off must not pass for a result. */
    @ParameterizedTest
    @CsvSource({"No space left on device, 2", "Input/output error, 2", "Broken pipe, 0"})
    void failsWhereItsOutputCannotBeWritten(String reason, int expected) {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException(reason);
            }
        };
        StringWriter err = new StringWriter();

        int code = Bulkhead.run(
                new StandardOutput(full, StandardCharsets.UTF_8), new PrintWriter(err, true), "rules", "-o", "json");

        assertThat(code).isEqualTo(expected);
        assertThat(err.toString())
                .isEqualTo(expected == 0 ? "" : "bulkhead: cannot write to standard output: " + reason + "\n");
    }

    @Test
    void printsItsUsage() {
        Run run = run("--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Usage: bulkhead [-hV] COMMAND").containsPattern("serve +Runs the webhook");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void printsTheUsageOfACommand() {
        Run run = run("serve", "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains(
                        SERVE_USAGE,
                        "--port=N",
                        "--management-port=N",
                        "--policy=FILE",
                        "--profile=PROFILE",
                        "--tls-cert=FILE",
                        "--tls-key=FILE");
    }

    @Test
    void requiresACommand() {
        assertMisused(run(), "bulkhead: Missing command", "Usage: bulkhead [-hV] COMMAND");
    }

    @Test
    void rejectsUnknownCommands() {
        Run run = run("serv");

        assertMisused(run, "bulkhead: Unmatched argument at index 0: 'serv'", "Usage: bulkhead [-hV] COMMAND");
        assertThat(run.err()).contains("Did you mean: bulkhead serve?");
    }

    @Test
    void rejectsUnknownOptions() {
        assertMisused(run("serve", "--prot=1"), "bulkhead: Unknown option: '--prot=1'", SERVE_USAGE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--port=-1 | --port: expected a number from 0 to 65535, got -1",
                "--management-port=65536 | --management-port: expected a number from 0 to 65535, got 65536",
                "--port=https | Invalid value for option '--port': 'https' is not an int",
                "--profile=strict | --profile: expected privileged, baseline[@v1.N], restricted[@v1.N],"
                        + " least-privilege or sandboxed, got strict",
                "--tls-cert=tls.crt | --tls-cert and --tls-key belong together: give both or neither",
                "--tls-key=tls.key | --tls-cert and --tls-key belong together: give both or neither",
            })
    void refusesToServeWith(String option, String message) {
        assertMisused(run("serve", option), "bulkhead: " + message, SERVE_USAGE);
    }

    @Test
    void refusesToServeWithACertificateOfAnotherKey() {
        CertificateAuthority authority = CertificateAuthority.create(Duration.ofDays(1), Clock.systemUTC());
        Path certificate =
                PemFiles.write(directory.resolve("tls.crt"), issue(authority).chain());
        Path key = PemFiles.write(
                directory.resolve("tls.key"), List.of(issue(authority).key()));

        Run run = run("serve", "--tls-cert", certificate.toString(), "--tls-key", key.toString());

        assertMisused(
                run,
                "bulkhead: " + key + ": the key does not match the first certificate in " + certificate,
                SERVE_USAGE);
    }

    @Test
    void refusesToServeWithInvalidPolicies() throws IOException {
        Path policy = Files.writeString(directory.resolve("policy.yaml"), """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata:
                  name: tenants
                spec:
                  mode: never
                  rules:
                    privilege: {action: deny}
                """);

        Run run = run("serve", "--policy", policy.toString(), "--policy", directory + "/missing.yaml");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .containsExactly(
                        policy + ":6:3: expected audit, warn, enforce, found \"never\"",
                        policy + ":8:5: unknown rule \"privilege\", did you mean privileged?",
                        directory + "/missing.yaml: no such file or directory");
    }

    @Test
    void changesNothingBeforeAllArgumentsAreValid() throws IOException {
        Path policy = Files.createFile(directory.resolve("policy.yaml"));

        run("serve", "--port=1", "--policy", policy.toString(), "--tls-cert=tls.crt");

        assertThat(System.getProperty("quarkus.http.ssl-port")).isNull();
        assertThat(System.getProperty("bulkhead.policy.files[0]")).isNull();
    }

    private static void assertMisused(Run run, String message, String usage) {
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines().findFirst()).contains(message);
        assertThat(run.err()).contains(usage);
    }

    private static KeyPairAndChain issue(CertificateAuthority authority) {
        return authority.issue(List.of("localhost"), List.of(), Duration.ofDays(1));
    }

    private static Run run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Bulkhead.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new Run(exitCode, out.toString(), err.toString());
    }
}
