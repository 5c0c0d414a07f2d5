package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.bulkhead.app.cli.LauncherCheckout.Run;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged program, run by the launcher with an archive of its classes and without one. */
@DisabledOnOs(OS.WINDOWS)
class LauncherIT {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final String JAVA = System.getProperty("java.home");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Makes the launcher do without an archive; it is how Java starts anyway. */
    private static final String WITHOUT = "-Xshare:auto";

    @TempDir
    private static Path directory;

    private static LauncherCheckout project;
    private static HttpServer cluster;
    private static Path archive;

    @BeforeAll
    static void makeArchive() throws IOException, InterruptedException {
        project = new LauncherCheckout(directory, "checkout");
        Path program = PROJECT.resolve("target/quarkus-app");
        try (Stream<Path> files = Files.walk(program)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = project.home().resolve("target/quarkus-app").resolve(program.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        cluster = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        cluster.createContext("/", exchange -> {
            boolean version = exchange.getRequestURI().getPath().equals("/version");
            byte[] body = (version
                            ? "{\"major\":\"1\",\"minor\":\"37\",\"gitVersion\":\"v1.37.2\"}"
                            : "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"Forbidden\","
                                    + "\"message\":\"not you\",\"code\":403}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(version ? 200 : 403, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        cluster.start();
        Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: c
                contexts: [{name: c, context: {cluster: c, user: u}}]
                clusters: [{name: c, cluster: {server: "http://localhost:%d"}}]
                users: [{name: u, user: {}}]
                """.formatted(
                        cluster.getAddress().getPort()));
        run("", "rules");
        archive = awaitArchive();
    }

    @AfterAll
    static void stopCluster() {
        cluster.stop(0);
    }

    private static Path awaitArchive() throws IOException, InterruptedException {
        Path note = Path.of(project.home() + "/target/cli" + Path.of(JAVA).toRealPath(), "note");
        Instant end = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(end)) {
            if (Files.exists(note) && !Files.readAllLines(note).get(1).equals("none")) {
                return Path.of(Files.readAllLines(note).get(1));
            }
            Thread.sleep(100);
        }
        throw new AssertionError("no archive was made");
    }

    private static Run run(String options, String... args) throws IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>();
        environment.put("JAVA_HOME", JAVA);
        environment.put("KUBECONFIG", directory.resolve("kubeconfig").toString());
        environment.put("JAVA_OPTS", options);
        return project.run(environment, project.launcher(), args);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check docs/driftwood",
                "check docs/driftwood -o json",
                "check docs/driftwood -o sarif --profile restricted",
                "check docs/driftwood -o junit --group-by rule",
                "check docs/nothing.yaml",
                "check --wrong",
                "chekc",
                "fix docs/driftwood/0-worst-case.yaml --diff",
                "rules -o json",
                "explain privileged",
                "policy lint docs/driftwood/0-worst-case.yaml",
                "export vap",
                "export falco",
                "review",
                "completion fish",
                "scan",
                "scan -o json -n a",
                "doctor",
                "check --help",
                "--help",
                "--version"
            })
    void saysTheSameWithAnArchive(String line) throws Exception {
        String[] args = Stream.of(line.split(" ", -1))
                .map(word -> word.startsWith("docs/") ? PROJECT.resolve(word).toString() : word)
                .toArray(String[]::new);

        Run without = run(WITHOUT, args);
        Run with = run("", args);

        assertThat(with).isEqualTo(without);
        assertThat(without.out() + without.err()).isNotBlank();
    }

    @Test
    void takesItsClassesFromTheArchive() throws Exception {
        Path loaded = directory.resolve("loaded");

        run(
                "-Xlog:class+load:file=" + loaded,
                "check",
                PROJECT.resolve("docs/driftwood/0-worst-case.yaml").toString());

        List<String> classes = Files.readAllLines(loaded);
        assertThat(classes)
                .filteredOn(line -> line.contains(" dev.bulkhead.app.cli.CheckCommand source:")
                        || line.contains(" picocli.CommandLine source:"))
                .hasSize(2)
                .allMatch(line -> line.contains("shared objects file"));
        List<String> own = classes.stream()
                .filter(line -> line.contains(" dev.bulkhead.") && !line.contains("Lambda"))
                .toList();
        assertThat(own).hasSizeGreaterThan(200);
        assertThat(own)
                .filteredOn(line -> !line.contains("shared objects file"))
                .as("classes that are loaded at each start")
                .hasSizeLessThan(own.size() / 20);
    }

    /** How an archive may have come to be useless. */
    enum Damage {
        NOTHING_BUT_ZEROES,
        TEXT,
        OF_ANOTHER_PROGRAM
    }

    @ParameterizedTest
    @EnumSource
    void saysNothingOfAnArchiveThatJavaCannotUse(Damage damage) throws Exception {
        String manifests = PROJECT.resolve("docs/driftwood").toString();
        Run expected = run(WITHOUT, "check", manifests);
        Path classes = archive.resolve("classes");
        FileTime time = Files.getLastModifiedTime(classes);
        byte[] whole = Files.readAllBytes(classes);
        Files.delete(classes);
        try {
            byte[] useless = switch (damage) {
                case NOTHING_BUT_ZEROES -> new byte[0];
                case TEXT ->
                    "nothing like an archive\n".repeat(whole.length / 24).getBytes(StandardCharsets.UTF_8);
                case OF_ANOTHER_PROGRAM -> archiveOfAnotherProgram();
            };
            // Of the same size, as well.
            Files.write(classes, Arrays.copyOf(useless, whole.length));
            // Or it would be noticed before Java sees it.
            Files.setLastModifiedTime(classes, time);

            assertThat(run("", "check", manifests)).isEqualTo(expected);
        } finally {
            Files.deleteIfExists(classes);
            Files.write(classes, whole);
            Files.setLastModifiedTime(classes, time);
        }
    }

    private static byte[] archiveOfAnotherProgram() throws IOException, InterruptedException {
        Path source = Files.writeString(
                directory.resolve("Other.java"), "class Other { public static void main(String[] args) {} }");
        Path folder = directory.resolve("other");
        Path jar = directory.resolve("other.jar");
        Path classes = directory.resolve("other.classes");
        String option = Runtime.version().feature() >= 25 ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=";
        for (List<String> command : List.of(
                List.of("javac", "-d", folder.toString(), source.toString()),
                List.of("jar", "cf", jar.toString(), "-C", folder.toString(), "."),
                List.of("java", "-XX:+UseSerialGC", option + classes, "-cp", jar.toString(), "Other"))) {
            List<String> line = new ArrayList<>(command);
            line.set(0, JAVA + "/bin/" + line.get(0));
            Process process = new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("said").toFile())
                    .start();
            assertThat(process.waitFor()).as("%s", line).isZero();
        }
        return Files.readAllBytes(classes);
    }
}
