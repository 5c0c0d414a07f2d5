package dev.bulkhead.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.policy.document.Declaration;
import dev.bulkhead.engine.policy.document.PolicyReader;
import dev.bulkhead.engine.rule.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyFilesTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    private static final String POLICY = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: %s}
            spec: {profile: baseline}
            """;
    private static final String EXEMPTION = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: %s, namespace: %s}
            spec:
              expires: 2027-11-24T00:00:00Z
              match: {namespaces: [monitoring]}
              allow: [{rule: hostNamespaces, values: [hostPID]}]
            """;

    @TempDir
    private Path directory;

    @Test
    void readsDirectoriesOfMixedDocuments() throws IOException {
        write("a.yaml", POLICY.formatted("one") + "---\n" + EXEMPTION.formatted("x", "platform"));
        write("b.json", """
                {"apiVersion": "v1", "kind": "List", "items": [
                  {"apiVersion": "bulkhead.dev/v1alpha1", "kind": "LeastPrivilegePolicy",
                   "metadata": {"name": "two"}, "spec": {}}]}
                """);

        PolicyFiles files = read(directory);

        assertThat(files.problems()).isEmpty();
        assertThat(files.policies()).extracting(Policy::name).containsExactly("one", "two");
        assertThat(files.exemptions()).extracting(Exemption::name).containsExactly("platform/x");
        assertThat(files.inForce(Optional.empty()).policies())
                .extracting(Policy::name)
                .containsExactly("one", "two");
    }

    @Test
    void exemptionsAloneAreFromTheBuiltInPolicy() throws IOException {
        PolicyFiles files = read(write("a.yaml", EXEMPTION.formatted("x", "platform")));

        assertThat(files.inForce(Optional.of(Policy.builtIn(Profile.RESTRICTED)))
                        .policies())
                .containsExactly(Policy.builtIn(Profile.RESTRICTED));
    }

    @Test
    void withoutADefaultPolicyThereMustBeOne() throws IOException {
        Path exemption = write("a.yaml", EXEMPTION.formatted("x", "platform"));
        Path policy = write("b.yaml", POLICY.formatted("one"));

        assertThat(readWithoutDefault(exemption).problems().stream().map(ManifestProblem::describe))
                .containsExactly(exemption
                        + ": there is no policy, and the default policy is \"none\": nothing would be evaluated");
        assertThat(readWithoutDefault(exemption, policy).problems()).isEmpty();
    }

    private static PolicyFiles readWithoutDefault(Path... paths) {
        return PolicyFiles.read(List.of(paths), NOW, PolicyReader.LONGEST_EXEMPTION, DefaultPolicy.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "OFF", "no", "n"})
    void unquotedBooleanActionsAreRejectedWithAHint(String word) throws IOException {
        String policy = POLICY.formatted("one").replaceFirst("spec:.*", "spec: {rules: {secretsInEnv: {action: %s}}}");

        Path plain = write("plain.yaml", policy.formatted(word));
        Path quoted = write("quoted.yaml", policy.formatted("\"off\""));

        assertThat(read(plain).problems().stream().map(ManifestProblem::describe))
                .containsExactly(plain + ":4:31: expected text, found false: quote it, because without quotes YAML also"
                        + " reads off, no and n as false");
        assertThat(read(quoted).problems()).isEmpty();
        assertThat(read(quoted).policies().get(0).rules())
                .containsEntry("secretsInEnv", new Policy.RuleOverride(Optional.of(Action.OFF), Set.of()));
    }

    @Test
    void reportsEveryProblemWithItsPosition() throws IOException {
        Path bad = write("bad.yaml", """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: wrong}
                spec:
                  rules:
                    hostNamespace: {action: deny}
                  profile: strict
                ---
                a: [
                ---
                kind: ConfigMap
                """);
        Path good = write("good.yaml", POLICY.formatted("one"));

        PolicyFiles files = read(bad, good);

        assertThat(files.problems().stream().map(ManifestProblem::describe))
                .anyMatch(line ->
                        line.startsWith(bad + ":6:5: unknown rule \"hostNamespace\", did you mean hostNamespaces?"))
                .anyMatch(line -> line.startsWith(bad + ":7:3: expected privileged, "))
                .anyMatch(line -> line.startsWith(bad + ":9:") || line.startsWith(bad + ":10:"))
                .anyMatch(line -> line.startsWith(bad + ":11:1: "));
        assertThat(files.policies()).extracting(Policy::name).containsExactly("one");
        assertThatIllegalStateException().isThrownBy(() -> files.inForce(Optional.empty()));
    }

    @Test
    void sameNameTwiceIsAProblemOfTheSecond() throws IOException {
        Path one = write("1.yaml", POLICY.formatted("same") + "---\n" + EXEMPTION.formatted("x", "a"));
        Path two = write("2.yaml", EXEMPTION.formatted("x", "b") + "---\n" + EXEMPTION.formatted("x", "a"));
        Path three = write("3.yaml", POLICY.formatted("same"));

        assertThat(read(one, two, three).problems().stream().map(ManifestProblem::describe))
                .containsExactly(
                        two + ":11:12: exemption \"a/x\" is declared already, at " + one + ":8:12",
                        three + ":3:12: policy \"same\" is declared already, at " + one + ":3:12");
    }

    @Test
    void exemptionsAreBoundToTheLongestTime() throws IOException {
        Path file = write("a.yaml", EXEMPTION.formatted("x", "platform"));

        assertThat(read(file).problems()).isEmpty();
        assertThat(PolicyFiles.read(List.of(file), NOW, Duration.ofDays(30)).problems())
                .extracting(ManifestProblem::line, ManifestProblem::message)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                        5, "an exemption expires at most 30 days ahead, by 2026-12-24T12:00:00Z"));
    }

    @Test
    void nothingIsAProblemToo() throws IOException {
        Path empty = write("empty.yaml", "# nothing yet\n");

        assertThat(read(empty, Path.of("-"), directory.resolve("missing")).problems().stream()
                        .map(ManifestProblem::describe))
                .containsExactly(
                        empty + ": there is no policy and no exemption in it",
                        "-: policies are read from files, not from standard input",
                        directory.resolve("missing") + ": no such file or directory");
    }

    @Test
    void knowsThePositionsOfItsDeclarations() throws IOException {
        Path file = write("a.yaml", "---\n" + POLICY.formatted("one"));
        PolicyFiles files = read(file);
        Declaration declaration = files.declarations().get(0);

        assertThat(files.problemAt(declaration, "/spec/profile", "hm").describe())
                .isEqualTo(file + ":5:8: hm");
        Declaration foreign = read(file).declarations().get(0);
        assertThatIllegalArgumentException().isThrownBy(() -> files.problemAt(foreign, "", "hm"));
    }

    private static PolicyFiles read(Path... paths) {
        return PolicyFiles.read(Stream.of(paths).toList(), NOW, PolicyReader.LONGEST_EXEMPTION);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }
}
