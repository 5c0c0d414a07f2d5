package dev.bulkhead.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories that hold a chart or a kustomization: rendered where that is asked for, and never read as manifests. */
class RenderedDirectoriesTest {
    @TempDir
    Path folder;

    private Path programs;

    @BeforeEach
    void makeDirectories() throws IOException {
        programs = Files.createDirectory(folder.resolve("bin"));
        write("app/plain.yaml", "kind: Plain");
        write("app/chart/Chart.yaml", "name: web");
        write("app/chart/values.yaml", "a: 1");
        write("app/chart/templates/web.yaml", "kind: {{ .Values.kind }}");
        write("app/overlay/kustomization.yaml", "resources: [pod.yaml]\nnamePrefix: green-");
        write("app/overlay/pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: web}");
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private void program(String name, String script) throws IOException {
        Path program = programs.resolve(name);
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private List<String> read(Optional<Renderer> renderer, String directory) {
        List<String> read = new ArrayList<>();
        ManifestFiles.of(List.of(folder.resolve(directory).toString()), renderer)
                .forEach(
                        InputStream.nullInputStream(),
                        result -> result.fold(
                                document ->
                                        read.add(document.root().path("kind").asText()
                                                + document.template()
                                                        .map(" from "::concat)
                                                        .orElse("")
                                                + document.advice()
                                                        .map(ManifestProblem::message)
                                                        .orElse("")),
                                problem -> read.add(problem.describe().replace(folder.toString() + "/", ""))));
        return read;
    }

    private List<String> rendered(String directory) {
        return read(Optional.of(Renderer.onPath(programs.toString())), directory);
    }

    @Test
    void withoutRenderingAChartIsAProblemAndAKustomizationSaysWhatToDo() {
        assertThat(read(Optional.empty(), "app"))
                .hasSize(4)
                .satisfiesExactly(
                        chart -> assertThat(chart)
                                .isEqualTo("app/chart: not evaluated: what a Helm chart makes; evaluate it with"
                                        + " helm template app/chart | bulkhead check, or with --render"),
                        kustomization -> assertThat(kustomization)
                                .startsWith(
                                        "not evaluated: what a kustomization makes; evaluate it with kubectl kustomize ")
                                .endsWith("/app/overlay | bulkhead check, or with --render"),
                        pod -> assertThat(pod).isEqualTo("Pod"),
                        plain -> assertThat(plain).isEqualTo("Plain"));
    }

    @Test
    void eachDirectoryIsRenderedInItsPlace() throws IOException {
        program("helm", "[ \"$1\" = template ] && printf -- '---\\n# Source: web/templates/web.yaml\\nkind: Chart\\n'");
        program("kubectl", "[ \"$1\" = kustomize ] && echo 'kind: '$(basename \"$2\")");

        assertThat(rendered("app")).containsExactly("Chart from web/templates/web.yaml", "overlay", "Plain");
    }

    @Test
    void readingAgainIsOfTheSame() throws IOException {
        program("helm", "echo kind: Run$(ls \"" + folder + "\" | wc -l); touch \"" + folder + "\"/run-$$");
        ManifestFiles files = ManifestFiles.of(
                List.of(folder.resolve("app/chart").toString()), Optional.of(Renderer.onPath(programs.toString())));
        List<String> read = new ArrayList<>();
        for (int time = 0; time < 2; time++) {
            files.forEach(
                    InputStream.nullInputStream(),
                    result -> read.add(((Document) result).root().path("kind").asText()));
        }

        assertThat(read).containsExactly("Run2", "Run2");
    }

    @Test
    void kustomizeServesWhereThereIsNoKubectl() throws IOException {
        program("kustomize", "[ \"$1\" = build ] && echo kind: Built");

        assertThat(rendered("app/overlay")).containsExactly("Built");
    }

    @Test
    void whatCannotBeRenderedIsAProblemWithTheProgramsWords() throws IOException {
        program("helm", "echo 'Error: found in Chart.yaml, but\n missing: redis' >&2; exit 1");

        assertThat(rendered("app/chart"))
                .containsExactly("app/chart: helm template failed: Error: found in Chart.yaml, but missing: redis");
        assertThat(rendered("app/overlay"))
                .containsExactly(
                        "app/overlay: cannot be rendered: found no kubectl or kustomize in the directories of PATH");
    }

    @Test
    void moreOutputThanAPipeHoldsIsRead() throws IOException {
        program(
                "helm",
                "echo a: 1; i=0; while [ $i -lt 20000 ]; do echo '# some comment'; echo noise >&2; i=$((i+1)); done");

        // One document without a kind.
        assertThat(rendered("app/chart")).containsExactly("");
    }

    @Test
    void rendersWithTheInstalledKubectl() {
        String path = System.getenv().getOrDefault("PATH", "");
        boolean installed = Stream.of(path.split(File.pathSeparator, -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "kubectl")));
        assumeTrue(installed, "skipped: kubectl is not in a directory of PATH");

        List<String> names = new ArrayList<>();
        ManifestFiles.of(List.of(folder.resolve("app/overlay").toString()), Optional.of(Renderer.onPath(path)))
                .forEach(
                        InputStream.nullInputStream(),
                        result -> result.fold(
                                document -> names.add(
                                        document.root().at("/metadata/name").asText()),
                                problem -> names.add(problem.describe())));

        assertThat(names).containsExactly("green-web");
    }
}
