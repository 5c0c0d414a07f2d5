package dev.bulkhead.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The fixtures of all rules, as pods and as Deployments: the exported policies agree with the engine about them. */
class FixturesInCelTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

    private static final List<String> PROFILES = List.of(
            "baseline",
            "baseline@v1.18",
            "baseline@v1.30",
            "restricted",
            "restricted@v1.18",
            "restricted@v1.22",
            "restricted@v1.24",
            "restricted@v1.34",
            "least-privilege",
            "sandboxed");

    @TestFactory
    Stream<DynamicTest> everyProfileIsEvaluatedAlike() {
        return PROFILES.stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    PolicySet policies = PolicySet.of(Profile.parse(name).orElseThrow());
                    CelComparison comparison = CelComparison.of(policies);
                    for (Path file : fixtures()) {
                        ObjectNode pod = (ObjectNode) Yaml.file(file);
                        comparison.compare(file.toString(), pod, Namespace.named("default"), "jane");
                        comparison.compare(
                                file + " in a Deployment", deployment(pod), Namespace.named("default"), "jane");
                    }
                    assertThat(comparison.differences()).isEmpty();
                }));
    }

    static List<Path> fixtures() throws IOException {
        try (Stream<Path> files = Files.walk(FIXTURES)) {
            return files.filter(file -> file.endsWith("pod.yaml")).sorted().toList();
        }
    }

    static ObjectNode deployment(JsonNode pod) {
        ObjectNode deployment = JsonNodeFactory.instance.objectNode();
        deployment.put("apiVersion", "apps/v1").put("kind", "Deployment");
        deployment.putObject("metadata").put("name", "web");
        ObjectNode template = deployment.putObject("spec").putObject("template");
        Optional.ofNullable(pod.get("metadata")).ifPresent(metadata -> template.set("metadata", metadata.deepCopy()));
        template.set("spec", pod.get("spec").deepCopy());
        return deployment;
    }
}
