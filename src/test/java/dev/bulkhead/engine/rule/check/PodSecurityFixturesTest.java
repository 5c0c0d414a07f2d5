package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Golden;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.PodSecurityVersion;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PodSecurityFixturesTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

    @TestFactory
    Stream<DynamicTest> fixturesAreTheMinimalPodWithOneChange() {
        return PodSecurityCases.all().entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey(),
                        () -> Golden.file(
                                FIXTURES.resolve(entry.getKey()).resolve("pod.yaml"), Yaml.write(entry.getValue()))));
    }

    @Test
    void everyFixtureIsACase() throws IOException {
        for (Rule rule : RuleRegistry.ALL) {
            if (rule.level().isPresent()) {
                try (Stream<Path> folders = Files.list(FIXTURES.resolve(rule.id()))) {
                    assertThat(folders.map(folder -> rule.id() + "/" + folder.getFileName()))
                            .isSubsetOf(PodSecurityCases.all().keySet());
                }
            }
        }
    }

    @Test
    void everyCheckOfContainersIsTriedInEveryKindOfContainer() {
        Set<String> ofThePodOnly = Set.of("hostNamespaces", "hostPathVolumes", "restrictedVolumes", "sysctls");
        Set<String> cases = PodSecurityCases.all().keySet();
        for (Rule rule : RuleRegistry.ALL) {
            if (rule.level().isPresent() && !ofThePodOnly.contains(rule.id())) {
                for (String kind : List.of("init", "sidecar", "regular", "ephemeral")) {
                    assertThat(cases)
                            .anyMatch(name -> name.startsWith(rule.id() + "/")
                                    && !name.contains("/pass-")
                                    && name.endsWith("-" + kind));
                }
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> everyVersionFindsWhatTheNameSays() {
        return PodSecurityCases.all().entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey(), () -> assertNamedRightly(entry.getKey(), entry.getValue())));
    }

    private static void assertNamedRightly(String key, ObjectNode pod) {
        Rule rule = RuleRegistry.named(key.substring(0, key.indexOf('/'))).orElseThrow();
        String name = key.substring(key.indexOf('/') + 1);
        int first = rule.revisions().get(0).since();
        List<Integer> found = IntStream.rangeClosed(first, ClusterCapabilities.NEWEST_MINOR)
                .filter(minor -> finds(rule, pod, minor))
                .boxed()
                .toList();
        if (name.startsWith("pass-")) {
            assertThat(found).isEmpty();
        } else if (name.startsWith("fail-")) {
            assertThat(found).hasSize(ClusterCapabilities.NEWEST_MINOR - first + 1);
        } else {
            int change = Integer.parseInt(name.replaceFirst("changes-at-1\\.([0-9]+)-.*", "$1"));
            boolean before = found.contains(change - 1);
            assertThat(found)
                    .isEqualTo(IntStream.rangeClosed(first, ClusterCapabilities.NEWEST_MINOR)
                            .filter(minor -> (minor < change) == before)
                            .boxed()
                            .toList());
        }
    }

    private static boolean finds(Rule rule, ObjectNode pod, int minor) {
        List<Finding> findings = new ArrayList<>();
        RuleContext context =
                new RuleContext(RuleSettings.DEFAULT, ClusterCapabilities.offline(minor), Optional.empty());
        rule.revisionAt(PodSecurityVersion.of(minor))
                .ifPresent(revision -> revision.check().run(Pod.in(Field.root(pod)), context, findings::add));
        return !findings.isEmpty();
    }
}
