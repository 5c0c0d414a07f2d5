package dev.bulkhead.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Golden;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.PodSecurityLevel;
import dev.bulkhead.engine.rule.PodSecurityVersion;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each rule's fixtures, {@code fixtures/RULE/CASE/pod.yaml}: a minimal valid pod with one field changed. What the
 * profiles say of it stands beside it in {@code verdict.yaml}, and what hardening makes of it in {@code patched.yaml}.
 */
class FixturesTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
    private static final Set<String> FILES = Set.of("pod.yaml", "verdict.yaml", "patched.yaml");

    @Test
    void everyRuleHasFixturesOfBothSides() throws IOException {
        for (Rule rule : RuleRegistry.ALL) {
            Set<String> sides = list(FIXTURES.resolve(rule.id())).stream()
                    .map(name -> name.substring(0, name.indexOf('-')))
                    .collect(Collectors.toSet());
            assertThat(sides).as(rule.id()).contains("pass", "fail");
        }
    }

    @Test
    void everyFixtureHasARuleAndNoStrayFiles() throws IOException {
        assertThat(RuleRegistry.ALL.stream().map(Rule::id)).containsAll(list(FIXTURES));
        for (String rule : list(FIXTURES)) {
            for (String fixture : list(FIXTURES.resolve(rule))) {
                assertThat(FILES).containsAll(list(FIXTURES.resolve(rule).resolve(fixture)));
            }
        }
    }

    @Test
    void everyRevisionHasFixturesOfBothSides() throws IOException {
        for (Rule rule : RuleRegistry.ALL) {
            List<String> cases = list(FIXTURES.resolve(rule.id()));
            rule.revisions().stream()
                    .skip(1)
                    .forEach(revision -> assertThat(cases)
                            .as("%s has a case that changes at 1.%d", rule.id(), revision.since())
                            .anyMatch(name -> name.startsWith("changes-at-1." + revision.since())));
        }
    }

    @TestFactory
    Stream<DynamicTest> fixturesAreEvaluatedAsTheirNamesSay() throws IOException {
        return cases(pod -> {
            Rule rule = RuleRegistry.named(pod.getName(pod.getNameCount() - 3).toString())
                    .orElseThrow();
            String name = pod.getName(pod.getNameCount() - 2).toString();
            if (name.startsWith("pass-")) {
                assertThat(RuleRegistry.ALL).contains(rule);
                assertThat(foundBy(rule, pod, PodSecurityVersion.LATEST)).isFalse();
            } else if (name.startsWith("fail-")) {
                assertThat(foundBy(rule, pod, PodSecurityVersion.LATEST)).isTrue();
            } else {
                int minor = Integer.parseInt(name.replaceFirst("changes-at-1\\.([0-9]+)-.*", "$1"));
                assertThat(foundBy(rule, pod, PodSecurityVersion.of(minor)))
                        .isNotEqualTo(foundBy(rule, pod, PodSecurityVersion.of(minor - 1)));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> verdictsAreAsRecorded() throws IOException {
        return cases(pod -> {
            Path folder = pod.resolveSibling("verdict.yaml");
            Golden.file(folder, verdict(pod));
            Verdict verdict = evaluate(Yaml.file(pod), Profile.SANDBOXED);
            Path patched = pod.resolveSibling("patched.yaml");
            if (!verdict.edits().isEmpty()) {
                Golden.file(patched, Yaml.write(verdict.patch().applyTo(Yaml.file(pod))));
            } else {
                assertThat(patched).doesNotExist();
            }
        });
    }

    private interface Case {
        void test(Path pod) throws IOException;
    }

    private static Stream<DynamicTest> cases(Case test) throws IOException {
        try (Stream<Path> files = Files.walk(FIXTURES)) {
            List<Path> pods =
                    files.filter(file -> file.endsWith("pod.yaml")).sorted().toList();
            assertThat(pods).isNotEmpty();
            return pods.stream()
                    .map(pod -> DynamicTest.dynamicTest(
                            FIXTURES.relativize(pod.getParent()).toString(), () -> test.test(pod)));
        }
    }

    private static boolean foundBy(Rule rule, Path pod, PodSecurityVersion version) {
        Policy only = new Policy(
                "only",
                Policy.Match.EVERYTHING,
                rule.level().isPresent()
                        ? new Profile(
                                rule.level().get() == PodSecurityLevel.BASELINE
                                        ? Profile.Kind.BASELINE
                                        : Profile.Kind.RESTRICTED,
                                version)
                        : Profile.SANDBOXED,
                Mode.ENFORCE,
                Policy.NamespaceLabels.IGNORE,
                Map.of(),
                Policy.PolicySettings.NONE);
        return evaluate(Yaml.file(pod), new PolicySet(List.of(only), List.of())).findings().stream()
                .anyMatch(evaluated -> evaluated.finding().rule() == rule);
    }

    /** What each profile says, in a form that people read in a review. */
    private static String verdict(Path pod) {
        JsonNode object = Yaml.file(pod);
        StringBuilder text = new StringBuilder();
        for (Profile.Kind level : List.of(Profile.Kind.BASELINE, Profile.Kind.RESTRICTED)) {
            text.append(level.label()).append(":\n");
            String last = "";
            Set<Integer> minors = new TreeSet<>(List.of(0));
            RuleRegistry.ALL.forEach(rule -> rule.revisions().forEach(revision -> minors.add(revision.since())));
            for (int minor : minors) {
                Verdict verdict = evaluate(object, new Profile(level, PodSecurityVersion.of(minor)));
                String said = verdict.podSecuritySentences(dev.bulkhead.engine.rule.Action.DENY).stream()
                        .map(sentence -> sentence.substring(sentence.indexOf(": ") + 2))
                        .findFirst()
                        .orElse("allowed");
                if (!said.equals(last)) {
                    text.append("  v1.")
                            .append(minor)
                            .append(": ")
                            .append(Yaml.quote(said))
                            .append('\n');
                }
                last = said;
            }
        }
        for (Profile profile : List.of(Profile.LEAST_PRIVILEGE, Profile.SANDBOXED)) {
            Verdict verdict = evaluate(object, profile);
            text.append(profile).append(":\n");
            text.append("  verdict: ").append(verdict.outcome().label()).append('\n');
            if (verdict.findings().isEmpty()) {
                continue;
            }
            text.append("  findings:\n");
            for (EvaluatedFinding evaluated : verdict.findings()) {
                text.append("  - rule: ")
                        .append(evaluated.finding().rule().id())
                        .append('\n');
                text.append("    action: ").append(evaluated.action().label()).append('\n');
                text.append("    path: ")
                        .append(Yaml.quote(evaluated.finding().place().pointer()))
                        .append('\n');
                text.append("    value: ")
                        .append(Yaml.quote(evaluated.finding().value()))
                        .append('\n');
                text.append("    message: ")
                        .append(Yaml.quote(evaluated.finding().message()))
                        .append('\n');
                text.append("    fix: ")
                        .append(Yaml.quote(evaluated.finding().remedy().text()))
                        .append('\n');
                evaluated
                        .notHardenedReason()
                        .ifPresent(notHardenedReason -> text.append("    notHardenedReason: ")
                                .append(Yaml.quote(notHardenedReason))
                                .append('\n'));
            }
        }
        return text.toString();
    }

    private static Verdict evaluate(JsonNode object, Profile profile) {
        return evaluate(object, PolicySet.of(profile));
    }

    private static Verdict evaluate(JsonNode object, PolicySet policies) {
        Workload workload = WorkloadKinds.builtIn().find(object).orElseThrow();
        return new WorkloadEvaluation(policies, Evaluations.CLUSTER, Evaluations.NOW)
                .asItArrives(workload, Namespace.named("default"), Optional.empty())
                .verdict();
    }

    private static List<String> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
