package dev.bulkhead.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.edit.EditScript;
import dev.bulkhead.engine.edit.Operation;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.Violation;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import dev.bulkhead.engine.workload.Pod;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every remedy's edits do away with its finding, make no new one of the same rule, and leave the rest of the object as it
 * is. The edits are applied by an independent library.
 */
class RemedyEditsTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
    private static final RuleContext CONTEXT =
            new RuleContext(RuleSettings.DEFAULT, Evaluations.CLUSTER, Optional.of("default"));

    /** Rules that have no edit for some pods, and why none can be right there. */
    private static final Map<String, String> WITHOUT_EDIT_ON_WINDOWS = Map.of(
            "allowPrivilegeEscalation",
                    "before 1.25 the check includes Windows pods, where the API server rejects the field",
            "capabilities_restricted",
                    "before 1.25 the check includes Windows pods, where the API server rejects the field",
            "seccompProfile_restricted",
                    "before 1.25 the check includes Windows pods, where the API server rejects the field",
            "sandboxRuntime", "sandboxed runtimes run no Windows pods");

    @TestFactory
    Stream<DynamicTest> editsPutEveryFindingInTheFixturesRight() throws IOException {
        try (Stream<Path> files = Files.walk(FIXTURES)) {
            List<Path> pods =
                    files.filter(file -> file.endsWith("pod.yaml")).sorted().toList();
            assertThat(pods).hasSizeGreaterThan(RuleRegistry.ALL.size());
            return pods.stream()
                    .map(pod -> DynamicTest.dynamicTest(
                            FIXTURES.relativize(pod.getParent()).toString(), () -> check(Yaml.file(pod))));
        }
    }

    @Provide
    Arbitrary<ObjectNode> pods() {
        return RandomPods.any();
    }

    @Property(tries = 1_500)
    void editsPutEveryFindingInAnyPodRight(@ForAll("pods") ObjectNode pod) {
        check(pod);
    }

    @Test
    void theFixturesShowEveryRuleAtWork() throws IOException {
        Set<String> edited = new HashSet<>();
        try (Stream<Path> files = Files.walk(FIXTURES)) {
            for (Path file : files.filter(path -> path.endsWith("pod.yaml")).toList()) {
                Pod pod = pod(Yaml.file(file));
                for (Rule rule : RuleRegistry.ALL) {
                    for (VersionedCheck check : rule.revisions()) {
                        for (Finding finding : findings(check, pod)) {
                            if (!finding.remedy().edits().in(CONTEXT).isEmpty()) {
                                edited.add(rule.id());
                            }
                        }
                    }
                }
            }
        }
        assertThat(edited)
                .containsExactlyInAnyOrderElementsOf(
                        RuleRegistry.ALL.stream().map(Rule::id).toList());
    }

    private static void check(JsonNode object) {
        Pod pod = pod(object);
        for (Rule rule : RuleRegistry.ALL) {
            for (VersionedCheck check : rule.revisions()) {
                List<Finding> findings = findings(check, pod);
                Map<Violation, Integer> before = counted(findings);
                for (Finding finding : findings) {
                    check(object, pod, check, finding, before);
                }
            }
        }
    }

    private static void check(
            JsonNode object, Pod pod, VersionedCheck check, Finding finding, Map<Violation, Integer> before) {
        String what = finding.rule().id() + " since 1." + check.since() + ": " + finding.message() + ": "
                + finding.remedy().text();
        List<Edit> edits = finding.remedy().edits().in(CONTEXT);
        if (edits.isEmpty()) {
            assertThat(pod.isWindows()).as(what).isTrue();
            assertThat(WITHOUT_EDIT_ON_WINDOWS)
                    .as(what)
                    .containsKey(finding.rule().id());
            return;
        }
        List<Operation> operations = EditScript.of(edits).operations();
        JsonNode edited = apply(operations, object);

        Map<Violation, Integer> after = counted(findings(check, pod(edited)));
        assertThat(after.getOrDefault(finding.violation(), 0))
                .as("%s: %s", what, operations)
                .isLessThan(before.getOrDefault(finding.violation(), 0));
        after.forEach((violation, count) -> assertThat(count)
                .as("%s: %s makes %s", what, operations, violation)
                .isLessThanOrEqualTo(before.getOrDefault(violation, 0)));

        TreeSet<String> broken = new TreeSet<>(ApiServerRules.brokenBy(edited));
        broken.removeAll(ApiServerRules.brokenBy(object));
        assertThat(broken).as("%s: %s", what, operations).isEmpty();

        assertSurvives(object, edited, "", touched(edits));
    }

    private static JsonNode apply(List<Operation> operations, JsonNode object) {
        var patch = com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.arrayNode();
        for (Operation operation : operations) {
            ObjectNode json = patch.addObject().put("path", operation.path());
            if (operation instanceof Operation.Add add) {
                json.put("op", "add").set("value", add.value());
            } else if (operation instanceof Operation.Replace replace) {
                json.put("op", "replace").set("value", replace.value());
            } else {
                json.put("op", "remove");
            }
        }
        return io.fabric8.zjsonpatch.JsonPatch.apply(patch, object.deepCopy());
    }

    private static Pod pod(JsonNode object) {
        return WorkloadKinds.builtIn().find(object).orElseThrow().pod();
    }

    private static List<Finding> findings(VersionedCheck check, Pod pod) {
        List<Finding> findings = new ArrayList<>();
        check.check().run(pod, CONTEXT, findings::add);
        return findings;
    }

    private static Map<Violation, Integer> counted(List<Finding> findings) {
        Map<Violation, Integer> counted = new TreeMap<>();
        findings.forEach(finding -> counted.merge(finding.violation(), 1, Integer::sum));
        return counted;
    }

    private static Set<String> touched(List<Edit> edits) {
        Set<String> touched = new HashSet<>();
        edits.forEach(edit -> touched.add(edit.place().pointer()));
        return touched;
    }

    /** Whatever no edit is for is still there, in its order. */
    private static void assertSurvives(JsonNode original, JsonNode edited, String at, Set<String> touched) {
        if (touched.contains(at) && !original.isArray()) {
            return;
        }
        if (original.isObject() && edited.isObject()) {
            original.properties().forEach(member -> {
                String pointer = at + "/" + member.getKey().replace("~", "~0").replace("/", "~1");
                if (!touched.contains(pointer) || member.getValue().isArray()) {
                    assertSurvives(member.getValue(), edited.path(member.getKey()), pointer, touched);
                }
            });
        } else if (original.isArray() && edited.isArray()) {
            int next = 0;
            for (int i = 0; i < original.size(); i++) {
                if (!touched.contains(at + "/" + i)) {
                    assertSurvives(original.get(i), edited.path(next++), at + "/" + i, touched);
                }
            }
            assertThat(edited.size() == next || touched.contains(at)).as(at).isTrue();
        } else if (!original.isNull()) {
            assertThat(edited).as(at).isEqualTo(original);
        }
    }
}
