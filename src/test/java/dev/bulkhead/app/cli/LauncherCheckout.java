package dev.bulkhead.app.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A checkout with the launcher in it, made up: its build notes that it ran, its Java tells how it is called. */
final class LauncherCheckout {
    static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

    /** What a Java does that tells how it is called. */
    static final String TELLS = "pwd -P\nprintf '%s\\n' \"$@\"\ncat\nexit 3\n";

    private final Path directory;
    private final Path home;

    record Run(int exitCode, String out, String err) {}

    LauncherCheckout(Path directory) throws IOException {
        this(directory, "a checkout");
    }

    LauncherCheckout(Path directory, String name) throws IOException {
        this.directory = directory.toRealPath();
        this.home = this.directory.resolve(name);
        for (String part : List.of("target/quarkus-app", "src/main", "docs/rules")) {
            Files.createDirectories(home.resolve(part));
        }
        script(launcher(), Files.readString(Path.of("bulkhead")));
        script(home.resolve("mvnw"), """
                #!/bin/sh
                echo "$@" >> builds
                cat >> builds
                touch target/quarkus-app/quarkus-run.jar
                echo a word of the build
                """);
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        for (String source : List.of("pom.xml", "src/main", "docs/rules")) {
            Files.setLastModifiedTime(home.resolve(source), FileTime.from(LONG_AGO));
        }
    }

    Path home() {
        return home;
    }

    Path launcher() {
        return home.resolve("bulkhead");
    }

    Path jar() {
        return home.resolve("target/quarkus-app/quarkus-run.jar");
    }

    List<String> builds() throws IOException {
        return Files.readAllLines(home.resolve("builds"));
    }

    /** A Java of that version, in a directory named after it. */
    Path fakeJava(String version, String program) throws IOException {
        Path java = directory.resolve("jdk-" + version);
        Files.createDirectories(java.resolve("bin"));
        script(java.resolve("bin/java"), "#!/bin/sh\n" + program);
        Files.writeString(java.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return java;
    }

    Run run(Map<String, String> environment, Path program, String... args) throws IOException, InterruptedException {
        return finish(start("", environment, program, args), "");
    }

    /** @param name tells its files from those of others that run at the same time */
    Process start(String name, Map<String, String> environment, Path program, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(args));
        Path in = Files.writeString(directory.resolve("in" + name), "standard input\n");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(in.toFile())
                .redirectOutput(directory.resolve("out" + name).toFile())
                .redirectError(directory.resolve("err" + name).toFile());
        builder.environment()
                .keySet()
                .removeAll(List.of("JAVA_HOME", "JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    Run finish(Process process, String name) throws IOException, InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().onExit().join();
            throw new AssertionError("the launcher does not end");
        }
        return new Run(
                process.exitValue(),
                Files.readString(directory.resolve("out" + name), StandardCharsets.UTF_8),
                Files.readString(directory.resolve("err" + name), StandardCharsets.UTF_8));
    }

    static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
