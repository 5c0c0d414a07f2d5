package dev.bulkhead.manifest.syntax;

import java.util.Optional;
import java.util.OptionalInt;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Reads chunks that hold one YAML document each. */
final class YamlReader {
    private static final LoadSettings SETTINGS =
            LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();

    /** How much text may be scanned again for the sake of tabs. */
    private static final long REPAIR_BUDGET = 32L << 20;

    private final Limits limits;

    YamlReader(Limits limits) {
        this.limits = limits;
    }

    /**
     * The document, or empty if it holds nothing.
     *
     * @throws UnreadableException if it cannot be read
     */
    Optional<Value> read(ChunkText text) {
        String chars = text.chars();
        long budget = REPAIR_BUDGET;
        while (true) {
            try {
                return parse(chars, text.firstLine());
            } catch (MarkedYamlEngineException e) {
                OptionalInt tab = separatingTab(chars, e);
                budget -= chars.length();
                if (tab.isEmpty() || budget < 0) {
                    throw SyntaxProblem.of(e, text.firstLine());
                }
                chars = withoutTabs(chars, tab.getAsInt());
            }
        }
    }

    private Optional<Value> parse(String chars, int firstLine) {
        YamlDocument document = new YamlDocument(limits, chars, firstLine);
        try {
            ParserImpl parser = new ParserImpl(SETTINGS, new StreamReader(SETTINGS, chars));
            while (parser.hasNext()) {
                document.accept(parser.next());
            }
            return document.root().filter(root -> !root.node().isNull());
        } catch (MarkedYamlEngineException | UnreadableException e) {
            throw e;
        } catch (YamlEngineException | IllegalArgumentException | IndexOutOfBoundsException e) {
            // Among them escapes cut off by the end of the text, which the scanner does not foresee.
            throw new UnreadableException(new Position(firstLine, 1), "this document is not YAML");
        }
    }

    /**
     * A tab between two tokens of a line is a space to YAML and kubectl, and an error to this scanner. Tabs before the
     * first token of a line stay errors, as do those behind the dash of a list item, as with kubectl.
     */
    private static OptionalInt separatingTab(String chars, MarkedYamlEngineException e) {
        if (!e.getProblem().contains(SyntaxProblem.NO_TOKEN)) {
            return OptionalInt.empty();
        }
        int offset = e.getProblemMark()
                .map(mark -> chars.offsetByCodePoints(0, mark.getIndex()))
                .orElse(chars.length());
        if (offset >= chars.length() || chars.charAt(offset) != '\t') {
            return OptionalInt.empty();
        }
        String before = chars.substring(lineStart(chars, offset), offset).strip();
        boolean indents = before.isEmpty() || before.matches("(?:[-?:]\\s+)*[-?:]");
        return indents ? OptionalInt.empty() : OptionalInt.of(offset);
    }

    private static int lineStart(String chars, int offset) {
        return Math.max(chars.lastIndexOf('\n', offset - 1), chars.lastIndexOf('\r', offset - 1)) + 1;
    }

    /** A space for each tab of a run of blanks, so that no column moves. */
    private static String withoutTabs(String chars, int from) {
        int to = from;
        while (to < chars.length() && (chars.charAt(to) == '\t' || chars.charAt(to) == ' ')) {
            to++;
        }
        return chars.substring(0, from) + " ".repeat(to - from) + chars.substring(to);
    }
}
