package dev.bulkhead.cli;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How output looks where it goes.
 *
 * @param colour whether to colour it
 * @param width how many characters a line takes
 */
record Terminal(boolean colour, int width) {
    private static final int USUAL_WIDTH = 100;
    private static final int NARROWEST = 60;

    /** When to colour. */
    enum Colour {
        AUTO,
        ALWAYS,
        NEVER
    }

    enum Style {
        RED("1;31"),
        YELLOW("33"),
        CYAN("36"),
        GREEN("32"),
        BOLD("1"),
        DIM("2");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    /** Colours on a terminal only, and not where NO_COLOR is set. */
    static Terminal of(Colour colour, Map<String, String> environment) {
        boolean coloured = switch (colour) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO ->
                isInteractive() && environment.getOrDefault("NO_COLOR", "").isEmpty();
        };
        return new Terminal(coloured, width(environment.getOrDefault("COLUMNS", "")));
    }

    private static int width(String columns) {
        return columns.matches("[1-9][0-9]{0,3}") ? Math.max(NARROWEST, Integer.parseInt(columns)) : USUAL_WIDTH;
    }

    /** Whether a person watches: until Java 21 that is when there is a console, later on the console tells. */
    static boolean isInteractive() {
        Optional<Console> console = Optional.ofNullable(System.console());
        return console.isPresent() && tells(console.get());
    }

    private static boolean tells(Console console) {
        try {
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }

    String paint(Style style, String text) {
        return colour ? "\u001b[" + style.code + "m" + text + "\u001b[0m" : text;
    }

    /** Text from manifests, with what could fool a terminal shown as {@code \\uXXXX}. */
    static String safe(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            if (type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || type == Character.SURROGATE) {
                safe.append(String.format("\\u%04x", c));
            } else {
                safe.appendCodePoint(c);
            }
        });
        return safe.toString();
    }

    /** The text in lines of at most that many characters, broken at spaces where there are any. */
    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int end = space > 0 ? space : width;
            lines.add(rest.substring(0, end));
            rest = rest.substring(end).stripLeading();
        }
        lines.add(rest);
        return lines;
    }
}
