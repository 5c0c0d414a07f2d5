package dev.bulkhead.app.cli;

import static dev.bulkhead.app.cli.LauncherCheckout.LONG_AGO;
import static dev.bulkhead.app.cli.LauncherCheckout.script;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.cli.LauncherCheckout.Run;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout made up for it. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    @TempDir
    private Path directory;

    private LauncherCheckout project;
    private Path checkout;
    private Path launcher;
    private Path jar;
    private Path java;

    @BeforeEach
    void makeCheckout() throws IOException {
        project = new LauncherCheckout(directory);
        checkout = project.home();
        jar = project.jar();
        launcher = project.launcher();
        java = project.fakeJava("17.0.15", LauncherCheckout.TELLS);
    }

    @Test
    void hasTheShortestStartForCommands() throws Exception {
        Run run = run(launcher, "check", "-f", "two words.yaml");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out().lines())
                .containsExactly(
                        directory.toRealPath().toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-Dbulkhead.home=" + checkout,
                        "-jar",
                        jar.toString(),
                        "check",
                        "-f",
                        "two words.yaml",
                        "standard input");
    }

    @Test
    void givesTheServerAThoroughCompiler() throws Exception {
        Run run = run(Map.of("JAVA_HOME", java.toString(), "JAVA_OPTS", "-Xmx96m -Xss2m"), launcher, "serve");

        assertThat(run.out().lines())
                .startsWith(directory.toRealPath().toString(), "-XX:+ExitOnOutOfMemoryError")
                .containsSubsequence("-Xshare:auto", "-Xmx96m", "-Xss2m", "-jar", jar.toString(), "serve")
                .doesNotContain("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    }

    /** In place of the server: something that would go on after the error. */
    static final class HeapEater {
        private HeapEater() {}

        public static void main(String[] args) {
            List<byte[]> eaten = new ArrayList<>();
            try {
                while (args.length > 0) {
                    eaten.add(new byte[1 << 20]);
                }
            } catch (OutOfMemoryError e) {
                System.out.println("goes on with " + eaten.size());
            }
        }
    }

    @Test
    void endsTheServerWhenItsHeapIsExhausted() throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, HeapEater.class.getName());
        String entry = HeapEater.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream program = new JarOutputStream(Files.newOutputStream(jar), manifest);
                InputStream code = HeapEater.class.getResourceAsStream("/" + entry)) {
            program.putNextEntry(new JarEntry(entry));
            Objects.requireNonNull(code).transferTo(program);
        }

        Run run = run(Map.of("JAVA_HOME", System.getProperty("java.home"), "JAVA_OPTS", "-Xmx16m"), launcher, "serve");

        assertThat(run.out()).contains("OutOfMemoryError").doesNotContain("goes on");
        assertThat(run.exitCode()).isEqualTo(3);
    }

    @Test
    void imagesEndWhenTheHeapIsExhausted() throws IOException {
        assertThat(Files.readString(Path.of("image/pom.xml"))).contains("<arg>-XX:+ExitOnOutOfMemoryError</arg>");
        assertThat(Files.readString(Path.of("image/Dockerfile"))).contains("\"-XX:+ExitOnOutOfMemoryError\", \"-jar\"");
    }

    @Test
    void imagesOfBothKindsStartTheProgramAlike() throws IOException {
        List<String> built = Pattern.compile("<arg>(.*)</arg>")
                .matcher(Files.readString(Path.of("image/pom.xml"))
                        .replaceFirst("(?s).*<entrypoint>(.*)</entrypoint>.*", "$1"))
                .results()
                .map(argument -> argument.group(1))
                .toList();
        List<String> byDockerfile = Pattern.compile("\"([^\"]*)\"")
                .matcher(Files.readString(Path.of("image/Dockerfile"))
                        .replaceFirst("(?s).*ENTRYPOINT (\\[.*?]).*", "$1"))
                .results()
                .map(argument -> argument.group(1))
                .toList();

        assertThat(byDockerfile).isEqualTo(built).contains("-XX:AOTCache=/opt/bulkhead/app/bulkhead.aot", "-jar");
    }

    @Test
    void buildsWhatIsMissing() throws Exception {
        Run run = run(launcher, "--version");

        assertThat(run.err()).isEqualTo("building…\na word of the build\n");
        assertThat(run.out()).doesNotContain("a word of the build").contains("standard input");
        assertThat(builds()).hasSize(1).allMatch(build -> build.endsWith("package"));
    }

    /** {@code -DskipTests} would compile them all the same. */
    @Test
    void compilesNoTests() throws Exception {
        run(launcher, "--version");

        assertThat(builds())
                .hasSize(1)
                .allMatch(build -> List.of(build.split(" ")).contains("-Dmaven.test.skip"));
        assertThat(Files.readString(Path.of("image/gather")))
                .contains("-Dmaven.test.skip")
                .doesNotContain("-DskipTests");
    }

    @Test
    void buildsAgainOnlyWhenASourceIsNewer() throws Exception {
        run(launcher, "--version");
        assertThat(run(launcher, "--version").err()).isEmpty();
        assertThat(builds()).hasSize(1);

        for (String source : List.of("src/main/New.java", "docs/rules/new.md", "pom.xml")) {
            Files.setLastModifiedTime(jar, FileTime.from(LONG_AGO.plusSeconds(60)));
            Path changed = Files.writeString(checkout.resolve(source), "");
            assertThat(run(launcher, "--version").err()).startsWith("building…");
            Files.setLastModifiedTime(changed, FileTime.from(LONG_AGO));
        }
        assertThat(builds()).hasSize(4);
    }

    @Test
    void buildsNothingWhereThereAreNoSources() throws Exception {
        Files.createFile(jar);
        Files.delete(checkout.resolve("pom.xml"));

        assertThat(run(launcher, "--version").err()).isEmpty();
        assertThat(checkout.resolve("builds")).doesNotExist();
    }

    @Test
    void isFoundThroughLinks() throws Exception {
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Path relative = Files.createSymbolicLink(bin.resolve("one"), Path.of("..", "a checkout", "bulkhead"));
        Path plugin = Files.createSymbolicLink(bin.resolve("kubectl-bulkhead"), relative.toAbsolutePath());

        Run run = run(plugin, "rules");

        assertThat(run.out().lines()).contains(jar.toString(), "rules");
    }

    @Test
    void saysThatTheBuildFailed() throws Exception {
        script(checkout.resolve("mvnw"), "#!/bin/sh\nexit 1\n");

        Run run = run(launcher, "--version");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("building…\nbulkhead: the build failed\n");
    }

    @Test
    void saysThatJavaIsTooOld() throws Exception {
        Path old = project.fakeJava("11.0.2", "exit 99\n");

        Run run = run(Map.of("JAVA_HOME", old.toString()), launcher, "--version");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("bulkhead: %s/bin/java is Java 11; 17 or newer is needed%n", old);
    }

    @Test
    void runsAJavaWithoutAReleaseFileToLearnItsVersion() throws Exception {
        Path old = project.fakeJava("1.8.0_402", "echo 'java version \"1.8.0_402\"' >&2\n");
        Files.delete(old.resolve("release"));

        Run run = run(Map.of("JAVA_HOME", old.toString()), launcher, "--version");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("is Java 8; 17 or newer is needed");
    }

    @Test
    void takesTheJavaOfThePathWhenNoOtherIsSet() throws Exception {
        Path bin = Files.createDirectories(directory.resolve("path"));
        Files.createSymbolicLink(bin.resolve("java"), java.resolve("bin/java"));

        Run run = run(Map.of("PATH", bin + ":" + System.getenv("PATH")), launcher, "rules");

        assertThat(run.out().lines()).contains("rules");
    }

    @Test
    void saysThatJavaHomeIsWrong() throws Exception {
        Run run = run(Map.of("JAVA_HOME", "/nonexistent"), launcher, "--version");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("bulkhead: JAVA_HOME is /nonexistent, but there is no bin/java in it\n");
    }

    private Run run(Path program, String... args) throws IOException, InterruptedException {
        return run(Map.of("JAVA_HOME", java.toString()), program, args);
    }

    private Run run(Map<String, String> environment, Path program, String... args)
            throws IOException, InterruptedException {
        return project.run(environment, program, args);
    }

    private List<String> builds() throws IOException {
        return project.builds();
    }
}
