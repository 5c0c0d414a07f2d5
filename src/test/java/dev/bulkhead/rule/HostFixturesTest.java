package dev.bulkhead.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.workload.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The example pods of the rules about the host: what fails has findings, what passes has none. */
class HostFixturesTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

    @TestFactory
    Stream<DynamicTest> judgesExamples() {
        return Stream.of(new HostDevices(), new MountPropagation(), new RuntimeSocket(), new WritableHostPath())
                .flatMap(rule -> casesOf(rule).stream()
                        .map(folder -> DynamicTest.dynamicTest(
                                rule.id() + "/" + folder.getFileName(), () -> judge(rule, folder))));
    }

    private static List<Path> casesOf(Rule rule) {
        try (Stream<Path> folders = Files.list(FIXTURES.resolve(rule.id()))) {
            List<Path> cases = folders.sorted().toList();
            assertThat(cases).anyMatch(HostFixturesTest::passes).anyMatch(folder -> !passes(folder));
            return cases;
        } catch (IOException e) {
            throw new AssertionError("no fixtures of " + rule.id(), e);
        }
    }

    private static boolean passes(Path folder) {
        String name = folder.getFileName().toString();
        assertThat(name).matches("(pass|fail)-[a-z0-9-]+");
        return name.startsWith("pass-");
    }

    private static void judge(Rule rule, Path folder) throws IOException {
        Pod pod = HostPods.yaml(Files.readString(folder.resolve("pod.yaml")));
        assertThat(HostPods.findings(rule, pod).isEmpty()).as(folder.toString()).isEqualTo(passes(folder));
    }
}
