package dev.bulkhead.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The fields of a pod that no rule reads, each with the reason: {@code schema/fields.yaml}. */
public final class FieldListing {
    public static final Path FILE = Path.of("src/test/resources/schema/fields.yaml");

    /**
     * Fields that go unread for the same reason.
     *
     * @param reason why they are harmless; of those that are not, what they can do
     * @param instead what to use against them; empty for harmless ones
     * @param fields such as {@code PodSpec.affinity}, which stands for everything in it, {@code NFSVolumeSource.*} for all
     *     fields of a type, or a place such as {@code spec.ephemeralContainers[].ports}
     */
    public record Group(String title, String reason, String instead, List<String> fields) {
        public Group {
            fields = List.copyOf(fields);
        }
    }

    private final List<Group> harmless;
    private final List<Group> uncovered;

    private FieldListing(List<Group> harmless, List<Group> uncovered) {
        this.harmless = List.copyOf(harmless);
        this.uncovered = List.copyOf(uncovered);
    }

    public static FieldListing load() {
        JsonNode listing = Yaml.file(FILE);
        return new FieldListing(groups(listing.path("harmless")), groups(listing.path("notCovered")));
    }

    private static List<Group> groups(JsonNode list) {
        List<Group> groups = new ArrayList<>();
        for (JsonNode group : list) {
            List<String> fields = new ArrayList<>();
            group.path("fields").forEach(field -> fields.add(field.asText()));
            groups.add(new Group(
                    group.path("title").asText(),
                    group.path("reason").asText().strip(),
                    group.path("instead").asText().strip(),
                    fields));
        }
        return groups;
    }

    public List<Group> harmless() {
        return harmless;
    }

    public List<Group> uncovered() {
        return uncovered;
    }

    /** Every entry of either kind. */
    public List<String> entries() {
        return java.util.stream.Stream.concat(harmless.stream(), uncovered.stream())
                .flatMap(group -> group.fields().stream())
                .toList();
    }

    /** The entry that a place is listed by, itself or by what it stands in. */
    public Optional<String> entryFor(PodSchema.Place place) {
        return entries().stream().filter(entry -> covers(entry, place)).findFirst();
    }

    /** Whether that entry speaks of that place. */
    public static boolean covers(String entry, PodSchema.Place place) {
        if (entry.startsWith("spec.") || entry.startsWith("metadata.")) {
            return place.path().equals(entry)
                    || place.path().startsWith(entry + ".")
                    || place.path().equals(entry + "[]")
                    || place.path().startsWith(entry + "[].");
        }
        return place.fields().stream().anyMatch(field -> field.id().equals(entry) || entry.equals(field.type() + ".*"));
    }
}
