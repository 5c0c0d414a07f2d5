package dev.bulkhead;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.cfg.PackageVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The library is built from the program's sources, with what these are tested with. Building it runs its example. */
class LibraryTest {
    private static String read(String file) throws IOException {
        return Files.readString(Path.of(file));
    }

    private static String element(String pom, String name) {
        int start = pom.indexOf("<" + name + ">") + name.length() + 2;
        return pom.substring(start, pom.indexOf("</" + name + ">", start));
    }

    @Test
    void usesTheProgramsVersions() throws IOException {
        String library = read("library/pom.xml");
        String program = read("pom.xml");

        for (String shared : List.of(
                "version",
                "url",
                "maven.compiler.release",
                "project.build.outputTimestamp",
                "assertj.version",
                "compiler-plugin.version",
                "surefire-plugin.version",
                "enforcer-plugin.version")) {
            assertThat(element(library, shared)).as(shared).isEqualTo(element(program, shared));
        }
        assertThat(element(library, "jackson.version")).isEqualTo(PackageVersion.VERSION.toString());
        assertThat(element(library, "jspecify.version"))
                .isEqualTo(versionInPath(org.jspecify.annotations.NullMarked.class));
        assertThat(element(library, "junit.version")).isEqualTo(versionInPath(Test.class));
    }

    /** The version directory of the local repository that a class comes from. */
    private static String versionInPath(Class<?> of) {
        return Path.of(of.getProtectionDomain().getCodeSource().getLocation().getPath())
                .getParent()
                .getFileName()
                .toString();
    }

    @Test
    void itsPageShowsTheExampleThatRuns() throws IOException {
        String example = read("library/example/CheckPods.java");
        String page = read("docs/library.md");

        assertThat(page)
                .contains("```java\n" + example.substring(example.indexOf("import ")) + "```\n")
                .contains("<version>" + element(read("library/pom.xml"), "version") + "</version>");
    }
}
