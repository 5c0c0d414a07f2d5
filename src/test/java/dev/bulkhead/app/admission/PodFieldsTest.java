package dev.bulkhead.app.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.admission.json.ReviewReader;
import dev.bulkhead.schema.FieldListing;
import dev.bulkhead.schema.MaximalPod;
import dev.bulkhead.schema.PodSchema;
import dev.bulkhead.schema.PodSchema.Place;
import dev.bulkhead.schema.RecordingObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing in a pod goes unread without a reason. */
class PodFieldsTest {
    private static final PodSchema SCHEMA = PodSchema.load();
    private static final FieldListing LISTING = FieldListing.load();
    private static final FieldReadings READINGS = FieldReadings.all();
    private static final Set<String> READ = READINGS.paths();

    @Test
    void everyFieldIsReadOrListedWithAReason() {
        assertThat(SCHEMA.places().stream()
                        .filter(place -> !READ.contains(place.path()))
                        .filter(place -> LISTING.entryFor(place).isEmpty())
                        .map(PodFieldsTest::told))
                .as(
                        "fields of a pod in Kubernetes %s that nothing reads: let a rule read them, or say in %s why not",
                        SCHEMA.version(), FieldListing.FILE)
                .isEmpty();
    }

    @Test
    void everyListedFieldIsReadByNoRule() {
        SoftAssertions softly = new SoftAssertions();
        for (String entry : LISTING.entries()) {
            List<Place> covered = SCHEMA.places().stream()
                    .filter(place -> FieldListing.covers(entry, place))
                    .toList();
            softly.assertThat(covered)
                    .as("%s in %s is no field of a pod in Kubernetes %s", entry, FieldListing.FILE, SCHEMA.version())
                    .isNotEmpty();
            softly.assertThat(covered.stream().map(Place::path).filter(READ::contains))
                    .as("%s is read: take it out of %s", entry, FieldListing.FILE)
                    .isEmpty();
        }
        softly.assertThat(LISTING.entries()).doesNotHaveDuplicates();
        softly.assertAll();
    }

    @Test
    void everyGroupOfTheListHasAReason() {
        assertThat(LISTING.harmless()).allSatisfy(group -> {
            assertThat(group.reason()).as(group.title()).isNotEmpty();
            assertThat(group.instead()).as(group.title()).isEmpty();
        });
        assertThat(LISTING.uncovered()).allSatisfy(group -> {
            assertThat(group.reason()).as(group.title()).isNotEmpty();
            assertThat(group.instead()).as(group.title()).isNotEmpty();
        });
    }

    /** A misspelt name in a rule would be read of every pod, and never be there. */
    @Test
    void rulesReadOnlyFieldsThatExist() {
        Set<String> known = new TreeSet<>(List.of("metadata", "spec"));
        SCHEMA.places().forEach(place -> known.add(place.path()));

        assertThat(READ.stream().map(PodFieldsTest::withoutKey).filter(path -> !known.contains(path)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"object", "oldObject"})
    void theReaderSkipsNoFieldThatIsRead(String member) throws IOException {
        for (String kind : List.of("Pod", "Deployment")) {
            ObjectNode review = FieldReadings.review(kind, "UPDATE");
            ObjectNode pod = MaximalPod.of(SCHEMA, true, "a", 1);
            review.withObject("/request").set(member, FieldReadings.object(kind, pod));

            JsonNode read = ReviewReader.read(review.toString().getBytes(StandardCharsets.UTF_8));

            Set<String> kept = new TreeSet<>();
            JsonNode keptPod = read.at("/request/" + member + (kind.equals("Pod") ? "" : "/spec/template"));
            visit(RecordingObject.of(keptPod, SCHEMA, kept::add));
            assertThat(kept)
                    .as(kind)
                    .containsAll(READ.stream().map(PodFieldsTest::withoutKey).toList());
        }
    }

    private static void visit(JsonNode node) {
        node.properties().forEach(member -> visit(member.getValue()));
        if (node.isArray()) {
            node.forEach(PodFieldsTest::visit);
        }
    }

    private static String withoutKey(String path) {
        return path.contains("{}") ? path.substring(0, path.indexOf("{}") + 2) : path;
    }

    private static String told(Place place) {
        return place.path() + " (" + place.field().id() + ": " + place.field().summary() + ")";
    }
}
