package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts that {@code image/build} is made of, in a checkout of their own and with small files in place of large ones. */
@EnabledOnOs(OS.LINUX)
class ImageScriptsTest {
    private static final String NAME = "docker.io/library/bulkhead:0.1.0";

    @TempDir
    private Path directory;

    private Path checkout;
    private Path cache;

    @BeforeEach
    void copyScripts() throws IOException {
        checkout = directory.toRealPath().resolve("checkout");
        cache = directory.toRealPath().resolve("cache");
        Files.createDirectories(checkout.resolve("image"));
        try (Stream<Path> scripts = Files.list(Path.of("image"))) {
            for (Path script : scripts.filter(Files::isRegularFile).toList()) {
                Path copy = Files.copy(script, checkout.resolve("image").resolve(script.getFileName()));
                assertThat(copy.toFile().setExecutable(true)).isTrue();
            }
        }
        Path chart = Files.createDirectories(checkout.resolve("charts/bulkhead"));
        Files.copy(Path.of("charts/bulkhead/Chart.yaml"), chart.resolve("Chart.yaml"));
    }

    private Run run(String script, Object... args) {
        String[] command = Stream.concat(Stream.of(checkout.resolve("image").resolve(script)), Stream.of(args))
                .map(String::valueOf)
                .toArray(String[]::new);
        return Processes.run(
                Map.of("HOME", directory.toString(), "XDG_CACHE_HOME", cache.toString(), "JAVA_HOME", ""), "", command);
    }

    private void replaceIn(String script, String what, String by) throws IOException {
        Path file = checkout.resolve("image").resolve(script);
        String text = Files.readString(file);
        assertThat(text).contains(what);
        Files.writeString(file, text.replace(what, by));
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /** A directory that looks like a JDK of that version. */
    private Path jdk(String parent, String version) throws IOException {
        Path home = Files.createDirectories(directory.resolve(parent).resolve("a-jdk"));
        Files.writeString(
                home.resolve("release"),
                "IMPLEMENTOR=\"Some \\One\"\nJAVA_RUNTIME_VERSION=\"" + version + "+9-LTS\"\nJAVA_VERSION=\"" + version
                        + "\"\n");
        Path jlink = Files.createFile(Files.createDirectory(home.resolve("bin")).resolve("jlink"));
        assertThat(jlink.toFile().setExecutable(true)).isTrue();
        return home;
    }

    /** An archive of a JDK, and a lock file that names it. */
    private Path archived(Path jdk, String sum) throws Exception {
        Path archive = directory.resolve("a-jdk.tar.gz");
        Run tar = Processes.run(
                Map.of(),
                "",
                "tar",
                "-czf",
                archive.toString(),
                "-C",
                jdk.getParent().toString(),
                "a-jdk");
        assertThat(tar.exitCode()).as(tar.err()).isZero();
        String expected = sum.isEmpty() ? sha256(Files.readAllBytes(archive)) : sum;
        Files.writeString(
                checkout.resolve("image/jdk.lock"),
                "x86_64 " + expected + " " + archive.toUri() + "\naarch64 " + expected + " " + archive.toUri() + "\n");
        replaceIn("jdk", "/usr/lib/jvm/*", directory.resolve("no/*").toString());
        return archive;
    }

    @Test
    void takesTheJdkOfJavaHome() throws IOException {
        Path jdk = jdk("installed", "25.0.9");

        Run run = Processes.run(
                Map.of("JAVA_HOME", jdk.toString()),
                "",
                checkout.resolve("image/jdk").toString());

        assertThat(run.out().strip()).isEqualTo(jdk.toString());
    }

    @Test
    void fetchesAJdkOnceWhereNoneIs25() throws Exception {
        Path archive = archived(jdk("elsewhere", "25.0.9"), "");

        Run first = run("jdk");
        Files.delete(archive);
        Run second = run("jdk");

        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.err()).contains("found no JDK 25, fetching " + archive.toUri());
        assertThat(Path.of(first.out().strip()))
                .hasParent(cache.resolve("bulkhead"))
                .isDirectory();
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(second.err()).isEmpty();
        assertThat(cache.resolve("bulkhead"))
                .isDirectoryContaining(file -> file.equals(Path.of(first.out().strip())));
        try (Stream<Path> left = Files.list(cache.resolve("bulkhead"))) {
            assertThat(left).hasSize(1);
        }
    }

