package dev.bulkhead.manifest.syntax;

import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Reads chunks that hold one YAML document each. */
final class YamlReader {
    private static final LoadSettings SETTINGS =
            LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();

    private final Limits limits;

    YamlReader(Limits limits) {
        this.limits = limits;
    }

    /**
     * The document, or empty if it holds nothing.
     *
     * @throws UnreadableException if it cannot be read
     */
    Optional<Outcome> read(ChunkText text) {
        try {
            return parse(text);
        } catch (MarkedYamlEngineException e) {
            throw SyntaxProblem.of(e, text.firstLine());
        }
    }

    private Optional<Outcome> parse(ChunkText text) {
        int firstLine = text.firstLine();
        YamlDocument document = new YamlDocument(limits, text);
        try {
            ParserImpl parser = new ParserImpl(SETTINGS, new StreamReader(SETTINGS, text.chars()));
            Event event = parser.next();
            while (event.getEventId() != Event.ID.DocumentEnd && event.getEventId() != Event.ID.StreamEnd) {
                document.accept(event);
                event = parser.next();
            }
            rest(parser, event, firstLine).ifPresent(document::hasMore);
            return document.outcome();
        } catch (MarkedYamlEngineException | UnreadableException e) {
            throw e;
        } catch (YamlEngineException | IllegalArgumentException | IndexOutOfBoundsException e) {
            // Among them escapes cut off by the end of the text, which the scanner does not foresee.
            throw new UnreadableException(new Position(firstLine, 1), "this document is not YAML");
        }
    }

    /** Where text follows the end of the document. Like kubectl, this reads no more of it than shows that it is there. */
    private static Optional<Position> rest(ParserImpl parser, Event end, int firstLine) {
        if (end.getEventId() == Event.ID.StreamEnd) {
            return Optional.empty();
        }
        try {
            Event next = parser.next();
            return next.getEventId() == Event.ID.StreamEnd
                    ? Optional.empty()
                    : next.getStartMark().map(mark -> SyntaxProblem.position(mark, firstLine));
        } catch (MarkedYamlEngineException e) {
            return Optional.of(SyntaxProblem.of(e, firstLine).position());
        }
    }
}
