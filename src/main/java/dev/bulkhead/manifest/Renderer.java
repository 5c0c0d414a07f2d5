package dev.bulkhead.manifest;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** Renders directories with the programs that make manifests of them. */
public final class Renderer {
    /** How advice ends: what is done with what was rendered. */
    public static final String TO_CHECK = " | bulkhead check, or with --render";

    private static final long MOST_SECONDS = 60;
    private static final int MOST_BYTES = 64 << 20;
    private static final int MOST_SAID = 2_000;

    /** What a directory holds in place of manifests. */
    enum Form {
        CHART("a Helm chart", "Chart.yaml", "helm template"),
        KUSTOMIZATION(
                "a kustomization",
                "kustomization.yaml kustomization.yml Kustomization",
                "kubectl kustomize,kustomize build");

        private final String label;
        private final String files;
        private final String commands;

        Form(String label, String files, String commands) {
            this.label = label;
            this.files = files;
            this.commands = commands;
        }

        static Optional<Form> of(Path directory) {
            return Stream.of(values())
                    .filter(form -> form.files().anyMatch(file -> Files.isRegularFile(directory.resolve(file))))
                    .findFirst();
        }

        /** The form of the directory that such a file stands for. */
        static Optional<Form> named(String file) {
            String name = file.substring(file.lastIndexOf('/') + 1);
            return Stream.of(values())
                    .filter(form -> form.files().anyMatch(name::equals))
                    .findFirst();
        }

        private Stream<String> files() {
            return Stream.of(files.split(" ", -1));
        }

        /** The commands that render such a directory; the first one whose program there is will do. */
        private List<List<String>> commands() {
            return Stream.of(commands.split(",", -1))
                    .map(command -> List.of(command.split(" ", -1)))
                    .toList();
        }

        /** What to do with such a directory. */
        String advice(String directory) {
            return "not evaluated: what " + label + " makes; evaluate it with "
                    + String.join(" ", commands().get(0)) + " " + directory + TO_CHECK;
        }
    }

    private final Function<String, Optional<Path>> programs;

    /** What was made of a directory, so that it is the same when it is read again: charts may hold random values. */
    private final Map<Path, byte[]> made = new HashMap<>();

    private int kept;

    private Renderer(Function<String, Optional<Path>> programs) {
        this.programs = programs;
    }

    /**
     * A renderer that finds its programs.
     *
     * @param path the directories to look in, as the environment variable PATH lists them
     */
    public static Renderer onPath(String path) {
        return new Renderer(program -> Stream.of(path.split(File.pathSeparator, -1))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst());
    }

    /**
     * Renders a directory.
     *
     * @param manifests receives what it makes
     * @return why it could not be rendered, if so
     */
    Optional<String> render(Path directory, Form form, Consumer<byte[]> manifests) {
        byte[] before = made.get(directory);
        if (before != null) {
            manifests.accept(before);
            return Optional.empty();
        }
        return renderNow(directory, form, output -> {
            if (output.length <= MOST_BYTES - kept) {
                kept += output.length;
                made.put(directory, output);
            }
            manifests.accept(output);
        });
    }

    private Optional<String> renderNow(Path directory, Form form, Consumer<byte[]> manifests) {
        for (List<String> command : form.commands()) {
            Optional<Path> program = programs.apply(command.get(0));
            if (program.isPresent()) {
                // Not to be taken for an option.
                String named = Path.of(".").resolve(directory).toString();
                List<String> arguments = List.of(program.get().toString(), command.get(1), named);
                return run(arguments, String.join(" ", command), manifests);
            }
        }
        List<String> needed =
                form.commands().stream().map(command -> command.get(0)).toList();
        return Optional.of(
                "cannot be rendered: found no " + String.join(" or ", needed) + " in the directories of PATH");
    }

    private static Optional<String> run(List<String> arguments, String name, Consumer<byte[]> manifests) {
        Process process;
        try {
            process = new ProcessBuilder(arguments)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
        } catch (IOException e) {
            return Optional.of(name + " cannot be run: " + e.getMessage());
        }
        try {
            CompletableFuture<byte[]> out = reading(process.getInputStream(), MOST_BYTES + 1);
            CompletableFuture<byte[]> said = reading(process.getErrorStream(), MOST_SAID);
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                return Optional.of(name + " took longer than " + MOST_SECONDS + " seconds");
            }
            if (process.exitValue() != 0) {
                return Optional.of(name + " failed: " + inOneLine(said.join()));
            }
            manifests.accept(out.join());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(name + " was interrupted");
        } catch (CompletionException e) {
            return Optional.of("the output of " + name + " cannot be read");
        } finally {
            process.destroyForcibly();
        }
    }

    /** Reads on behind the limit, so that the program does not wait for its reader. */
    private static CompletableFuture<byte[]> reading(InputStream stream, int most) {
        return CompletableFuture.supplyAsync(() -> {
            try (stream) {
                byte[] kept = stream.readNBytes(most);
                stream.transferTo(OutputStream.nullOutputStream());
                return kept;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static String inOneLine(byte[] said) {
        return new String(said, StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
    }
}
