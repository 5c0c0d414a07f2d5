package dev.bulkhead.app.cluster.refusal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.resource.EventWriter;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How an event says what was refused, to whom and by which rules. */
public final class RefusalEvent {
    /** The events' reason, which distinguishes them from others of Bulkhead's. */
    static final String REASON = "Refused";

    /** Selects these events at the API server, by the values of fields. */
    public static final Map<String, String> FIELDS =
            ImmutableCopies.of(Map.of("reason", REASON, "reportingComponent", EventWriter.CONTROLLER));

    /** The annotation that holds who sent the object. */
    static final String USER = "bulkhead.dev/user";

    /** The annotation that holds the rules that refused it. */
    static final String RULES = "bulkhead.dev/rules";

    private static final int LONGEST_NAME = 253;
    private static final int LONGEST_USER = 256;
    private static final int LONGEST_RULE = 64;
    private static final int MOST_RULES = 64;

    private RefusalEvent() {}

    /** What an event says; empty if it is none of these events, or says nothing that can be shown. */
    static Optional<Refusal> read(JsonNode event) {
        JsonNode about = event.path("involvedObject");
        Optional<Instant> at = time(event.path("lastTimestamp"));
        String name = SafeText.line(about.path("name").asText(), LONGEST_NAME);
        if (at.isEmpty() || name.isEmpty() || !event.path("reason").asText().equals(REASON)) {
            return Optional.empty();
        }
        JsonNode annotations = event.at("/metadata/annotations");
        String user = SafeText.line(annotations.path(USER).asText(), LONGEST_USER);
        return Optional.of(new Refusal(
                at.get(),
                time(event.path("firstTimestamp")).orElse(at.get()),
                Math.max(1, event.path("count").asInt()),
                event.at("/metadata/namespace").asText(),
                SafeText.line(about.path("kind").asText(), LONGEST_NAME),
                name,
                user.isEmpty() ? Optional.empty() : Optional.of(user),
                rules(annotations.path(RULES).asText()),
                SafeText.line(event.path("message").asText(), EventWriter.LONGEST)));
    }

    private static List<String> rules(String text) {
        return Arrays.stream(text.substring(0, Math.min(text.length(), MOST_RULES * LONGEST_RULE))
                        .split(",", MOST_RULES + 1))
                .limit(MOST_RULES)
                .map(rule -> SafeText.line(rule.strip(), LONGEST_RULE))
                .filter(rule -> !rule.isEmpty())
                .toList();
    }

    private static Optional<Instant> time(JsonNode text) {
        try {
            return text.isTextual() ? Optional.of(Instant.parse(text.asText())) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
