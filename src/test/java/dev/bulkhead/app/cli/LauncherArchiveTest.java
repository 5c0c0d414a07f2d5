package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.cli.LauncherCheckout.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The archive of classes that the launcher makes and uses, with a Java that writes what it is asked for. */
@DisabledOnOs(OS.WINDOWS)
class LauncherArchiveTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A stand-in for Java that records each archive it is asked to create, and creates it unless it is told to fail. */
    private static final String WRITES = """
            for arg; do
                last=$arg
                case $arg in
                    *.ArchivableProgram) prepares=yes ;;
                    -XX:ArchiveClassesAtExit=* | -XX:AOTCacheOutput=*)
                        echo "$arg" >> "${0%/*}/asked"
                        [ ! -e "${0%/*}/fails" ] || exit 1
                        echo classes > "${arg#*=}"
                        exit 0 ;;
                esac
            done
            if [ -n "${prepares-}" ]; then
                echo options > "$last/options"
                exit 0
            fi
            """;

    @TempDir
    private Path directory;

    private LauncherCheckout project;
    private Path java;

    @BeforeEach
    void makeCheckout() throws IOException {
        project = new LauncherCheckout(directory);
        java = java("17.0.15", "17.0.15+6");
        Files.createFile(project.jar());
        Files.setLastModifiedTime(project.jar(), FileTime.from(LauncherCheckout.LONG_AGO.plusSeconds(60)));
    }

    /** What makes an archive beside a command may outlive it, and writes into the directory that is deleted. */
    @AfterEach
    void awaitWhatRunsBesideCommands() throws Exception {
        CompletableFuture.allOf(ProcessHandle.allProcesses()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(directory.toString()))
                        .map(ProcessHandle::onExit)
                        .toArray(CompletableFuture[]::new))
                .get(60, TimeUnit.SECONDS);
    }

    private Path java(String version, String build) throws IOException {
        Path home = project.fakeJava(version, WRITES + LauncherCheckout.TELLS);
        Files.writeString(
                home.resolve("release"), "JAVA_RUNTIME_VERSION=\"" + build + "\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private Run run(String... args) throws IOException, InterruptedException {
        return runBy(java, args);
    }

    private Run runBy(Path javaHome, String... args) throws IOException, InterruptedException {
        return project.run(Map.of("JAVA_HOME", javaHome.toString()), project.launcher(), args);
    }

    private Path note(Path javaHome) {
        return Path.of(project.home() + "/target/cli" + javaHome).resolve("note");
    }

    private Optional<Path> noted(Path javaHome) throws IOException {
        if (!Files.exists(note(javaHome))) {
            return Optional.empty();
        }
        String name = Files.readAllLines(note(javaHome)).get(1);
        return name.equals("none") ? Optional.empty() : Optional.of(Path.of(name));
    }

    private Path awaitArchive(Path javaHome) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(end)) {
            Optional<Path> archive = noted(javaHome);
            if (archive.isPresent()) {
                return archive.get();
            }
            Thread.sleep(20);
        }
        throw new AssertionError("no archive was made");
    }

    private List<String> asked(Path javaHome) throws IOException {
        Path file = javaHome.resolve("bin/asked");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private void awaitAsked(int times) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(PATIENCE);
        while (asked(java).size() < times && Instant.now().isBefore(end)) {
            Thread.sleep(20);
        }
        assertThat(asked(java)).hasSize(times);
    }

    private static void assertUses(Run run, Path archive) {
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines())
                .contains("-XX:SharedArchiveFile=" + archive + "/classes", "@" + archive + "/options", "-Xlog:disable")
                .containsSubsequence("dev.bulkhead.app.cli.Bulkhead", "check", "two words.yaml", "standard input")
                .doesNotContain("-jar");
    }

    private void assertDoesWithout(Run run) {
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines())
                .containsSubsequence("-jar", project.jar().toString(), "check", "two words.yaml", "standard input")
                .noneMatch(option -> option.startsWith("-XX:SharedArchiveFile") || option.startsWith("@"));
    }

    private Run check() throws IOException, InterruptedException {
        return run("check", "two words.yaml");
    }

    @Test
    void isMadeBesideTheFirstCommandAndUsedByTheNext() throws Exception {
        assertDoesWithout(check());
        Path archive = awaitArchive(java);

        assertUses(check(), archive);
        assertThat(asked(java)).containsExactly("-XX:ArchiveClassesAtExit=" + archive + "/classes");
    }

    @Test
    void isMadeByABuild() throws Exception {
        Files.delete(project.jar());

        Run run = check();

        assertThat(run.err()).isEqualTo("building…\na word of the build\n");
        assertThat(run.out().lines()).contains("@" + noted(java).orElseThrow() + "/options");
    }

    @Test
    void isAnAotCacheWhereJavaHasThem() throws Exception {
        Path newer = java("25.0.3", "25.0.3+9-LTS");
        runBy(newer, "check");
        Path archive = awaitArchive(newer);

        Run run = runBy(newer, "check");

        assertThat(run.out().lines())
                .contains("-XX:AOTCache=" + archive + "/classes", "@" + archive + "/options")
                // Java refuses both.
                .noneMatch(option -> option.startsWith("-Xshare"));
        assertThat(asked(newer)).containsExactly("-XX:AOTCacheOutput=" + archive + "/classes");
    }

    @Test
    void isMadeForEachJava() throws Exception {
        Path other = java("21.0.4", "21.0.4+7");
        check();
        awaitArchive(java);

        assertDoesWithout(runBy(other, "check", "two words.yaml"));
        Path archive = awaitArchive(other);

        assertUses(runBy(other, "check", "two words.yaml"), archive);
        assertUses(check(), noted(java).orElseThrow());
    }

    @Test
    void isMadeAnewForAnotherBuildOfTheSameJava() throws Exception {
        check();
        Path first = awaitArchive(java);
        java("17.0.15", "17.0.15+7");

        assertDoesWithout(check());

        assertMadeAnew(first);
    }

    @Test
    void isMadeAnewAfterABuild() throws Exception {
        check();
        Path first = awaitArchive(java);
        Files.setLastModifiedTime(project.jar(), FileTime.from(Instant.now().plusMillis(50)));
        Thread.sleep(100);

        assertDoesWithout(check());

        assertMadeAnew(first);
    }

    @Test
    void isMadeAnewWhereTheCheckoutIsACopy() throws Exception {
        check();
        Path first = awaitArchive(java);
        Path note = note(java);
        String elsewhere = Files.readString(note).replaceFirst("^\\S+", "/elsewhere");
        FileTime time = Files.getLastModifiedTime(note);
        Files.writeString(note, elsewhere);
        Files.setLastModifiedTime(note, time);

        assertDoesWithout(check());

        assertMadeAnew(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classes", "options"})
    void isMadeAnewWhereAPartOfItIsGone(String part) throws Exception {
        check();
        Path first = awaitArchive(java);
        Files.delete(first.resolve(part));

        assertDoesWithout(check());

        assertMadeAnew(first);
    }

    @Test
    void isMadeAnewWhereSomethingChangedIt() throws Exception {
        check();
        Path first = awaitArchive(java);
        Files.writeString(first.resolve("classes"), "altered\n");
        Files.setLastModifiedTime(
                first.resolve("classes"), FileTime.from(Instant.now().plusSeconds(1)));

        assertDoesWithout(check());

        assertMadeAnew(first);
    }

    /** Its time may be that of the whole one, as after a copy that was broken off. */
    @Test
    void isMadeAnewWhereAPartIsMissing() throws Exception {
        check();
        Path first = awaitArchive(java);
        FileTime time = Files.getLastModifiedTime(first.resolve("classes"));
        Files.writeString(first.resolve("classes"), "class");
        Files.setLastModifiedTime(first.resolve("classes"), time);

        assertDoesWithout(check());

        assertMadeAnew(first);
    }

    private void assertMadeAnew(Path first) throws IOException, InterruptedException {
        awaitAsked(2);
        Path second = awaitArchive(java);
        assertThat(second).isNotEqualTo(first);
        assertUses(check(), second);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "none", "a line of something else\nand another\n"})
    void anUnreadableNoteIsAsGoodAsNone(String text) throws Exception {
        Files.createDirectories(note(java).getParent());
        Files.writeString(note(java), text);

        assertDoesWithout(check());

        awaitAsked(1);
        Path archive = awaitArchive(java);
        assertUses(check(), archive);
    }

    @Test
    void isNotTriedAgainAndAgain() throws Exception {
        Path fails = Files.createFile(java.resolve("bin/fails"));
        assertDoesWithout(check());
        awaitAsked(1);

        assertDoesWithout(check());
        assertDoesWithout(check());
        assertThat(asked(java)).hasSize(1);

        // As after one that was killed half-way.
        Files.delete(fails);
        Files.setLastModifiedTime(note(java), FileTime.from(Instant.now().minusSeconds(700)));
        assertDoesWithout(check());
        Path archive = awaitArchive(java);
        assertUses(check(), archive);
    }

    @Test
    void isDoneWithoutWhereItCannotBeWritten() throws Exception {
        // A file in the way stops root, too.
        Files.createFile(project.home().resolve("target/cli"));

        assertDoesWithout(check());
        assertDoesWithout(check());

        assertThat(asked(java)).isEmpty();
        try (Stream<Path> files = Files.list(project.home().resolve("target"))) {
            assertThat(files.map(file -> file.getFileName().toString())).isSubsetOf("cli", "quarkus-app", ".building");
        }
    }

    @Test
    void commandsAtTheSameTimeAllRun() throws Exception {
        List<Process> commands = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            commands.add(project.start(
                    Integer.toString(i),
                    Map.of("JAVA_HOME", java.toString()),
                    project.launcher(),
                    "check",
                    "two words.yaml"));
        }
        for (int i = 0; i < commands.size(); i++) {
            Run run = project.finish(commands.get(i), Integer.toString(i));
            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(run.err()).isEmpty();
            assertThat(run.out().lines()).containsSubsequence("check", "two words.yaml", "standard input");
        }
        // Several of them may make one; the last one counts.
        awaitWhatRunsBesideCommands();
        awaitArchive(java);
        Run run = check();
        assertUses(run, noted(java).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "console"})
    void isNothingForServers(String command) throws Exception {
        check();
        awaitArchive(java);

        assertThat(run(command).out().lines())
                .containsSubsequence("-jar", project.jar().toString(), command)
                .noneMatch(option -> option.startsWith("-XX:SharedArchiveFile"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-Xshare:off", "-XX:SharedArchiveFile=mine.jsa", "-XX:AOTCache=mine.aot", "-XX:AOTMode=off"})
    void isNoneBesideWhatJavaIsToldOfAnother(String option) throws Exception {
        check();
        awaitArchive(java);

        for (String variable : List.of("JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")) {
            Run run = project.run(Map.of("JAVA_HOME", java.toString(), variable, option), project.launcher(), "check");
            assertThat(run.out().lines()).contains("-jar").noneMatch(given -> given.startsWith("@"));
        }
    }

    @Test
    void goesWithOtherOptions() throws Exception {
        check();
        Path archive = awaitArchive(java);

        Run run = project.run(
                Map.of("JAVA_HOME", java.toString(), "JAVA_OPTS", "-Xmx96m -Xlog:gc"), project.launcher(), "check");

        assertThat(run.out().lines())
                .containsSubsequence("-Xlog:disable", "@" + archive + "/options", "-Xmx96m", "-Xlog:gc")
                .containsSubsequence("dev.bulkhead.app.cli.Bulkhead", "check");
    }
}
