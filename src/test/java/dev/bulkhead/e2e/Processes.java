package dev.bulkhead.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Commands that end by themselves. */
final class Processes {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Processes() {}

    /** What a command came to. */
    record Run(int exitCode, String out, String err) {
        /** All that it said. */
        String said() {
            return out + err;
        }
    }

    static Run run(Map<String, String> environment, String input, String... command) {
        return run(PATIENCE, environment, input, command);
    }

    static Run run(Duration patience, Map<String, String> environment, String input, String... command) {
        try {
            Path in = Files.createTempFile("bulkhead", ".in");
            Path out = Files.createTempFile("bulkhead", ".out");
            Path err = Files.createTempFile("bulkhead", ".err");
            try {
                Files.writeString(in, input);
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectInput(in.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("it does not end: " + String.join(" ", command));
                }
                return new Run(
                        process.exitValue(),
                        Files.readString(out, StandardCharsets.UTF_8),
                        Files.readString(err, StandardCharsets.UTF_8));
            } finally {
                Files.delete(in);
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
