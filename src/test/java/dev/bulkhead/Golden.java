package dev.bulkhead;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Expected output kept in files; {@code -Dgolden.update=true} rewrites them instead of comparing. */
public final class Golden {
    private static final String HOW = "run ./mvnw test -Dgolden.update=true to rewrite it, then read the diff";

    private Golden() {}

    /** The file holds exactly this text. */
    public static void file(Path file, String actual) {
        if (isUpdating()) {
            write(file, actual);
            return;
        }
        assertThat(Files.exists(file)).as("%s is missing: %s", file, HOW).isTrue();
        assertThat(actual).as("%s differs: %s", file, HOW).isEqualTo(read(file));
    }

    /** The file holds this text between the comments {@code <!-- name: … -->} and {@code <!-- end -->}. */
    public static void section(Path file, String name, String actual) {
        String text = read(file);
        Matcher section = Pattern.compile(
                        "(<!-- " + Pattern.quote(name) + ":[^\\n]*-->\\n)(.*?)(<!-- end -->)", Pattern.DOTALL)
                .matcher(text);
        assertThat(section.find()).as("%s has a section %s", file, name).isTrue();
        if (isUpdating()) {
            write(file, text.substring(0, section.end(1)) + actual + text.substring(section.start(3)));
            return;
        }
        assertThat(actual).as("section %s of %s differs: %s", name, file, HOW).isEqualTo(section.group(2));
    }

    /** The lines of the code block between the comments {@code <!-- name: … -->} and {@code <!-- end -->}. */
    public static List<String> lines(Path file, String name) {
        List<String> lines = read(file)
                .lines()
                .dropWhile(line -> !line.startsWith("<!-- " + name + ":"))
                .skip(1)
                .takeWhile(line -> !line.equals("<!-- end -->"))
                .filter(line -> !line.startsWith("```"))
                .toList();
        assertThat(lines).as("section %s of %s", name, file).isNotEmpty();
        return lines;
    }

    public static boolean isUpdating() {
        return Boolean.getBoolean("golden.update");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
