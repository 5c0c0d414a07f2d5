package dev.bulkhead.app.cli.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;

class ArchivablePicocliTest {
    private static final int JAVA_6 = 50;

    @TempDir
    private Path directory;

    private Path original;
    private Path copy;

    @BeforeEach
    void copyPicocli() throws IOException, URISyntaxException {
        original = Path.of(CommandLine.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        copy = directory.resolve("picocli.jar");
        ArchivablePicocli.write(original, copy);
    }

    private static Stream<String> names(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream().map(ZipEntry::getName).toList().stream();
        }
    }

    @Test
    void hasEveryClassInAFormatThatArchivesKeep() throws IOException {
        assertThat(names(copy)).containsAll(names(original).toList());
        try (ZipFile zip = new ZipFile(copy.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (entry.getName().endsWith(".class")) {
                    DataInputStream bytes = new DataInputStream(zip.getInputStream(entry));
                    bytes.readInt();
                    bytes.readUnsignedShort();
                    assertThat(bytes.readUnsignedShort()).as(entry.getName()).isGreaterThanOrEqualTo(JAVA_6);
                }
            }
        }
    }

    /** Loading and linking a class verifies its code by the stack maps, or else by the old way, as before. */
    @Test
    void parsesAndPrintsAsTheOriginal() throws Exception {
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {copy.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            for (String name : names(copy)
                    .filter(name -> name.endsWith(".class") && !name.contains("module-info"))
                    .toList()) {
                Class.forName(name.substring(0, name.length() - 6).replace('/', '.'), true, loader);
            }
            Method usage = loader.loadClass("picocli.CommandLine").getMethod("usage", Object.class, PrintStream.class);
            Object command = loader.loadClass(GenerateCompletion.class.getName())
                    .getConstructor()
                    .newInstance();

            assertThat(printed(out -> usage.invoke(null, command, out)))
                    .isEqualTo(printed(out -> CommandLine.usage(new GenerateCompletion(), out)))
                    .contains("Usage:");
        }
    }

    private interface Printing {
        void to(PrintStream out) throws ReflectiveOperationException;
    }

    private static String printed(Printing printing) throws ReflectiveOperationException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            printing.to(out);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void doesNotSayWhenItWasMade() throws IOException {
        try (ZipFile zip = new ZipFile(copy.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getTimeLocal).distinct().toList())
                    .containsExactly(LocalDateTime.of(1980, 1, 1, 0, 0, 2));
        }
    }

    @Test
    void leavesNewerClassesAsTheyAre() throws IOException {
        try (InputStream in = ArchivablePicocliTest.class.getResourceAsStream("ArchivablePicocliTest.class")) {
            byte[] newer = Objects.requireNonNull(in).readAllBytes();

            assertThat(ArchivablePicocli.archivable(newer)).isSameAs(newer);
        }
    }
}
