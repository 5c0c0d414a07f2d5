package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Listed;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.Timestamps;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Exemptions that excuse nothing. */
final class UnusedExemptions implements Check {
    @Override
    public String id() {
        return "exemptions-unused";
    }

    private static final Duration LONG = Duration.ofDays(30);

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        Instant before = facts.now().minus(LONG);
        List<String> unused = facts.all(Source.EXEMPTIONS).stream()
                .filter(exemption -> isBefore(exemption.at("/metadata/creationTimestamp"), before)
                        && (exemption.at("/status/lastUsed").isMissingNode()
                                || isBefore(exemption.at("/status/lastUsed"), before)))
                .map(exemption -> exemption.at("/metadata/namespace").asText() + "/"
                        + exemption.at("/metadata/name").asText())
                .toList();
        return unused.isEmpty()
                ? Answer.ok("each was used, or is younger than " + LONG.toDays() + " days")
                : Answer.warning(
                        "not used for " + LONG.toDays() + " days: " + Listed.of(unused),
                        "delete them, unless their workloads are created rarely");
    }

    private static boolean isBefore(JsonNode time, Instant limit) {
        return Timestamps.read(time).filter(limit::isAfter).isPresent();
    }
}
