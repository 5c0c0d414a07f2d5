package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bulkhead.e2e.Processes.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bench/versus}, with little effort: that it measures what it says, not what comes of it. */
class VersusIT {
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    /** The program that was packaged before these tests. */
    private static final Path PROGRAM = Path.of("target", "quarkus-app");

    private static Path podSecurity = Path.of("");

    @TempDir
    Path temporary;

    @BeforeAll
    static void findTheWebhook() {
        podSecurity = Installed.programs().resolve("pod-security-webhook");
        boolean built = Files.isExecutable(podSecurity);
        if (!built && Boolean.parseBoolean(System.getenv("BULKHEAD_CI"))) {
            throw new AssertionError("e2e/control-plane has built no pod-security-webhook");
        }
        if (!built) {
            System.err.println(
                    "Skipped: there is no pod-security-webhook on this machine, e2e/control-plane builds it.");
        }
        assumeTrue(built, "no pod-security-webhook on this machine: e2e/control-plane builds it");
    }

    private Run versus(String... args) {
        Run run = Processes.run(
                PATIENCE,
                Map.of(
                        "TMPDIR", temporary.toString(),
                        "ROUNDS", "1",
                        "SECONDS_PER_ROUND", "1",
                        "WARM_SECONDS", "1",
                        "CONNECTIONS", "2",
                        "REVIEWS", "20 60"),
                "",
                Stream.concat(Stream.of("bench/versus", "--bulkhead", PROGRAM.toString()), Stream.of(args))
                        .toArray(String[]::new));
        assertThat(temporary).as("what it left").isEmptyDirectory();
        assertThat(ProcessHandle.allProcesses()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(temporary.toString()))
                        .toList())
                .as("what it left running")
                .isEmpty();
        return run;
    }

    @Test
    void measuresBulkheadBesidePodSecurityAdmission() {
        Run run = versus("--warm", "--cold", "--first-reviews", "--api-server", "--commands");

        assertThat(run.exitCode()).as(run.said()).isZero();
        assertThat(run.out())
                .contains(
                        "- Bulkhead: bulkhead ",
                        "- Pod Security Admission's webhook: Kubernetes v",
                        "processors, load average");
        String webhook = "Pod Security Admission's webhook";
        List<String> warm = row(run, "| webhook | hardened pod |", webhook);
        assertThat(warm.get(1)).matches("[0-9.]+ (µs|ms)").doesNotStartWith("0.0 ");
        assertThat(warm.get(5)).matches("[1-9][0-9]* MiB");
        assertThat(row(run, "| webhook | hardened pod |", "Bulkhead, `/validate/restricted`")
                        .get(2))
                .isEqualTo("**1.0**");
        assertThat(row(run, "| webhook | CPU until ready |", webhook)).hasSize(4);
        assertThat(row(run, "| reviews since ready |", "21–60").get(2)).isEqualTo("**1.0**");
        assertThat(row(run, "| registered |", webhook).get(7)).matches("-?[0-9.]+ ms");
        assertThat(row(run, "| registered |", "Bulkhead, `/mutate` and `/validate`")
                        .get(5))
                .matches("[0-9.]+");
        assertThat(row(run, "| command |", "Bulkhead, the plain jar"))
                .hasSize(7)
                .doesNotContain("over 60 s");
    }

    @Test
    void doesNotMeasureWhatAdmitsTheCarelessPod() throws Exception {
        Path config = Files.writeString(Files.createTempFile("privileged", ".yaml"), """
                apiVersion: pod-security.admission.config.k8s.io/v1
                kind: PodSecurityConfiguration
                defaults: {enforce: privileged, enforce-version: latest}
                """);
        try {
            Run run = versus(
                    "--webhook",
                    "open=https://localhost:{port}/",
                    "--start",
                    "open=" + podSecurity + " --config " + config + " --kubeconfig {kubeconfig} --tls-cert-file {cert}"
                            + " --tls-private-key-file {key} --secure-port {port} --bind-address 127.0.0.1");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .contains(
                            "bench/versus: open: expected the pod to be refused by https://localhost:",
                            "\"allowed\":true");
        } finally {
            Files.delete(config);
        }
    }

    /** The cells of a row of the table with that head. */
    private static List<String> row(Run run, String head, String name) {
        return run.out()
                .lines()
                .dropWhile(line -> !line.startsWith(head))
                .takeWhile(line -> line.startsWith("|"))
                .filter(line -> line.startsWith("| " + name + " |"))
                .map(line -> Arrays.stream(line.substring(2).split(" ?\\| ?", -1))
                        .limit(line.chars().filter(c -> c == '|').count() - 1)
                        .toList())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row '" + name + "' below '" + head + "' in\n" + run.said()));
    }
}
