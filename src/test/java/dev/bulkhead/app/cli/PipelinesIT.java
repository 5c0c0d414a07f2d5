package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other programs call Bulkhead by, called as these call it: GitHub's runner, pre-commit, Helm. */
class PipelinesIT {
    private static final Path PROJECT = Path.of("").toAbsolutePath();

    private static final String UNSAFE = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
            spec:
              hostNetwork: true
              containers:
                - name: web
                  image: nginxinc/nginx-unprivileged
            """;

    private static final String SAFE = UNSAFE.replace("  hostNetwork: true\n", "");

    @TempDir
    private Path directory;

    private Path programs;
    private Path bulkhead;
    private Path repository;

    private record Run(int exitCode, String out) {}

    @BeforeEach
    void installTheProgram() throws IOException {
        programs = Files.createDirectories(directory.resolve("bin"));
        bulkhead = script(
                programs.resolve("bulkhead"),
                "#!/bin/sh\nexec '%s/bin/java' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar '%s' \"$@\"\n"
                        .formatted(
                                System.getProperty("java.home"),
                                PROJECT.resolve("target/quarkus-app/quarkus-run.jar")));
        repository = directory.resolve("a repository");
        Files.createDirectories(repository.resolve("manifests"));
        Files.writeString(repository.resolve("manifests/unsafe.yaml"), UNSAFE);
        Files.writeString(repository.resolve("manifests/safe.yaml"), SAFE);
    }

    private static Path script(Path file, String content) throws IOException {
        Files.writeString(file, content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Run run(Path in, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(in.toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"));
        builder.environment().put("HOME", directory.toString());
        builder.environment().merge("PATH", programs.toString(), (path, first) -> first + ":" + path);
        builder.environment().putAll(environment);
        Process process = builder.start();
        // A pipe, as those that run pipelines have it.
        CompletableFuture<byte[]> out = CompletableFuture.supplyAsync(() -> {
            try {
                return process.getInputStream().readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            String said = new String(out.get(3, TimeUnit.MINUTES), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            return new Run(process.exitValue(), said);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(String.join(" ", command), e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void assumeInstalled(String program) {
        boolean installed = Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
        if (!installed && Boolean.parseBoolean(System.getenv("BULKHEAD_CI"))) {
            throw new AssertionError(program + " is missing");
        }
        assumeTrue(installed, "skipped: no " + program + " here");
    }

    /** What came of a run of the action. */
    private record Action(int exitCode, String log, Map<String, String> outputs, String summary) {}

    /** Runs the steps of action.yml that are scripts, in the shell and the environment that GitHub's runner gives them. */
    private Action action(Map<String, String> given) throws IOException, InterruptedException {
        JsonNode action = Yaml.file(PROJECT.resolve("action.yml"));
        Map<String, String> values = new LinkedHashMap<>();
        action.path("inputs")
                .properties()
                .forEach(input -> values.put(
                        "inputs." + input.getKey(),
                        given.getOrDefault(
                                input.getKey(), input.getValue().path("default").asText())));
        values.put("github.action_path", PROJECT.toString());
        Path temporary = Files.createTempDirectory(directory, "runner");
        Path summary = Files.createFile(temporary.resolve("summary"));
        StringBuilder log = new StringBuilder();
        int code = 0;
        for (JsonNode step : action.at("/runs/steps")) {
            if (!step.has("run")) {
                continue;
            }
            Path outputs = Files.writeString(temporary.resolve("outputs"), "");
            Map<String, String> environment = new LinkedHashMap<>();
            step.path("env")
                    .properties()
                    .forEach(one -> environment.put(
                            one.getKey(), evaluated(one.getValue().asText(), values)));
            environment.put("RUNNER_TEMP", temporary.toString());
            environment.put("GITHUB_STEP_SUMMARY", summary.toString());
            environment.put("GITHUB_OUTPUT", outputs.toString());
            assertThat(step.path("run").asText()).doesNotContain("${{");
            Path script = Files.writeString(
                    temporary.resolve("step.sh"), step.path("run").asText());
            Run run = run(
                    repository,
                    environment,
                    "bash",
                    "--noprofile",
                    "--norc",
                    "-e",
                    "-o",
                    "pipefail",
                    script.toString());
            log.append(run.out());
            code = run.exitCode();
            for (String line : Files.readAllLines(outputs)) {
                String[] parts = line.split("=", 2);
                values.put("steps." + step.path("id").asText() + ".outputs." + parts[0], parts[1]);
            }
            if (code != 0) {
                break;
            }
        }
        Map<String, String> outputs = new LinkedHashMap<>();
        action.path("outputs")
                .properties()
                .forEach(output -> outputs.put(
                        output.getKey(),
                        evaluated(output.getValue().path("value").asText(), values)));
        return new Action(code, log.toString(), outputs, Files.readString(summary));
    }

    private static String evaluated(String text, Map<String, String> values) {
        Matcher expression = Pattern.compile("\\$\\{\\{ ([a-z0-9._-]+) }}").matcher(text);
        return expression.replaceAll(match -> Matcher.quoteReplacement(values.getOrDefault(match.group(1), "")));
    }

    @Test
    void actionAnnotatesAndFailsWhereSomethingIsDenied() throws IOException, InterruptedException {
        Action action = action(Map.of("paths", "manifests/\n", "program", bulkhead.toString()));

        assertThat(action.exitCode()).as(action.log()).isEqualTo(1);
        assertThat(action.log()).contains("::error file=manifests/unsafe.yaml,line=6");
        assertThat(action.summary()).contains("hostNetwork");
        assertThat(action.outputs()).containsEntry("exit-code", "1");
        JsonNode sarif = Yaml.file(Path.of(action.outputs().get("sarif")));
        assertThat(sarif.at("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri")
                        .asText())
                .startsWith("manifests/");
    }

    @Test
    void actionPassesItsInputsOn() throws IOException, InterruptedException {
        Files.writeString(repository.resolve("a policy.yaml"), """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: all}
                spec: {profile: privileged}
                """);
        String program = bulkhead.toString();
        Map<String, String> all = Map.of("paths", "manifests/unsafe.yaml", "program", program);

        assertThat(action(with(all, "policy", "a policy.yaml\n")).exitCode()).isZero();
        assertThat(action(with(all, "profile", "privileged")).exitCode()).isZero();
        assertThat(action(with(all, "fail-on", "never")).exitCode()).isZero();
        assertThat(action(with(all, "arguments", "--namespace\nshop\n--profile\nprivileged"))
                        .exitCode())
                .isZero();
        assertThat(action(with(all, "profile", "$(touch injected); \"'")).exitCode())
                .isEqualTo(2);
        assertThat(repository.resolve("injected")).doesNotExist();
    }

    private static Map<String, String> with(Map<String, String> all, String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(all);
        more.put(name, value);
        return more;
    }

    @Test
    void actionFailsOnWrongInput() throws IOException, InterruptedException {
        Action action = action(Map.of("paths", "nowhere.yaml", "program", bulkhead.toString()));

        assertThat(action.exitCode()).isEqualTo(2);
        assertThat(action.log()).contains("nowhere.yaml");
        assertThat(action.outputs()).containsEntry("sarif", "").containsEntry("exit-code", "2");
    }

    /** A repository with the project's hooks, in which the packaged program stands for the launcher. */
    private void preCommit() throws IOException, InterruptedException {
        assumeInstalled("pre-commit");
        Path hooks = Files.createDirectories(directory.resolve("hooks"));
        Files.copy(PROJECT.resolve(".pre-commit-hooks.yaml"), hooks.resolve(".pre-commit-hooks.yaml"));
        script(hooks.resolve("bulkhead"), "#!/bin/sh\nexec '" + bulkhead + "' \"$@\"\n");
        String commit = commit(hooks);
        Files.writeString(repository.resolve(".pre-commit-config.yaml"), """
                repos:
                  - repo: %s
                    rev: %s
                    hooks:
                      - {id: bulkhead-check, files: ^manifests/}
                      - {id: bulkhead-fix, files: ^manifests/}
                """.formatted(hooks, commit));
        commit(repository);
    }

    private String commit(Path in) throws IOException, InterruptedException {
        for (String[] command : new String[][] {
            {"init", "-q"},
            {"add", "-A"},
            {"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "All"}
        }) {
            List<String> git = new ArrayList<>(List.of("git"));
            git.addAll(List.of(command));
            Run run = run(in, Map.of(), git.toArray(String[]::new));
            assertThat(run.exitCode()).as(run.out()).isZero();
        }
        return run(in, Map.of(), "git", "rev-parse", "HEAD").out().strip();
    }

    @Test
    void preCommitChecks() throws IOException, InterruptedException {
        preCommit();

        Run unsafe = run(repository, Map.of(), "pre-commit", "run", "bulkhead-check", "--all-files");
        assertThat(unsafe.exitCode()).as(unsafe.out()).isEqualTo(1);
        assertThat(unsafe.out()).contains("manifests/unsafe.yaml", "hostNetwork");

        Files.delete(repository.resolve("manifests/unsafe.yaml"));
        commit(repository);
        Run safe = run(repository, Map.of(), "pre-commit", "run", "bulkhead-check", "--all-files");
        assertThat(safe.exitCode()).as(safe.out()).isZero();
    }

    @Test
    void preCommitFixesOnce() throws IOException, InterruptedException {
        preCommit();
        Files.delete(repository.resolve("manifests/unsafe.yaml"));
        commit(repository);

        Run first = run(repository, Map.of(), "pre-commit", "run", "bulkhead-fix", "--all-files");
        assertThat(first.exitCode()).as(first.out()).isEqualTo(1);
        assertThat(first.out()).contains("files were modified by this hook");
        assertThat(repository.resolve("manifests/safe.yaml"))
                .content()
                .startsWith(SAFE.substring(0, SAFE.indexOf("spec:")).stripTrailing())
                .contains("\n    runAsNonRoot: true\n");

        commit(repository);
        Run second = run(repository, Map.of(), "pre-commit", "run", "bulkhead-fix", "--all-files");
        assertThat(second.exitCode()).as(second.out()).isZero();
    }

    private String helm() throws IOException, InterruptedException {
        Run built = run(
                PROJECT,
                Map.of("HOME", System.getProperty("user.home")),
                PROJECT.resolve("e2e/helm").toString(),
                "--if-built");
        if (built.exitCode() != 0 && Boolean.parseBoolean(System.getenv("BULKHEAD_CI"))) {
            throw new AssertionError("there is no Helm: " + built.out());
        }
        assumeTrue(built.exitCode() == 0, "skipped: run e2e/helm first");
        return built.out().strip() + "/helm";
    }

    @Test
    void helmRendersThroughItsPlugin() throws IOException, InterruptedException {
        String helm = helm();
        Path chart = directory.resolve("web");
        Files.createDirectories(chart.resolve("templates"));
        Files.writeString(chart.resolve("Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n");
        Files.writeString(
                chart.resolve("templates/pod.yaml"),
                "# {{ .Release.Name }}\n" + SAFE.replace("name: web\nspec", "name: {{ .Release.Name }}\nspec"));
        Run install = run(
                directory,
                Map.of(),
                helm,
                "plugin",
                "install",
                PROJECT.resolve("image/helm").toString());
        assertThat(install.exitCode()).as(install.out()).isZero();

        Run rendered =
                run(directory, Map.of(), helm, "template", "shop", chart.toString(), "--post-renderer", "bulkhead");

        assertThat(rendered.exitCode()).as(rendered.out()).isZero();
        assertThat(rendered.out()).contains("name: shop", "# Source: web/templates/pod.yaml", "runAsNonRoot: true");
    }

    @Test
    void helmStopsAtWhatIsExplicitlyUnsafe() throws IOException, InterruptedException {
        String helm = helm();
        Path chart = directory.resolve("web");
        Files.createDirectories(chart.resolve("templates"));
        Files.writeString(chart.resolve("Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n");
        Files.writeString(chart.resolve("templates/pod.yaml"), UNSAFE);
        run(
                directory,
                Map.of(),
                helm,
                "plugin",
                "install",
                PROJECT.resolve("image/helm").toString());

        Run rendered =
                run(directory, Map.of(), helm, "template", "shop", chart.toString(), "--post-renderer", "bulkhead");

        assertThat(rendered.exitCode()).as(rendered.out()).isNotZero();
        assertThat(rendered.out()).contains("hostNetwork");
    }

    @Test
    void versionsAgree() throws IOException {
        String version = Files.readString(PROJECT.resolve("image/helm/plugin.yaml"), StandardCharsets.UTF_8);
        String chart = Yaml.file(PROJECT.resolve("charts/bulkhead/Chart.yaml"))
                .path("appVersion")
                .asText();

        assertThat(version).contains("\nversion: " + chart + "\n");
    }
}
