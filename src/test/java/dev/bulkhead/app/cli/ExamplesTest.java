package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.cli.Cli.Run;
import org.junit.jupiter.api.Test;

/** What users copy from {@code manifests/examples} is right. */
class ExamplesTest {
    @Test
    void policiesAndExemptionsPassTheirOwnLint() {
        Run run = Cli.run("policy", "lint", "manifests/examples/policies.yaml", "manifests/examples/exemptions.yaml");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    }

    @Test
    void driftwoodPasses() {
        Run run = Cli.run("check", "-f", "manifests/examples/driftwood", "--fail-on", "warn");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).contains("1 workload");
    }
}