    @Test
    void refusesAJdkWithAnotherChecksum() throws Exception {
        String sum = "00".repeat(32);
        Path archive = archived(jdk("elsewhere", "25.0.9"), sum);

        Run run = run("jdk");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains(archive.toUri() + " has the SHA-256 " + sha256(Files.readAllBytes(archive))
                        + ", but image/jdk.lock expects " + sum);
        assertThat(cache.resolve("bulkhead")).isEmptyDirectory();
    }

    @Test
    void saysWhatToDoWithoutAJdk() throws Exception {
        Files.delete(archived(jdk("elsewhere", "25.0.9"), ""));

        Run run = run("jdk");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("cannot be fetched from", "Set JAVA_HOME to a JDK 25", "apt-get install");
    }

    @Test
    void anotherJdkIsNotTaken() throws Exception {
        Path archive = archived(jdk("elsewhere", "17.0.1"), "");

        Run run = run("jdk");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(archive.getFileName() + " holds no JDK 25");
    }

    /** Debian's mirror drops a version when a newer one is released. */
    @Test
    void namesTheLockFileAndItsUpdateWhenAPackageIsGone() throws IOException {
        replaceIn(
                "base",
                "http://deb.debian.org",
                directory.resolve("mirror").toUri().toString());
        replaceIn(
                "base",
                "http://snapshot.debian.org",
                directory.resolve("snapshots").toUri().toString());

        Run run = run("base");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains(
                        "the package base-files of image/base.lock could not be had",
                        "image/base --update writes the current ones into image/base.lock");
    }

