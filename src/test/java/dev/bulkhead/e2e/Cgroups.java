package dev.bulkhead.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Control groups of one test, of version 1: a directory of the same name in each hierarchy, and in that of version 2 beside
 * them, where runc makes one too.
 */
final class Cgroups implements AutoCloseable {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private final String name;
    private final List<Path> directories;

    private Cgroups(String name, List<Path> directories) {
        this.name = name;
        this.directories = List.copyOf(directories);
    }

    /** Whether this machine has hierarchies in which directories can be made. */
    static boolean areUsable() {
        return Files.isWritable(ROOT.resolve("memory")) && Files.isWritable(ROOT.resolve("cpuset"));
    }

    static Cgroups create(String name) throws IOException {
        List<Path> directories;
        try (Stream<Path> hierarchies = Files.list(ROOT)) {
            directories = hierarchies
                    .filter(hierarchy -> Files.exists(hierarchy.resolve("cgroup.procs")))
                    .filter(hierarchy -> !Files.isSymbolicLink(hierarchy))
                    .map(hierarchy -> hierarchy.resolve(name))
                    .toList();
        }
        Cgroups cgroups = new Cgroups(name, directories);
        for (Path directory : directories) {
            Files.createDirectory(directory);
        }
        // No process can join a group that has neither.
        for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
            Files.write(
                    ROOT.resolve("cpuset").resolve(name).resolve(file),
                    Files.readAllBytes(ROOT.resolve("cpuset").resolve(file)));
        }
        return cgroups;
    }

    String name() {
        return name;
    }

    /** Removes them once their processes, which have been ended, are gone. */
    @Override
    public void close() {
        ControlPlane.await(
                "that the control groups are empty",
                () -> directories.stream().map(Cgroups::remove).reduce(true, Boolean::logicalAnd));
    }

    private static boolean remove(Path directory) {
        if (!Files.exists(directory)) {
            return true;
        }
        try (Stream<Path> below = Files.walk(directory)) {
            below.filter(Files::isDirectory)
                    .sorted(Comparator.reverseOrder())
                    .forEach(group -> group.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
        return !Files.exists(directory);
    }
}
