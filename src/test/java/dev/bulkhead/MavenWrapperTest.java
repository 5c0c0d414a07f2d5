package dev.bulkhead;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The Maven wrapper with downloads made up for it: it runs no Maven but the pinned one. */
@DisabledOnOs(OS.WINDOWS)
class MavenWrapperTest {
    private static final Path PROPERTIES = Path.of(".mvn/wrapper/maven-wrapper.properties");
    private static final String ARCHIVE = "an archive";
    private static final String UNPACK = """
            #!/bin/sh
            while [ $# -gt 1 ]; do case $1 in -d | -C) directory=$2 ;; esac; shift; done
            [ -n "$directory" ] || directory=$1
            mkdir -p "$directory/apache-maven-3.9.11/bin"
            printf '#!/bin/sh\\necho Maven runs with "$@"\\n' >"$directory/apache-maven-3.9.11/bin/mvn"
            chmod +x "$directory/apache-maven-3.9.11/bin/mvn"
            """;

    @TempDir
    private Path directory;

    private Path programs;

    private record Run(int exitCode, String output) {}

    @BeforeEach
    void makeCheckoutAndPrograms() throws IOException {
        Files.createDirectories(directory.resolve(PROPERTIES).getParent());
        script(directory.resolve("mvnw"), Files.readString(Path.of("mvnw")));
        programs = Files.createDirectories(directory.resolve("programs"));
        for (String name :
                List.of("dirname", "basename", "uname", "tr", "mktemp", "rm", "mkdir", "mv", "chmod", "sha256sum")) {
            script(programs.resolve(name), "#!/bin/sh\nexec '" + find(name) + "' \"$@\"\n");
        }
        script(programs.resolve("wget"), """
                #!/bin/sh
                while [ $# -gt 1 ]; do case $1 in -O) file=$2 ;; esac; shift; done
                printf '%s' 'an archive' >"$file"
                """);
    }

    @Test
    void sumsOfBothFormatsArePinned() throws IOException {
        assertThat(Files.readString(PROPERTIES))
                .containsPattern("(?m)^distributionSha256Sum=[0-9a-f]{64}$")
                .containsPattern("(?m)^distributionTarGzSha256Sum=[0-9a-f]{64}$");
    }

    @Test
    void anotherZipIsRejected() throws Exception {
        script(programs.resolve("unzip"), UNPACK);

        assertRejected(run(Files.readString(PROPERTIES)));
    }

    @Test
    void thePinnedZipIsRun() throws Exception {
        script(programs.resolve("unzip"), UNPACK);

        Run run = run(pinned("distributionSha256Sum"));

        assertThat(run.output()).isEqualTo("Maven runs with verify\n");
        assertThat(run.exitCode()).isZero();
    }

    /** Images such as eclipse-temurin have no unzip. */
    @Test
    void withoutUnzipAnotherTarIsRejected() throws Exception {
        script(programs.resolve("tar"), UNPACK);

        assertRejected(run(pinned("distributionSha256Sum")));
    }

    @Test
    void withoutUnzipThePinnedTarIsRun() throws Exception {
        script(programs.resolve("tar"), UNPACK);

        assertThat(run(pinned("distributionTarGzSha256Sum")).output()).isEqualTo("Maven runs with verify\n");
    }

    private void assertRejected(Run run) throws IOException {
        assertThat(run.output())
                .contains("Failed to validate Maven distribution SHA-256")
                .doesNotContain("Maven runs");
        assertThat(run.exitCode()).isEqualTo(1);
        try (Stream<Path> installed = Files.walk(directory.resolve("home"))) {
            assertThat(installed).noneMatch(path -> path.endsWith("bin/mvn"));
        }
    }

    /** The properties, with the sum of the archive made up here in that property. */
    private static String pinned(String property) throws IOException, NoSuchAlgorithmException {
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(ARCHIVE.getBytes(StandardCharsets.UTF_8));
        return Pattern.compile("(?m)^(" + property + "=).*$")
                .matcher(Files.readString(PROPERTIES))
                .replaceAll("$1" + HexFormat.of().formatHex(sum));
    }

    private Run run(String properties) throws IOException, InterruptedException {
        Files.writeString(directory.resolve(PROPERTIES), properties);
        Path output = directory.resolve("output");
        ProcessBuilder builder = new ProcessBuilder("./mvnw", "verify")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", programs.toString());
        builder.environment().put("HOME", directory.toString());
        builder.environment().put("MAVEN_USER_HOME", directory.resolve("home").toString());
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().onExit().join();
            throw new AssertionError("the wrapper does not end");
        }
        return new Run(process.exitValue(), Files.readString(output));
    }

    private static Path find(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
