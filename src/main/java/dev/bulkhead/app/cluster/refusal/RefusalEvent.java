package dev.bulkhead.app.cluster.refusal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.refusal.WaitingRefusals.Series;
import dev.bulkhead.app.cluster.resource.EventWriter;
import dev.bulkhead.app.cluster.resource.ObjectName;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.ImmutableCopies;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectReference;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

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
    private static final int HASH_BYTES = 8;

    private RefusalEvent() {}

    /** The event about these refusals. */
    static Event of(Series series, ObjectReference about, String pod) {
        RefusedObject object = series.object();
        Map<String, String> annotations = new LinkedHashMap<>();
        object.user().ifPresent(user -> annotations.put(USER, SafeText.line(user, LONGEST_USER)));
        if (!object.rules().isEmpty()) {
            annotations.put(RULES, String.join(",", object.rules()));
        }
        return EventWriter.event(about, "Warning", REASON, series.message(), pod)
                .withNewMetadata()
                .withName(name(object))
                .withNamespace(object.namespace())
                .withAnnotations(annotations)
                .endMetadata()
                .withFirstTimestamp(EventWriter.time(series.first()))
                .withLastTimestamp(EventWriter.time(series.last()))
                .withCount(series.count())
                .build();
    }

    /** The event's name, which all replicas give it. */
    static String name(RefusedObject object) {
        String name = object.about().outermost().name();
        return ObjectName.prefix(name, EventWriter.LONGEST_PREFIX, "refused") + "." + hash(object.key());
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A message of several lines as one that an event holds. */
    static String line(String message) {
        return SafeText.line(message.lines().map(String::strip).collect(Collectors.joining(" ")), EventWriter.LONGEST);
    }

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
