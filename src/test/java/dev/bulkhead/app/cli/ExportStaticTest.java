package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cli.Cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportStaticTest {
    @TempDir
    private Path directory;

    private Run export(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "export",
                "vap",
                "--static",
                "--output-dir",
                directory.resolve("bulkhead").toString()));
        args.addAll(List.of(more));
        return Cli.run(args.toArray(String[]::new));
    }

    private static List<JsonNode> documents(Path file) throws IOException {
        return Stream.of(Files.readString(file).split("(?m)^---$", -1))
                .<JsonNode>map(Yaml::tree)
                .toList();
    }

    @Test
    void writesPoliciesThatTheApiServerReadsFromFiles() throws IOException {
        Run run = export();

        assertThat(run.exitCode()).as(run.err()).isZero();
        Path validating = directory.resolve("bulkhead/validating/bulkhead.yaml");
        Path configuration = directory.resolve("bulkhead/admission.yaml");
        assertThat(run.out().lines()).contains(validating.toString(), configuration.toString());
        Set<String> names = new HashSet<>();
        for (JsonNode document : documents(validating)) {
            assertThat(document.path("apiVersion").asText()).isEqualTo("admissionregistration.k8s.io/v1");
            String name = document.at("/metadata/name").asText();
            assertThat(name).endsWith(".static.k8s.io");
            assertThat(names.add(document.path("kind").asText() + name)).isTrue();
            assertThat(document.at("/spec/paramKind").isMissingNode()).isTrue();
            assertThat(document.at("/spec/paramRef").isMissingNode()).isTrue();
            if (document.path("kind").asText().endsWith("Binding")) {
                assertThat(document.at("/spec/policyName").asText()).isEqualTo(name);
            }
        }
        assertThat(names).hasSizeGreaterThan(1);
        JsonNode plugin = documents(configuration).get(0).at("/plugins/0");
        assertThat(plugin.path("name").asText()).isEqualTo("ValidatingAdmissionPolicy");
        assertThat(plugin.at("/configuration/staticManifestsDir").asText())
                .isEqualTo("/etc/kubernetes/bulkhead/validating");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(validating)))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void fillsInFromADirectoryOfItsOwn() throws IOException {
        export();

        Path mutating = directory.resolve("bulkhead/mutating/bulkhead.yaml");
        assertThat(documents(mutating))
                .extracting(document -> document.path("kind").asText())
                .containsExactly("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding");
        assertThat(documents(mutating))
                .extracting(document -> document.at("/metadata/name").asText())
                .containsOnly("bulkhead-harden.static.k8s.io");
        JsonNode plugin =
                documents(directory.resolve("bulkhead/admission.yaml")).get(0).at("/plugins/1");
        assertThat(plugin.path("name").asText()).isEqualTo("MutatingAdmissionPolicy");
        assertThat(plugin.at("/configuration/kind").asText()).isEqualTo("MutatingAdmissionPolicyConfiguration");

        export("--validating-only");

        assertThat(mutating).doesNotExist();
        assertThat(Files.readString(directory.resolve("bulkhead/admission.yaml")))
                .doesNotContain("Mutating");
    }

    @Test
    void namesTheDirectoryThatTheNodesHave() throws IOException {
        assertThat(export("--node-dir", "/srv/admission").exitCode()).isZero();

        assertThat(Files.readString(directory.resolve("bulkhead/admission.yaml")))
                .contains("staticManifestsDir: /srv/admission/validating")
                .contains("--admission-control-config-file=/srv/admission/admission.yaml")
                .doesNotContain("/etc/kubernetes");
    }

    @Test
    void replacesWhatAnEarlierExportWrote() throws IOException {
        export("--profile", "baseline");
        Path validating = directory.resolve("bulkhead/validating/bulkhead.yaml");
        String before = Files.readString(validating);

        assertThat(export("--profile", "restricted").exitCode()).isZero();

        assertThat(Files.readString(validating)).isNotEqualTo(before);
        try (Stream<Path> files = Files.list(validating.getParent())) {
            assertThat(files).containsExactly(validating);
        }
    }

    @Test
    void overwritesNothingOfOthers() throws IOException {
        Path configuration = directory.resolve("bulkhead/admission.yaml");
        Files.createDirectories(configuration.getParent());
        Files.writeString(configuration, "kind: AdmissionConfiguration\n");

        Run run = export();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains(configuration + " is not of an export");
        assertThat(configuration).hasContent("kind: AdmissionConfiguration");
        assertThat(directory.resolve("bulkhead/validating")).doesNotExist();
    }

    @Test
    void writesNothingThatForbidsNothing() throws IOException {
        Path policy = directory.resolve("policy.yaml");
        Files.writeString(policy, """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: everything}
                spec: {profile: privileged, namespaceLabels: ignore}
                """);

        Run run = export("--policy", policy.toString(), "--default-policy", "none");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(directory.resolve("bulkhead")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "--static, --static needs --output-dir",
        "--output-dir d, --output-dir and --node-dir belong to --static",
        "--node-dir /d, --output-dir and --node-dir belong to --static",
        "--static --output-dir d --kube-version 1.36, --static needs Kubernetes 1.37",
        "--static --output-dir d --node-dir relative, expected an absolute path",
        "--kube-version 1.29, expected --kube-version 1.30 or newer",
        "--exclude-namespace Kube_System, --exclude-namespace: \"Kube_System\"",
    })
    void saysWhatIsWrongWithItsOptions(String options, String message) {
        List<String> args = new ArrayList<>(List.of("export", "vap"));
        args.addAll(List.of(options.split(" ", -1)));

        Run run = Cli.run(args.toArray(String[]::new));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }
}
