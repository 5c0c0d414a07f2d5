package dev.bulkhead.app.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Golden;
import dev.bulkhead.schema.FieldListing;
import dev.bulkhead.schema.FieldListing.Group;
import dev.bulkhead.schema.PodSchema;
import dev.bulkhead.schema.PodSchema.Place;
import dev.bulkhead.schema.RecordingObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/fields.md} says what the webhook reads of a pod and what it does not. */
class PodFieldsPageTest {
    private static final Path PAGE = Path.of("docs/fields.md");
    private static final PodSchema SCHEMA = PodSchema.load();
    private static final FieldListing LISTING = FieldListing.load();
    private static final FieldReadings READINGS = FieldReadings.all();
    private static final String ANNOTATIONS = FieldReadings.ANNOTATIONS;
    private static final Pattern OF_CONTAINER = Pattern.compile("(container\\.[^/]*)/.*");
    private static final List<String> LISTS = List.of("containers[]", "initContainers[]", "ephemeralContainers[]");

    @Test
    void saysWhichFieldsAreRead() {
        Golden.section(PAGE, "read", table("field", fields()));
    }

    @Test
    void saysWhichAnnotationsAreRead() {
        Map<String, Set<String>> keys = new TreeMap<>();
        READINGS.byReader()
                .forEach((reader, paths) -> paths.stream()
                        .filter(path -> path.startsWith(ANNOTATIONS) && !path.equals(ANNOTATIONS))
                        .map(path -> annotation(path.substring(ANNOTATIONS.length())))
                        .forEach(key -> keys.computeIfAbsent(key, unread -> new TreeSet<>())
                                .add(reader)));
        Map<String, List<String>> rows = new LinkedHashMap<>();
        keys.forEach((key, readers) -> rows.put(key, List.copyOf(readers)));
        Golden.section(PAGE, "annotations", table("annotation", rows));
    }

    @Test
    void namesTheRulesOfWhatCompletesATemplate() {
        assertThat(READINGS.completion()).contains("spec.hostNetwork", "spec.containers[].ports[].hostPort");
        assertThat(READINGS.completion())
                .allSatisfy(path -> assertThat(READINGS.readersOf(path))
                        .as(path)
                        .isNotEmpty()
                        .doesNotContain(FieldReadings.GATE));
        assertThat(READINGS.readersOf("spec.hostNetwork"))
                .containsExactly("capabilities_restricted", "hostNamespaces", "hostPorts", "userNamespace");
        assertThat(READINGS.readersOf("spec.initContainers[].ports[].containerPort"))
                .containsExactly("capabilities_restricted", "hostPorts");
    }

    private static String annotation(String key) {
        return key.equals(RecordingObject.ALL_KEYS)
                ? "every key, to find those that it knows"
                : "`" + OF_CONTAINER.matcher(key).replaceFirst("$1/CONTAINER") + "`";
    }

    @Test
    void saysWhatIsNotCovered() {
        StringBuilder text = new StringBuilder();
        for (Group group : LISTING.uncovered()) {
            text.append(section(group))
                    .append("Instead: ")
                    .append(group.instead())
                    .append(".\n\n");
        }
        Golden.section(PAGE, "uncovered", "\n" + text);
    }

    @Test
    void saysWhatIsHarmless() {
        Golden.section(
                PAGE,
                "harmless",
                "\n"
                        + LISTING.harmless().stream()
                                .map(PodFieldsPageTest::section)
                                .collect(Collectors.joining()));
    }

    @Test
    void namesTheVersionOfKubernetes() throws IOException {
        assertThat(Files.readString(PAGE)).contains("Kubernetes " + SCHEMA.version() + " ");
    }

    private static String section(Group group) {
        String fields = group.fields().stream().map(field -> "`" + field + "`").collect(Collectors.joining(", "));
        return "### " + group.title() + "\n\n" + fields + "\n\n" + group.reason() + "\n\n";
    }

    /**
     * The fields that are read, by where they stand, with their readers: fields of one object that the same rules read
     * share a row, and so do the three lists of containers where the same rules read all of them.
     */
    private static Map<String, List<String>> fields() {
        Map<String, List<String>> byPlace = new LinkedHashMap<>();
        for (Place place : SCHEMA.places()) {
            List<String> readers = READINGS.readersOf(place.path());
            if (!readers.isEmpty() && isEndOfReading(place.path())) {
                byPlace.put(place.path(), readers);
            }
        }
        Map<String, Map<List<String>, List<String>>> byHolder = new LinkedHashMap<>();
        byPlace.forEach((path, readers) -> {
            String shown =
                    alike(path, readers, byPlace) ? path.replaceFirst(listOf(path) + "\\[\\]", "containers*[]") : path;
            int dot = shown.lastIndexOf('.');
            List<String> names = byHolder.computeIfAbsent(shown.substring(0, dot), holder -> new LinkedHashMap<>())
                    .computeIfAbsent(readers, same -> new ArrayList<>());
            if (!names.contains(shown.substring(dot + 1))) {
                names.add(shown.substring(dot + 1));
            }
        });
        Map<String, List<String>> rows = new LinkedHashMap<>();
        byHolder.forEach((holder, byReaders) -> byReaders.forEach((readers, names) -> rows.put(
                "`" + holder + "`: "
                        + names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", ")),
                readers)));
        return rows;
    }

    /** Whether nothing in it is read, so that reading it is not just the way to something else. */
    private static boolean isEndOfReading(String path) {
        return READINGS.paths().stream().noneMatch(read -> read.startsWith(path + "."));
    }

    private static String listOf(String path) {
        return LISTS.stream()
                .filter(list -> path.startsWith("spec." + list + "."))
                .map(list -> list.substring(0, list.length() - 2))
                .findFirst()
                .orElse("");
    }

    private static boolean alike(String path, List<String> readers, Map<String, List<String>> byPlace) {
        String list = listOf(path);
        return !list.isEmpty()
                && LISTS.stream()
                        .map(other -> byPlace.get(path.replaceFirst(list + "\\[\\]", other)))
                        .allMatch(readers::equals);
    }

    private static String table(String title, Map<String, List<String>> rows) {
        StringBuilder table = new StringBuilder("| " + title + " | read by |\n|---|---|\n");
        rows.forEach((what, readers) -> table.append("| ")
                .append(what)
                .append(" | ")
                .append(readers.stream().map(PodFieldsPageTest::link).collect(Collectors.joining(", ")))
                .append(" |\n"));
        return table.toString();
    }

    private static String link(String reader) {
        return reader.equals(FieldReadings.GATE) ? "Bulkhead itself" : "[" + reader + "](rules/" + reader + ".md)";
    }
}
