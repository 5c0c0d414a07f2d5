package dev.bulkhead.app.cli.option;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The streams that every process has, by the numbers of their descriptors. */
public enum StandardStream {
    IN(0),
    OUT(1),
    ERR(2);

    private static final Pattern TERMINAL = Pattern.compile("/dev/(pts/\\d+|tty.*|console)");

    private final int descriptor;

    StandardStream(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Whether the stream is a terminal. Java reports this for input and output together only, and differently from 22
     * on; Linux reports it for each. Reading the link is also faster than loading the classes that Java needs.
     */
    public boolean isTerminal() {
        try {
            Path target = Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(descriptor)));
            return TERMINAL.matcher(target.toString()).matches();
        } catch (IOException | UnsupportedOperationException e) {
            return isConsoleTerminal();
        }
    }

    // From Java 22 on there is always a console, which can be asked.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isConsoleTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (NoSuchMethodException e) {
            // Before Java 22 there is a console only where there is a terminal.
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
