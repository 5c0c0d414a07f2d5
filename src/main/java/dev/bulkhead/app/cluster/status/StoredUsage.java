package dev.bulkhead.app.cluster.status;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.crd.Exemption;
import dev.bulkhead.app.cluster.status.ExemptionUsage.Excused;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The {@code excused} of an exemption's status as it is stored. An API server that does not tolerate what was invalid
 * before (all before Kubernetes 1.30) refuses a patch of a status that keeps an entry in an earlier version's form, so
 * each patch removes such entries.
 *
 * @param entries what was excused, by workload
 * @param obsolete the workloads whose entries are not in today's form
 */
record StoredUsage(Map<String, Excused> entries, List<String> obsolete) {
    StoredUsage {
        obsolete = List.copyOf(obsolete);
    }

    /** What is in that status. The entries are the caller's to change. */
    static StoredUsage in(JsonNode status) {
        Map<String, Excused> entries = new HashMap<>();
        List<String> obsolete = new ArrayList<>(0);
        for (Map.Entry<String, JsonNode> entry : status.path("excused").properties()) {
            Optional<Excused> read = read(entry.getValue());
            if (read.isPresent()) {
                entries.put(entry.getKey(), read.get());
            } else {
                obsolete.add(entry.getKey());
            }
        }
        return new StoredUsage(entries, obsolete);
    }

    private static Optional<Excused> read(JsonNode entry) {
        JsonNode values = entry.path("values");
        if ((!values.isMissingNode() && !values.isArray()) || values.size() > Exemption.MOST_VALUES) {
            return Optional.empty();
        }
        TreeSet<String> read = new TreeSet<>();
        for (JsonNode value : values) {
            if (!value.isTextual()) {
                return Optional.empty();
            }
            read.add(value.textValue());
        }
        return instant(entry.path("lastUsed")).map(last -> new Excused(last, read));
    }

    static Optional<Instant> instant(JsonNode text) {
        try {
            return Optional.of(Instant.parse(text.asText()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
