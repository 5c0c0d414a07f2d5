package dev.bulkhead.manifest.syntax;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Describes in plain words what the YAML parser rejected. */
final class SyntaxProblem {
    /** The parser's phrase for a character at which it expected a token. */
    private static final String NO_TOKEN = "that cannot start any token";

    private static final Map<String, String> WHOLE = Map.of(
            "mapping values are not allowed here",
            "found ':' where no key may stand; check the indentation, or quote the text",
            "mapping keys are not allowed here",
            "found '?' where no key may stand; quote the text",
            "sequence entries are not allowed here",
            "found '-' where no list item may stand; put the list on lines of its own, or quote the text",
            "could not find expected ':'",
            "expected ':' after the key");

    private static final Pattern EXPECTED = Pattern.compile("expected (.+?), but (?:found|got) '?(.+?)'?");

    private static final Map<String, String> TOKENS = Map.ofEntries(
            Map.entry("<alias>", "an alias"),
            Map.entry("<anchor>", "an anchor"),
            Map.entry("<block end>", "the end of the block"),
            Map.entry("<block mapping start>", "a mapping"),
            Map.entry("<block sequence start>", "a list"),
            Map.entry("<directive>", "a directive"),
            Map.entry("<document start>", "the start of the document"),
            Map.entry("<document end>", "the end of the document"),
            Map.entry("<scalar>", "text"),
            Map.entry("<stream end>", "the end of the document"),
            Map.entry("<tag>", "a tag"),
            Map.entry("-", "a list item"),
            Map.entry("?", "a key"),
            Map.entry("the node content", "a value"));

    private SyntaxProblem() {}

    static UnreadableException of(MarkedYamlEngineException e, int firstLine) {
        Position position = e.getProblemMark()
                .or(e::getContextMark)
                .map(mark -> position(mark, firstLine))
                .orElseGet(() -> new Position(firstLine, 1));
        return new UnreadableException(position, message(e, firstLine));
    }

    static Position position(Mark mark, int firstLine) {
        return new Position(firstLine + mark.getLine(), mark.getColumn() + 1);
    }

    private static String message(MarkedYamlEngineException e, int firstLine) {
        String problem = Optional.ofNullable(e.getProblem())
                .orElse("this is not YAML")
                .strip()
                .replaceAll("\\s+", " ")
                .replaceAll("'?(.)'? ?\\(\\d+\\)", "'$1'");
        String since = e.getContextMark()
                .map(mark -> " that starts on line " + (firstLine + mark.getLine()))
                .orElse("");
        if (WHOLE.containsKey(problem)) {
            return WHOLE.get(problem);
        }
        if (problem.contains(NO_TOKEN)) {
            return problem.contains("(TAB)")
                    ? "found a tab; indent with spaces"
                    : problem.substring(0, problem.indexOf(NO_TOKEN)).strip() + ", with which no plain text may start;"
                            + " quote the text";
        }
        if (problem.equals("found unexpected end of stream") || problem.equals("found unexpected document separator")) {
            return "expected the closing quote of the text" + since + ", found the end of the document";
        }
        Matcher expected = EXPECTED.matcher(problem);
        if (!expected.matches()) {
            return problem;
        }
        String found = TOKENS.getOrDefault(expected.group(2), "'" + expected.group(2) + "'");
        if (expected.group(1).equals("'<document start>'")) {
            return "expected the end of the document, found " + found + "; check the indentation";
        }
        String collection = Optional.ofNullable(e.getContext()).orElse("").contains("mapping") ? "mapping" : "list";
        if (expected.group(1).equals("<block end>")) {
            return "expected the next entry of the " + collection + since + ", or its end, found " + found
                    + "; check the indentation";
        }
        String wanted = TOKENS.getOrDefault(expected.group(1), expected.group(1));
        return "expected " + wanted + (wanted.startsWith("'") ? " in the " + collection + since : "") + ", found "
                + found;
    }
}
