package dev.bulkhead.manifest.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the documents of a chunk, as JSON where they are JSON and as YAML otherwise. */
public final class ChunkReader {
    private static final String TEMPLATE_HINT = "; looks like a template; render it first (helm template)";

    private final YamlReader yaml;
    private final JsonReader json;

    public ChunkReader(Limits limits) {
        this.yaml = new YamlReader(limits);
        this.json = new JsonReader(limits);
    }

    /** One outcome for each document that is not empty: several only where JSON documents follow one another. */
    public List<Outcome> read(Chunk chunk) {
        try {
            ChunkText text = chunk.text();
            List<Outcome> outcomes = read(text);
            return text.looksLikeTemplate()
                    ? outcomes.stream().map(ChunkReader::hinted).toList()
                    : outcomes;
        } catch (UnreadableException e) {
            return List.of(new Outcome.Failed(e));
        }
    }

    private List<Outcome> read(ChunkText text) {
        int start = text.jsonStart();
        if (start < 0) {
            return readYaml(text).stream().toList();
        }
        JsonReader.Result result = json.read(text, start);
        if (result.broken().isEmpty()) {
            return result.outcomes();
        }
        // Like kubectl: text that begins like JSON and is invalid may still be YAML.
        Optional<Outcome> other = readYaml(text);
        if (other.isPresent() && other.get() instanceof Outcome.Failed failed) {
            List<Outcome> outcomes = new ArrayList<>(result.outcomes());
            outcomes.add(further(new Outcome.Failed(result.broken().get()), failed));
            return outcomes;
        }
        return other.stream().toList();
    }

    private Optional<Outcome> readYaml(ChunkText text) {
        try {
            return yaml.read(text);
        } catch (UnreadableException e) {
            return Optional.of(new Outcome.Failed(e));
        }
    }

    /** Reports the error of the parser that got further, since it understood more of the text. */
    private static Outcome further(Outcome.Failed one, Outcome.Failed other) {
        return one.failure().position().isBefore(other.failure().position()) ? other : one;
    }

    private static Outcome hinted(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            UnreadableException failure = failed.failure();
            return new Outcome.Failed(new UnreadableException(failure.position(), failure.problem() + TEMPLATE_HINT));
        }
        return outcome;
    }
}