    @Test
    void lockFileNamesTheSamePackagesForBothProcessors() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("image/base.lock"));

        assertThat(lines.stream().filter(line -> line.startsWith("snapshot ")))
                .singleElement()
                .asString()
                .matches("snapshot \\d{8}T\\d{6}Z");
        assertThat(packages(lines, "amd64")).isEqualTo(packages(lines, "arm64")).contains("base-files", "libc6");
        assertThat(lines.stream().filter(line -> line.matches("a\\w+64 .*")))
                .allMatch(
                        line -> line.matches("(amd|arm)64 \\S+ \\S+ [0-9a-f]{64} debian(-security)?/pool/\\S+\\.deb"));
    }

    private static List<String> packages(List<String> lines, String architecture) {
        return lines.stream()
                .filter(line -> line.startsWith(architecture + " "))
                .map(line -> line.replaceFirst("\\S+ (\\S+) .*", "$1"))
                .toList();
    }

    /** An OCI archive as Jib writes it, with the digest of its manifest. */
    private String fromJib(Path archive) throws Exception {
        Path layout = Files.createDirectories(directory.resolve("layout"));
        Path blobs = Files.createDirectories(layout.resolve("blobs/sha256"));
        String config = blob(blobs, "{\"os\":\"linux\"}");
        String base = blob(blobs, "a layer");
        String program = blob(blobs, "another layer");
        String manifest = blob(
                blobs,
                ("{'schemaVersion':2,'config':{'digest':'sha256:%s','size':14},"
                                + "'layers':[{'digest':'sha256:%s','size':7},{'digest':'sha256:%s','size':13}]}")
                        .formatted(config, base, program)
                        .replace('\'', '"'));
        Files.writeString(
                layout.resolve("index.json"),
                "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"sha256:" + manifest
                        + "\",\"annotations\":{\"org.opencontainers.image.ref.name\":\"bulkhead:0.1.0\"}}]}");
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\": \"1.0.0\"}");
        Run tar = Processes.run(
                Map.of(),
                "",
                "tar",
                "-cf",
                archive.toString(),
                "-C",
                layout.toString(),
                "blobs",
                "index.json",
                "oci-layout");
        assertThat(tar.exitCode()).as(tar.err()).isZero();
        return "sha256:" + manifest;
    }

    private static String blob(Path blobs, String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Files.write(blobs.resolve(sha256(bytes)), bytes);
        return sha256(bytes);
    }

    private JsonNode member(Path archive, String name) throws IOException {
        Run tar = Processes.run(Map.of(), "", "tar", "-xOf", archive.toString(), name);
        assertThat(tar.exitCode()).as(tar.err()).isZero();
        return new ObjectMapper().readTree(tar.out());
    }

    /** containerd reads {@code index.json}; Docker and Podman read {@code manifest.json}. */
    @Test
    void archiveIsFoundUnderTheNameThatTheKubeletLooksFor() throws Exception {
        Path jib = directory.resolve("jib.tar");
        Path archive = directory.resolve("image.tar");
        String digest = fromJib(jib);

        Run run = run("archive", jib, NAME, archive);

        assertThat(run.out().strip()).as(run.err()).isEqualTo(digest);
        JsonNode manifest = member(archive, "index.json").at("/manifests/0");
        assertThat(manifest.path("digest").asText()).isEqualTo(digest);
        assertThat(manifest.at("/annotations/io.containerd.image.name").asText())
                .isEqualTo(NAME);
        JsonNode docker = member(archive, "manifest.json").path(0);
        assertThat(docker.at("/RepoTags/0").asText()).isEqualTo(NAME);
        assertThat(docker.path("Layers")).hasSize(2);
        assertThat(member(archive, docker.path("Config").asText()).path("os").asText())
                .isEqualTo("linux");
    }

    @Test
    void theSameImageMakesTheSameArchive() throws Exception {
        Path jib = directory.resolve("jib.tar");
        fromJib(jib);
        run("archive", jib, NAME, directory.resolve("first.tar"));
        Files.delete(jib);
        fromJib(jib);
        run("archive", jib, NAME, directory.resolve("second.tar"));

        assertThat(directory.resolve("second.tar")).hasSameBinaryContentAs(directory.resolve("first.tar"));
    }

    @ParameterizedTest
    @CsvSource({
        "'', image/base.lock, pkg:deb/debian/libc6@",
        "registry.example/base@sha256:0000000000000000000000000000000000000000000000000000000000000001,"
                + " registry.example/base@sha256:0000000000000000000000000000000000000000000000000000000000000001,"
                + " oci://registry.example/base",
    })
    void provenanceIsAStatementAboutThatDigest(String base, String named, String dependency) throws Exception {
        Path components = Files.writeString(directory.resolve("bulkhead-0.1.0.cdx.json"), "{}");
        String digest = "ab".repeat(32);
        Path jdk = jdk("installed", "25.0.9");

        Run run = run("provenance", NAME, "sha256:" + digest, "amd64", jdk, base, components);
        Run again = run("provenance", NAME, "sha256:" + digest, "amd64", jdk, base, components);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(again.out()).isEqualTo(run.out()).doesNotContain("\"startedOn\"", "\"finishedOn\"");
        JsonNode statement = new ObjectMapper().readTree(run.out());
        assertThat(statement.path("_type").asText()).isEqualTo("https://in-toto.io/Statement/v1");
        assertThat(statement.path("predicateType").asText()).isEqualTo("https://slsa.dev/provenance/v1");
        assertThat(statement.path("subject")).hasSize(1);
        assertThat(statement.at("/subject/0/digest/sha256").asText()).isEqualTo(digest);
        JsonNode definition = statement.at("/predicate/buildDefinition");
        assertThat(definition.path("buildType").asText()).startsWith("https://");
        assertThat(definition.at("/externalParameters/base").asText()).isEqualTo(named);
        assertThat(definition.path("resolvedDependencies"))
                .anySatisfy(one -> {
                    assertThat(one.path("uri").asText()).startsWith(dependency);
                    assertThat(one.at("/digest/sha256").asText()).matches("[0-9a-f]{64}");
                })
                .anySatisfy(one -> {
                    assertThat(one.path("uri").asText()).isEqualTo("pkg:generic/openjdk@25.0.9%2B9-LTS");
                    assertThat(one.at("/annotations/vendor").asText()).isEqualTo("Some \\One");
                });
        assertThat(statement.at("/predicate/runDetails/builder/id").asText()).startsWith("https://");
        assertThat(statement
                        .at("/predicate/runDetails/byproducts/0/digest/sha256")
                        .asText())
                .isEqualTo(sha256(Files.readAllBytes(components)));
    }

    @ParameterizedTest
    @CsvSource({
        "bulkhead, expected --name NAME:TAG",
        "'bulk head:1', expected --name NAME:TAG",
        "'bulkhead:1\"', expected --name NAME:TAG",
    })
    void refusesANameWithoutATag(String name, String message) {
        Run run = run("build", "--name", name);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }
}
