package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Golden;
import dev.bulkhead.app.cli.Cli.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FixCommandTest {
    private static final Path DRIFTWOOD = Path.of("docs/driftwood");
    private static final Path FIXED = Path.of("src/test/resources/fix/driftwood");

    private static final Path CASES = Path.of("src/test/resources/fix/cases");

    private static final String CARELESS = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: careless
            spec:
              containers:
                # The only one.
                - name: app
                  image: registry.example/app:1  # pinned
            """;

    private static final String PRIVILEGED = """
            apiVersion: v1
            kind: Pod
            metadata: {name: strong}
            spec:
              containers:
                - name: app
                  image: registry.example/app:1
                  securityContext:
                    privileged: true
            """;

    @TempDir
    private Path directory;

    @TestFactory
    Stream<DynamicTest> driftwoodIsFixedAsAPersonWouldWriteIt() throws IOException {
        try (Stream<Path> files = Files.list(DRIFTWOOD)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream()
                    .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                        Run run = Cli.run("fix", file.toString());

                        Golden.file(FIXED.resolve(file.getFileName()), run.out());
                        Golden.file(
                                FIXED.resolve(file.getFileName().toString().replace(".yaml", ".txt")),
                                run.err() + "exit code " + run.exitCode() + "\n");
                    }));
        }
    }

    /** What a file is fixed to, without and with what is explicitly unsafe, and what is reported. */
    @TestFactory
    Stream<DynamicTest> casesAreFixedAsRecorded() throws IOException {
        try (Stream<Path> folders = Files.list(CASES)) {
            return folders.sorted().toList().stream()
                    .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> {
                        boolean json = Files.exists(folder.resolve("given.json"));
                        String end = json ? ".json" : ".yaml";
                        String given = folder.resolve("given" + end).toString();
                        Run run = Cli.run("fix", given);
                        Run unsafe = Cli.run("fix", given, "--unsafe-too");

                        Golden.file(folder.resolve("fixed" + end), run.out());
                        Golden.file(folder.resolve("unsafe-too" + end), unsafe.out());
                        Golden.file(
                                folder.resolve("reported.txt"),
                                run.err() + "exit code " + run.exitCode() + "\n\nwith --unsafe-too:\n" + unsafe.err()
                                        + "exit code " + unsafe.exitCode() + "\n");
                    }));
        }
    }

    @Test
    void standardInputIsFixedOnStandardOutput() {
        Run run = Cli.alone().reading(CARELESS).go("fix");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith(CARELESS.substring(0, CARELESS.indexOf("spec:")))
                .contains("""
                      image: registry.example/app:1  # pinned
                      securityContext:
                        allowPrivilegeEscalation: false
                """);
        assertThat(Cli.alone().reading(run.out()).go("fix").out()).isEqualTo(run.out());
        assertThat(Cli.alone()
                        .reading(run.out())
                        .go("check", "--fail-on", "harden")
                        .exitCode())
                .isZero();
    }

    @Test
    void diffAppliesWithGitAndPatch() throws Exception {
        write("a b/web.yaml", CARELESS);
        write("windows.yaml", CARELESS.replace("\n", "\r\n"));
        write("open.yaml", CARELESS.stripTrailing());
        write("two.yaml", CARELESS + "---\n" + PRIVILEGED);
        Files.writeString(directory.resolve("plain.yaml"), "kind: ConfigMap\napiVersion: v1\n");
        Path copy = Files.createDirectory(directory.resolve("copy"));
        for (String name : List.of("a b/web.yaml", "windows.yaml", "open.yaml", "two.yaml")) {
            Files.createDirectories(copy.resolve(name).getParent());
            Files.copy(directory.resolve(name), copy.resolve(name));
        }
        Run run = Cli.run("fix", directory.toString(), "--diff");
        String diff = run.out().replace(directory.toString().substring(1) + "/copy/", "copy/");
        String own = run.out().replace(directory.toString().substring(1) + "/", "");
        Path patch = write("all.patch", onlyOwn(own));

        assertThat(run.exitCode()).isOne();
        assertThat(diff).doesNotContain("plain.yaml");
        program(directory, "git", "init", "-q");
        program(directory, "git", "apply", "--check", patch.toString());
        program(directory, "patch", "-p1", "--binary", "-i", patch.toString());
        Run inPlace = Cli.run("fix", "-i", copy.toString(), "--fail-on", "never");
        assertThat(inPlace.exitCode()).isZero();
        for (String name : List.of("a b/web.yaml", "windows.yaml", "open.yaml", "two.yaml")) {
            assertThat(directory.resolve(name)).hasSameBinaryContentAs(copy.resolve(name));
        }
        assertThat(Cli.run("fix", copy.toString(), "--diff", "--fail-on", "never")
                        .out())
                .isEmpty();
    }

    /** The patch without the files of the copy. */
    private static String onlyOwn(String diff) {
        StringBuilder own = new StringBuilder();
        for (String file : diff.split("(?m)^(?=--- )", -1)) {
            if (!file.startsWith("--- a/copy/")) {
                own.append(file);
            }
        }
        return own.toString();
    }

    private static void program(Path directory, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + "\n" + output)
                .isZero();
    }

    @Test
    void inPlaceKeepsPermissionsAndLinks() throws IOException {
        Path file = write("web.yaml", CARELESS);
        Path link = Files.createSymbolicLink(directory.resolve("link.yaml"), file.getFileName());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-x---"));

        Run run = Cli.run("fix", "--in-place", link.toString());

        assertThat(run.out()).isEqualTo(link + ": 19 lines added\n");
        assertThat(run.exitCode()).isZero();
        assertThat(link).isSymbolicLink();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-x---");
        assertThat(Files.readString(file))
                .isEqualTo(Cli.alone().reading(CARELESS).go("fix").out());
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(2);
        }
        assertThat(Cli.run("fix", "--in-place", link.toString()).out()).isEmpty();
    }

    @Test
    void fileThatCannotBeWrittenIsLeftAndOthersAreWritten() throws IOException {
        // The name of the temporary file would be too long.
        Path long255 = write("l".repeat(250) + ".yaml", CARELESS);
        Path other = write("other.yaml", CARELESS);

        Run run = Cli.run("fix", "--in-place", long255.toString(), other.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(long255.getFileName() + ": not changed: ");
        assertThat(run.out()).isEqualTo(other + ": 19 lines added\n");
        assertThat(Files.readString(long255)).isEqualTo(CARELESS);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactlyInAnyOrder(long255, other);
        }
    }

    @Test
    void fileThatCannotBeReadIsLeftAndOthersAreWritten() throws IOException {
        String template = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n";
        Path broken = write("broken.yaml", template);
        Path good = write("good.yaml", CARELESS);

        Run run = Cli.run("fix", "--in-place", directory.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains(broken + ":4:")
                .contains("render it first (helm template)")
                .contains(broken + ": not changed");
        assertThat(Files.readString(broken)).isEqualTo(template);
        assertThat(Files.readString(good)).contains("readOnlyRootFilesystem: true");
        Run printed = Cli.run("fix", broken.toString());
        assertThat(printed.exitCode()).isEqualTo(2);
        assertThat(printed.out()).isEmpty();
    }

    @Test
    void pageShowsWhatIsPrinted() throws IOException {
        Path page = Path.of("docs/fixing.md");
        String file = write("web.yaml", """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: web
                spec:
                  containers:
                    # Serves the shop.
                    - name: web
                      image: registry.example/shop/web:4.2
                      securityContext:
                        privileged: true
                """).toString();
        String diff = Cli.run("fix", file, "--diff")
                .out()
                .replace(directory.toString().substring(1) + "/", "");
        Run unsafeToo = Cli.run("fix", file, "--unsafe-too");

        Golden.section(page, "diff", "```diff\n" + diff + "```\n");
        assertThat(Files.readString(page))
                .contains("```yaml\n"
                        + String.join(
                                "\n",
                                unsafeToo
                                        .out()
                                        .lines()
                                        .filter(line ->
                                                line.contains("privileged") || line.startsWith("      securityContext"))
                                        .toList())
                        + "\n```\n")
                .contains("`web.yaml:11: privileged: changed: was true`");
        assertThat(unsafeToo.err()).startsWith(file + ":11: privileged: changed: was true\n");
    }

    @Test
    void nothingToFixIsAnError() throws IOException {
        Path chart = Path.of("charts/bulkhead");

        Run empty = Cli.alone().reading("# nothing\n").go("fix");
        assertThat(empty.exitCode()).isEqualTo(2);
        assertThat(empty.err()).isEqualTo("<stdin>: there are no manifests in it\n");
        assertThat(Cli.run("fix", directory.resolve("none").toString()).err())
                .isEqualTo(directory.resolve("none") + ": no such file or directory\n");
        assertThat(Cli.run("fix", chart.toString(), "--diff").err())
                .endsWith("helm template charts/bulkhead | bulkhead fix\n");
    }

    @Test
    void explicitlyUnsafeIsReportedAndStays() throws IOException {
        Path file = write("web.yaml", PRIVILEGED);

        Run run = Cli.run("fix", file.toString());

        assertThat(run.exitCode()).isOne();
        assertThat(run.out()).contains("        privileged: true\n");
        assertThat(run.err())
                .contains(
                        file + ":9: privileged: container \"app\" must not set securityContext.privileged=true; fix: ");
        assertThat(Cli.run("fix", file.toString(), "--fail-on", "never").exitCode())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.36", ""})
    void fieldsThatFewServersKnowAreWrittenOnlyForThem(String version) throws IOException {
        String file = write("web.yaml", CARELESS).toString();
        Run run = version.isEmpty() ? Cli.run("fix", file) : Cli.run("fix", file, "--kube-version", version);

        assertThat(run.out()).contains("sizeLimit").doesNotContain("mode:");
        assertThat(Cli.run("fix", file, "--kube-version", "1.37").out()).contains("mode:");
    }

    @Test
    void wrongUsageIsExplained() throws IOException {
        String one = write("one.yaml", CARELESS).toString();
        String other = write("other.yaml", CARELESS).toString();

        assertThat(Cli.run("fix", one, other).err())
                .startsWith("bulkhead: These are 2 files: name one to have it printed, or use --in-place or --diff\n");
        assertThat(Cli.run("fix", one, one).exitCode()).isZero();
        assertThat(Cli.run("fix", one, "--diff", "--in-place").err()).contains("exclude each other");
        assertThat(Cli.run("fix", "-", "--in-place").err()).contains("standard input cannot be written");
    }

    private Path write(String name, String text) {
        try {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
