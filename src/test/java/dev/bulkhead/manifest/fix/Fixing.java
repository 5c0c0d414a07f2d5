package dev.bulkhead.manifest.fix;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.WellKnownKinds;
import dev.bulkhead.engine.workload.WorkloadKinds;
import dev.bulkhead.manifest.Document;
import dev.bulkhead.manifest.DocumentReader;
import dev.bulkhead.manifest.ReadResult;
import dev.bulkhead.manifest.check.ManifestCheck;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Fixes texts as {@code bulkhead fix} does without options, and says what must hold of every fixed text. */
final class Fixing {
    private Fixing() {}

    static Report report(byte[] content) {
        return new ManifestCheck(
                        WellKnownKinds.besides(WorkloadKinds.builtIn()),
                        PolicySet.of(Profile.LEAST_PRIVILEGE),
                        ClusterCapabilities.offline(36),
                        Instant.EPOCH,
                        "default",
                        Namespace::named,
                        WorkMeter.unlimited())
                .run("m.yaml", content, new DocumentReader(), Integer.MAX_VALUE, "least-privilege");
    }

    static FixedFile fix(String text) {
        return fix(text, false);
    }

    static FixedFile fix(String text, boolean unsafeToo) {
        return new FileFix(Fixing::report, unsafeToo, false).fix(text.getBytes(StandardCharsets.UTF_8));
    }

    static String fixed(String text) {
        return fix(text).text().text();
    }

    static List<ObjectNode> objects(String text) {
        List<ObjectNode> objects = new ArrayList<>();
        for (ReadResult result : new DocumentReader().read("m.yaml", text.getBytes(StandardCharsets.UTF_8))) {
            assertThat(result).as(text).isInstanceOf(Document.class);
            objects.add(((Document) result).root());
        }
        return objects;
    }

    /** What holds of every text that can be read. */
    static FixedFile assertSound(String text) {
        FixedFile file = fix(text);
        String fixed = file.text().text();
        String both = "from\n" + text + "\nto\n" + fixed;

        assertThat(fixed(fixed)).as("fixed again, " + both).isEqualTo(fixed);
        if (file.refused().isEmpty()) {
            assertThat(file.after().workloads())
                    .as("passes check, " + both)
                    .allSatisfy(workload ->
                            assertThat(workload.patch().operations()).isEmpty());
        }
        assertSaysWhatThePatchesSay(text, file, both);
        assertThat(comments(fixed)).as("comments, " + both).isEqualTo(comments(text));
        assertThat(without(file.text()))
                .as("what was inserted taken out, " + both)
                .isEqualTo(text);
        return file;
    }

    /** What holds of every text in which what is explicitly unsafe is changed, too. */
    static FixedFile assertSoundUnsafeToo(String text) {
        FixedFile file = fix(text, true);
        String fixed = file.text().text();
        String both = "from\n" + text + "\nto\n" + fixed;

        assertThat(objects(fixed)).as(both).hasSameSizeAs(objects(text));
        assertThat(file.after().problems()).as(both).isEmpty();
        assertThat(fix(fixed, true).text().text()).as("fixed again, " + both).isEqualTo(fixed);
        if (file.refused().isEmpty()) {
            assertThat(file.after().workloads()).as(both).allSatisfy(workload -> {
                assertThat(workload.patch().operations()).isEmpty();
                assertThat(workload.leadingTo(Action.DENY))
                        .allSatisfy(finding -> assertThat(finding.edits()).isEmpty());
            });
        }
        return file;
    }

    private static void assertSaysWhatThePatchesSay(String text, FixedFile file, String both) {
        List<ObjectNode> objects = objects(text);
        List<JsonNode> meant = new ArrayList<>(objects);
        Report now = file.before();
        // What is filled in may let another rule fill in more.
        for (int pass = 0; pass < 5; pass++) {
            for (ReportedWorkload workload : now.workloads()) {
                int document = workload.location().orElseThrow().document();
                meant.set(document, workload.patch().applyTo(meant.get(document)));
            }
            StringBuilder json = new StringBuilder();
            meant.forEach(object -> json.append(object).append('\n'));
            now = report(json.toString().getBytes(StandardCharsets.UTF_8));
            if (now.workloads().stream().allMatch(workload -> workload.patch().isEmpty())) {
                break;
            }
        }
        if (file.refused().isEmpty()) {
            List<ObjectNode> fixed = objects(file.text().text());
            assertThat(fixed).hasSameSizeAs(meant);
            for (int i = 0; i < fixed.size(); i++) {
                assertThat(meant.get(i).equals(Fixing::compare, fixed.get(i)))
                        .as("means " + meant.get(i) + ", " + both)
                        .isTrue();
            }
        }
    }

    private static int compare(JsonNode one, JsonNode other) {
        return one.isNumber() && other.isNumber()
                ? one.decimalValue().compareTo(other.decimalValue())
                : one.equals(other) ? 0 : 1;
    }

    /** The fixed text where everything that was inserted is taken out, and what was deleted put back. */
    private static String without(SplicedText text) {
        StringBuilder original = new StringBuilder();
        String fixed = text.text();
        int reached = 0;
        int kept = 0;
        for (Splice splice : text.splices()) {
            String deleted = text.original().substring(splice.offset(), splice.end());
            // Only nulls and empty collections make room for what is filled in, and texts that grow.
            assertThat(deleted.strip()).matches("|~|null|Null|NULL|\\{\\s*}|\\[\\s*]|[\\w.-]*|\"[^\"]*\"|'[^']*'");
            original.append(fixed, reached, reached + splice.offset() - kept).append(deleted);
            reached += splice.offset() - kept;
            assertThat(fixed.startsWith(splice.inserted(), reached)).isTrue();
            reached += splice.inserted().length();
            kept = splice.end();
        }
        return original.append(fixed.substring(reached)).toString();
    }

    /** Comments with lines of their own, each with the line below it if that is in its column, which it is about. */
    private static List<String> comments(String text) {
        List<String> lines = text.lines().toList();
        List<String> comments = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.strip().startsWith("#")) {
                String below = i + 1 < lines.size() ? lines.get(i + 1) : "";
                boolean about = !below.isBlank() && indentation(below) == indentation(line);
                comments.add(line.stripLeading() + (about ? "\n" + below.replaceFirst("[:{\\[].*", "") : ""));
            }
        }
        return comments;
    }

    private static int indentation(String line) {
        return line.length() - line.stripLeading().length();
    }
}
