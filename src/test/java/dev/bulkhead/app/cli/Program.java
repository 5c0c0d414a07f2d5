package dev.bulkhead.app.cli;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged program as a process of its own, ended by its handle. */
final class Program implements AutoCloseable {
    private static final Path JAR = Path.of("target", "quarkus-app", "quarkus-run.jar");
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final File out;
    private final File err;

    private Program(Process process, File out, File err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static Program start(Path directory, Map<String, String> environment, String... args) throws IOException {
        return start(
                directory, environment, Redirect.to(directory.resolve("out").toFile()), args);
    }

    /** Its standard output is a pipe that nothing reads before {@link #readOutput}. */
    static Program startUnread(Path directory, Map<String, String> environment, String... args) throws IOException {
        Files.createFile(directory.resolve("out"));
        return start(directory, environment, Redirect.PIPE, args);
    }

    private static Program start(Path directory, Map<String, String> environment, Redirect output, String... args)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(JAVA.toString(), "-jar", JAR.toString()));
        command.addAll(List.of(args));
        File err = directory.resolve("err").toFile();
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(output).redirectError(err);
        builder.environment().putAll(environment);
        return new Program(builder.start(), directory.resolve("out").toFile(), err);
    }

    /** Begins to read the pipe, to its end. */
    Thread readOutput() {
        Thread reader = new Thread(() -> {
            try (OutputStream file = Files.newOutputStream(out.toPath())) {
                process.getInputStream().transferTo(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        reader.start();
        return reader;
    }

    /** What may not be so yet. */
    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    /** Waits until the standard output holds the pattern, and gives its first group. */
    String awaitOutput(Pattern pattern) throws IOException, InterruptedException {
        await("something like " + pattern, () -> found(pattern).isPresent());
        return found(pattern).orElseThrow();
    }

    void await(String what, Condition condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < end) {
            if (condition.holds()) {
                return;
            }
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("it ended with " + process.exitValue() + ": " + out() + err());
            }
        }
        throw new AssertionError("waited in vain for " + what + ": " + out() + err());
    }

    private Optional<String> found(Pattern pattern) throws IOException {
        Matcher matcher = pattern.matcher(out());
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("it does not end");
        }
        return process.exitValue();
    }

    /** Asks it to end, as a kubelet does. */
    void terminate() {
        // Process.destroy would also close the pipe that its output is read from.
        process.toHandle().destroy();
    }

    String out() throws IOException {
        return Files.readString(out.toPath(), StandardCharsets.UTF_8);
    }

    String err() throws IOException {
        return Files.readString(err.toPath(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
