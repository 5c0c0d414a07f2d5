package dev.bulkhead.app.cli;

import dev.bulkhead.app.cli.option.StandardOutput;
import dev.bulkhead.app.cli.output.ReportFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Uses the classes that commands use, so that Java keeps them in the archive that it writes when this ends. */
final class Training {
    private static final String MANIFEST = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  hostNetwork: true
                  containers:
                    - name: web
                      image: nginx:1.27
                      env: [{name: DB_PASSWORD, value: hunter2hunter2}]
                      volumeMounts: [{name: logs, mountPath: /logs}]
                  volumes: [{name: logs, hostPath: {path: /var/log}}]
            """;

    private Training() {}

    public static void main(String[] args) throws IOException {
        Path directory = Files.createTempDirectory("bulkhead");
        Path file = directory.resolve("web.yaml");
        try {
            Files.writeString(file, MANIFEST);
            for (List<String> command : commands(directory.toString(), file.toString())) {
                System.setIn(new ByteArrayInputStream(MANIFEST.getBytes(StandardCharsets.UTF_8)));
                Bulkhead.run(
                        new StandardOutput(OutputStream.nullOutputStream(), StandardCharsets.UTF_8),
                        new PrintWriter(Writer.nullWriter()),
                        command.toArray(String[]::new));
            }
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }

    private static List<List<String>> commands(String directory, String file) {
        List<List<String>> commands = new ArrayList<>();
        commands.add(List.of("check", file));
        commands.add(List.of("check", directory, "--group-by", "rule"));
        for (ReportFormat format : ReportFormat.values()) {
            commands.add(List.of("check", file, "-o", format.toString()));
        }
        commands.add(List.of("check", "-", "--profile", "restricted"));
        commands.add(List.of("fix", file, "--diff"));
        commands.add(List.of("rules"));
        commands.add(List.of("explain", "privileged"));
        commands.add(List.of("policy", "lint", file));
        commands.add(List.of("export", "vap"));
        commands.add(List.of("check", "--help"));
        commands.add(List.of("--version"));
        return commands;
    }
}
