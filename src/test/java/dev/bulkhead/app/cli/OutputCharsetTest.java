package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputCharsetTest {
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: käse-日本, image: "a", securityContext: {privileged: true}}
            """;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "UTF-8, UTF-8",
        "ISO-8859-1, ISO-8859-1",
        "ANSI_X3.4-1968, UTF-8",
        "US-ASCII, UTF-8",
        "646, UTF-8",
        "no charset at all, UTF-8",
        "'', UTF-8"
    })
    void isThatOfTheLocaleUnlessItHasOnlyAscii(String ofLocale, String expected) {
        assertThat(Bulkhead.outputCharset(ofLocale).name()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "C.UTF-8"})
    @DisabledOnOs(OS.WINDOWS)
    void checkPrintsLettersOutsideAscii(String locale) throws Exception {
        assertThat(check(locale)).contains("käse-日本").doesNotContain("?");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void checkPrintsThemWithoutAnyLocale() throws Exception {
        assertThat(check("")).contains("käse-日本").doesNotContain("?");
    }

    /** What the program writes as a process of its own, in that locale. */
    private String check(String locale) throws IOException, InterruptedException {
        Path file = Files.writeString(directory.resolve("pod.yaml"), POD);
        Path out = directory.resolve("out");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Bulkhead.class.getName(),
                        "check",
                        "-f",
                        file.toString())
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.startsWith("LANG"));
        if (!locale.isEmpty()) {
            builder.environment().put("LC_ALL", locale);
        }
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            return Files.readString(out, StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly();
        }
    }
}
