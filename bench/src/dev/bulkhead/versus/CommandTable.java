package dev.bulkhead.versus;

import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Command lines that judge the same manifests: Deployments, every tenth of them careless. */
final class CommandTable {
    private static final int FILES = 1_000;
    private static final int LARGE = 5_000_000;
    private static final int CAPPED = 124;

    private final Effort effort;
    private final Path directory;
    private final Reviews reviews;
    private final YAMLMapper yaml = new YAMLMapper(new YAMLFactory());
    private final List<Command> commands = new ArrayList<>();

    /** A command line, and for each of the inputs what its runs took. */
    private record Command(String name, String line, Map<Path, List<Run>> runs) {}

    private record Run(int exitCode, double seconds, double cpu) {}

    CommandTable(Effort effort, Path directory, Reviews reviews) throws IOException {
        this.effort = effort;
        this.directory = Files.createDirectories(directory.resolve("manifests"));
        this.reviews = reviews;
    }

    void command(String name, String line) {
        commands.add(new Command(name, line, new LinkedHashMap<>()));
    }

    String measure() throws IOException {
        Path hardened = write("hardened.yaml", deployment(0, true));
        Path careless = write("careless.yaml", deployment(0, false));
        Path one = write("one/web.yaml", deployment(1, true) + deployment(0, false)).getParent();
        for (int i = 0; i < FILES; i++) {
            write("many/web-" + i + ".yaml", deployment(i, i % 10 != 0));
        }
        StringBuilder large = new StringBuilder();
        for (int i = 0; large.length() < LARGE; i++) {
            large.append(deployment(i, i % 10 != 0));
        }
        write("large/all.yaml", large.toString());
        List<Path> inputs = List.of(one, directory.resolve("many"), directory.resolve("large"));

        Map<String, Integer> refusals = new LinkedHashMap<>();
        for (Command command : commands) {
            Run admitted = run(command, hardened);
            if (admitted.exitCode() != 0) {
                throw new UnsuitableException(command.name() + ": expected it to exit with 0 for a hardened Deployment, got "
                        + admitted.exitCode() + ":\n" + output());
            }
            Run refused = run(command, careless);
            if (refused.exitCode() == 0) {
                throw new UnsuitableException(
                        command.name() + ": expected it to fail for a careless Deployment, it exits with 0:\n" + output());
            }
            refusals.put(command.name(), refused.exitCode());
        }
        for (int round = 1; round <= effort.rounds(); round++) {
            for (Path input : inputs) {
                for (Command command : commands) {
                    List<Run> runs = command.runs().computeIfAbsent(input, key -> new ArrayList<>());
                    // What was capped once would be capped again.
                    if (runs.stream().noneMatch(run -> run.exitCode() == CAPPED)) {
                        runs.add(run(command, input));
                    }
                }
            }
            Effort.progress("commands, round " + round + " of " + effort.rounds());
        }
        Table table = new Table("command", "1 file", "CPU", "1,000 files", "CPU", "1 file of 5 MB", "CPU");
        for (Command command : commands) {
            List<String> cells = new ArrayList<>(List.of(command.name()));
            for (Path input : inputs) {
                cells.addAll(cells(command.runs().get(input), refusals.get(command.name())));
            }
            table.row(cells);
        }
        return table.toString();
    }

    private List<String> cells(List<Run> runs, int refusal) {
        for (Run run : runs) {
            if (run.exitCode() == CAPPED) {
                return List.of("over " + effort.commandSeconds() + " s", "");
            }
            if (run.exitCode() != refusal) {
                return List.of("fails with " + run.exitCode(), "");
            }
        }
        return List.of(
                Numbers.time(Numbers.median(runs.stream().map(Run::seconds).toList())),
                Numbers.time(Numbers.median(runs.stream().map(Run::cpu).toList())));
    }

    private String deployment(int i, boolean asHardened) throws IOException {
        return yaml.writeValueAsString(reviews.deployment("web-" + i, asHardened));
    }

    private Path write(String name, String content) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    /** The shell counts what the command and its children use. */
    private Run run(Command command, Path input) throws IOException {
        Process process = new ProcessBuilder(
                        "bash",
                        "-c",
                        "TIMEFORMAT='%R %U %S'; time timeout -k 5 \"$1\" bash -c \"$2\" >\"$3\" 2>&1 </dev/null",
                        "versus",
                        "" + effort.commandSeconds(),
                        command.line().replace("{}", "'" + input + "'"),
                        directory.resolve("output").toString())
                .start();
        try {
            String[] times = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .split(" ");
            return new Run(
                    process.waitFor(),
                    Double.parseDouble(times[0]),
                    Double.parseDouble(times[1]) + Double.parseDouble(times[2]));
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private String output() throws IOException {
        String output = Files.readString(directory.resolve("output"));
        return output.substring(0, Math.min(2_000, output.length()));
    }
}
