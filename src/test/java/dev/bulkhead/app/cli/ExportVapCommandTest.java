package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.cli.Cli.Run;
import dev.bulkhead.manifest.Document;
import dev.bulkhead.manifest.DocumentReader;
import dev.bulkhead.manifest.ReadResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportVapCommandTest {
    @Test
    void writesPoliciesAndBindings() {
        Run run = Cli.run("export", "vap");

        assertThat(run.exitCode()).isZero();
        List<ReadResult> read = new DocumentReader().read("export", run.out().getBytes(StandardCharsets.UTF_8));
        assertThat(read).hasOnlyElementsOfType(Document.class);
        assertThat(read.stream().map(Document.class::cast).map(Document::root))
                .extracting(object -> object.path("kind").asText() + " "
                        + object.at("/metadata/name").asText()
                        + object.at("/spec/validationActions"))
                .contains(
                        "ValidatingAdmissionPolicy bulkhead-built-in-deny",
                        "ValidatingAdmissionPolicyBinding bulkhead-built-in-deny[\"Deny\"]",
                        "ValidatingAdmissionPolicyBinding bulkhead-built-in-warn[\"Warn\"]",
                        "ValidatingAdmissionPolicyBinding bulkhead-built-in-audit[\"Audit\"]");
        assertThat(run.out()).contains("      variables.pods.map(p, p.containers\n");
    }

    @Test
    void saysWhatIsMissingInTheOutputAndBesides() {
        Run run = Cli.run("export", "vap");

        assertThat(run.out()).startsWith("# Written by bulkhead ").contains("\n# - not exported: secretsInEnv: ");
        assertThat(run.err())
                .contains("bulkhead: not exported: secretsInEnv: ")
                .contains("bulkhead: differs: runtimeSocket: PersistentVolumes behind claims are not looked up\n");
        assertThat(run.out().lines().filter(line -> line.startsWith("# - ")).map(line -> line.substring(4)))
                .containsExactlyElementsOf(run.err()
                        .lines()
                        .map(line -> line.substring("bulkhead: ".length()))
                        .toList());
    }

    @Test
    void modesAndSelectorsAreOfThePolicies(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("policies.yaml");
        Files.writeString(file, """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: tenants}
                spec:
                  profile: restricted@v1.30
                  mode: warn
                  namespaceLabels: ignore
                  match: {namespaceSelector: {matchLabels: {tier: tenant}}, excludeNamespaces: [quiet]}
                """);

        Run run = Cli.run(
                "export",
                "vap",
                "--policy",
                file.toString(),
                "--default-policy",
                "none",
                "--exclude-namespace",
                "infra");

        assertThat(run.out()).contains("""
                        kind: ValidatingAdmissionPolicyBinding
                        metadata:
                          name: bulkhead-tenants-levels-warn
                          labels:
                            app.kubernetes.io/part-of: bulkhead-second-layer
                        spec:
                          policyName: bulkhead-tenants-levels-warn
                          validationActions: [Warn]
                          matchResources:
                            namespaceSelector:
                              matchLabels:
                                tier: tenant
                              matchExpressions:
                              - key: kubernetes.io/metadata.name
                                operator: NotIn
                                values: [infra, quiet]
                        """).doesNotContain("-deny");
    }

    @Test
    void policiesWithProblemsAreNotExported(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("policies.yaml");
        Files.writeString(
                file,
                "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: p}, spec: {profil: x}}");

        Run run = Cli.run("export", "vap", "--policy", file.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }
}
