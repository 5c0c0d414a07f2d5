package dev.bulkhead.app.cli.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lays out the packaged program so that Java can keep its classes in an archive: on one class path, since classes of
 * Quarkus' own class loader are kept in none.
 */
public final class ArchivableProgram {
    private static final String PICOCLI = "info.picocli.picocli-";

    private ArchivableProgram() {}

    /**
     * Writes the options of Java that run a command.
     *
     * @param args the directory of the packaged program, and an empty one to write to
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException("expected the program's directory and one to write to");
        }
        write(Path.of(args[0]), Path.of(args[1]));
    }

    static void write(Path program, Path directory) throws IOException {
        List<Path> classPath = new ArrayList<>();
        // In the order in which Quarkus looks: what it has changed and generated goes before what that was made of.
        classPath.add(program.resolve("quarkus/transformed-bytecode.jar"));
        classPath.add(program.resolve("quarkus/generated-bytecode.jar"));
        classPath.addAll(jars(program.resolve("app")));
        for (Path jar : jars(program.resolve("lib/boot"), program.resolve("lib/main"))) {
            if (jar.getFileName().toString().startsWith(PICOCLI)) {
                Path archivable = directory.resolve(jar.getFileName().toString());
                ArchivablePicocli.write(jar, archivable);
                classPath.add(archivable);
            } else {
                classPath.add(jar);
            }
        }
        Files.write(
                directory.resolve("options"),
                List.of(
                        "-cp",
                        quoted(classPath.stream().map(Path::toString).collect(Collectors.joining(":"))),
                        // As Quarkus has it, so that what libraries log stays where it was.
                        "-Djava.util.logging.manager=org.jboss.logmanager.LogManager"));
    }

    private static List<Path> jars(Path... folders) throws IOException {
        List<Path> jars = new ArrayList<>();
        for (Path folder : folders) {
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(file -> file.toString().endsWith(".jar")).sorted().forEach(jars::add);
            }
        }
        return jars;
    }

    /** As Java reads a file of options. */
    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
