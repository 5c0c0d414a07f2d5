package dev.bulkhead.versus;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The programs that this one starts, and ends. */
final class Programs {
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    private final Path directory;
    private final Set<Process> running = ConcurrentHashMap.newKeySet();

    Programs(Path directory) {
        this.directory = directory;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> running.forEach(Programs::kill)));
    }

    /** What may not be so yet. */
    interface Condition {
        boolean holds() throws IOException;
    }

    Path directory() {
        return directory;
    }

    /** Starts one that writes into a log of that name. */
    Process start(String name, List<String> command) throws IOException {
        return start(name, new ProcessBuilder(command));
    }

    Process start(String name, ProcessBuilder builder) throws IOException {
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log(name).toFile()).start();
        running.add(process);
        return process;
    }

    private Path log(String name) {
        return directory.resolve(name.replaceAll("[^A-Za-z0-9.-]", "-") + ".log");
    }

    void await(String name, Process process, Condition condition) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            if (!process.isAlive()) {
                throw new UnsuitableException(name + " ended with " + process.exitValue() + ":\n" + lastOf(name));
            }
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (UnsuitableException e) {
                throw e;
            } catch (IOException e) {
                // It does not listen yet.
            }
            if (System.nanoTime() > end) {
                throw new UnsuitableException(
                        name + " was not ready within " + PATIENCE.toSeconds() + " s:\n" + lastOf(name));
            }
            pause(20);
        }
    }

    private String lastOf(String name) throws IOException {
        List<String> lines = Files.readAllLines(log(name), StandardCharsets.UTF_8);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    void end(Process process) {
        kill(process);
        running.remove(process);
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a command prints when it is asked something. */
    static String output(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    static void pause(long milliseconds) throws IOException {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
