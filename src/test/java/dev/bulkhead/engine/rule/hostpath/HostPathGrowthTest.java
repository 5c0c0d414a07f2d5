package dev.bulkhead.engine.rule.hostpath;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How far paths are followed grows with the bytes of the pod, whatever its volumes and mounts are like. */
class HostPathGrowthTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The fewest bytes that a step stands for; a path is read in at most four ways by each of its mounts. */
    private static final double MOST_STEPS_PER_BYTE = 1;

    private interface Shape {
        /** Puts some {@code size} volumes and mounts, or a path of that length, into the pod. */
        void grow(ArrayNode volumes, ArrayNode mounts, int size);
    }

    private static void volume(ArrayNode volumes, String name, String path) {
        volumes.addObject().put("name", name).putObject("hostPath").put("path", path);
    }

    private static void mount(ArrayNode mounts, String name, String subPath) {
        mounts.addObject().put("name", name).put("mountPath", "/x").put("subPath", subPath);
    }

    static Stream<Arguments> shapes() {
        return Stream.of(
                shape("many volumes", (volumes, mounts, size) -> {
                    for (int i = 0; i < size; i++) {
                        volume(volumes, "v" + i, "/srv/" + i);
                    }
                }),
                shape("many mounts of one", (volumes, mounts, size) -> {
                    volume(volumes, "v", "/srv");
                    for (int i = 0; i < size; i++) {
                        mount(mounts, "v", "x" + i);
                    }
                }),
                shape("long paths mounted often", (volumes, mounts, size) -> {
                    for (int i = 0; i < size / 64 + 1; i++) {
                        volume(volumes, "v" + i, "/a".repeat(2_000));
                        for (int j = 0; j < 64; j++) {
                            mount(mounts, "v" + i, "x" + j);
                        }
                    }
                }),
                shape("ways back up, mounted often", (volumes, mounts, size) -> {
                    for (int i = 0; i < size / 16 + 1; i++) {
                        volume(volumes, "v" + i, "/a/..".repeat(32));
                        for (int j = 0; j < 16; j++) {
                            mount(mounts, "v" + i, "x" + j);
                        }
                    }
                }),
                shape("paths of Windows, mounted often", (volumes, mounts, size) -> {
                    for (int i = 0; i < size / 64 + 1; i++) {
                        volume(volumes, "v" + i, "C:" + "\\a".repeat(60));
                        for (int j = 0; j < 64; j++) {
                            mount(mounts, "v" + i, "x" + j);
                        }
                    }
                }),
                shape("one endless path", (volumes, mounts, size) -> {
                    volume(volumes, "v", "/a/..".repeat(size * 20));
                    for (int j = 0; j < 64; j++) {
                        mount(mounts, "v", "x" + j);
                    }
                }),
                shape("mounts of volumes that are not there", (volumes, mounts, size) -> {
                    volume(volumes, "v", "/srv");
                    for (int i = 0; i < size; i++) {
                        mount(mounts, "w" + i, "x");
                    }
                }));
    }

    private static Arguments shape(String name, Shape shape) {
        return Arguments.of(name, shape);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void growsNoFasterThanTheBytes(String name, Shape shape) {
        for (Rule rule : new Rule[] {
            RuleRegistry.named("runtimeSocket").orElseThrow(),
            RuleRegistry.named("hostDevices").orElseThrow(),
            RuleRegistry.named("writableHostPath").orElseThrow()
        }) {
            double small = stepsPerByte(rule, shape, 100);
            double large = stepsPerByte(rule, shape, 800);
            assertThat(large).as(rule.id()).isLessThan(1.3 * small + 0.01).isLessThan(MOST_STEPS_PER_BYTE);
        }
    }

    private static double stepsPerByte(Rule rule, Shape shape, int size) {
        ObjectNode pod = JSON.createObjectNode();
        ObjectNode spec = pod.putObject("spec");
        shape.grow(
                spec.putArray("volumes"),
                spec.putArray("containers").addObject().put("name", "a").putArray("volumeMounts"),
                size);
        WorkMeter work = WorkMeter.unlimited();
        RuleContext context = new RuleContext(
                RuleSettings.DEFAULT,
                ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                Optional.of("driftwood"),
                false,
                false,
                work);
        rule.revisions().get(0).check().run(Pod.in(Field.root(pod)), context, finding -> {});
        return (double) work.steps() / pod.toString().length();
    }
}
