package dev.bulkhead.manifest.fix;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.evaluation.RandomPods;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds of fixed files, however these are written. */
class FixPropertiesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEXT = "#!/bin/sh\n# no comment\nif true; then\n  echo \"a\tb\" 🙂\nfi\n";

    @Property(tries = 300)
    void yaml(@ForAll long seed, @ForAll @IntRange(max = 12) int changes) {
        Random random = new Random(seed);
        String text = RandomYaml.file(random, objects(random, changes), false);
        if (Fixing.report(bytes(text)).problems().isEmpty()) {
            assertThat(Fixing.assertSound(text).refused()).as(text).isEmpty();
            Fixing.assertSoundUnsafeToo(text);
        }
    }

    @Property(tries = 300)
    void yamlWithAnchors(@ForAll long seed, @ForAll @IntRange(max = 12) int changes) {
        Random random = new Random(seed);
        String text = RandomYaml.file(random, objects(random, changes), true);
        if (Fixing.report(bytes(text)).problems().isEmpty()) {
            Fixing.assertSound(text);
            Fixing.assertSoundUnsafeToo(text);
        }
    }

    @Property(tries = 300)
    void json(@ForAll long seed, @ForAll @IntRange(max = 12) int changes) throws IOException {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (ObjectNode object : objects(random, changes)) {
            String pretty = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(object);
            text.append(
                    switch (random.nextInt(4)) {
                        case 0 -> object.toString();
                        case 1 -> pretty;
                        case 2 -> pretty.replaceAll("(?m)\\G {2}", "\t");
                        default -> pretty.replace(" : ", ": ").replace("\n", "\r\n");
                    });
            text.append(random.nextBoolean() ? "\n" : "");
        }
        if (Fixing.report(bytes(text.toString())).problems().isEmpty()) {
            FixedFile file = Fixing.assertSound(text.toString());
            assertThat(file.refused()).isEmpty();
            JSON.readTree(file.text().text());
            Fixing.assertSoundUnsafeToo(text.toString());
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<ObjectNode> objects(Random random, int changes) {
        List<ObjectNode> objects = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            ObjectNode pod = pod(random, changes);
            objects.add(
                    switch (random.nextInt(4)) {
                        case 0 -> pod;
                        case 1 -> list(List.of(pod, pod(random, changes)));
                        default -> deployment(pod);
                    });
        }
        return objects;
    }

    private static ObjectNode pod(Random random, int changes) {
        ObjectNode pod = RandomPods.pod(random.nextLong(), changes);
        ArrayNode containers = (ArrayNode) pod.at("/spec/containers");
        ObjectNode first = (ObjectNode) containers.get(0);
        if (random.nextBoolean()) {
            first.putArray("args").add("-c").add(TEXT).add("x: y # z");
        }
        if (random.nextBoolean()) {
            first.putObject("resources")
                    .putObject("limits")
                    .put("memory", "64Mi")
                    .put("cpu", "1");
        }
        if (random.nextInt(3) == 0) {
            containers.add(first.deepCopy().put("name", "copy"));
        }
        if (random.nextInt(4) == 0) {
            first.putNull("securityContext");
        }
        if (random.nextInt(4) == 0) {
            first.putArray("volumeMounts");
        }
        if (random.nextInt(4) == 0) {
            ((ObjectNode) pod.get("spec")).putObject("securityContext");
        }
        if (random.nextInt(3) == 0) {
            ((ObjectNode) pod.get("metadata"))
                    .putObject("annotations")
                    .put("cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes", "data")
                    .put("note", TEXT);
        }
        if (random.nextInt(3) == 0) {
            ((ObjectNode) pod.get("spec")).put("restartPolicy", "Always");
        }
        return pod;
    }

    private static ObjectNode deployment(ObjectNode pod) {
        ObjectNode deployment = JsonNodeFactory.instance.objectNode();
        deployment.put("apiVersion", "apps/v1").put("kind", "Deployment");
        deployment.putObject("metadata").put("name", "web").putObject("labels").put("app", "web");
        ObjectNode spec = deployment.putObject("spec");
        spec.putObject("selector").putObject("matchLabels").put("app", "web");
        ObjectNode template = spec.putObject("template");
        ObjectNode metadata = pod.get("metadata").deepCopy();
        metadata.remove("name");
        metadata.putObject("labels").put("app", "web");
        template.set("metadata", metadata);
        template.set("spec", pod.get("spec"));
        return deployment;
    }

    private static ObjectNode list(List<ObjectNode> items) {
        ObjectNode list = JsonNodeFactory.instance.objectNode();
        list.put("apiVersion", "v1").put("kind", "List");
        list.putArray("items").addAll(items);
        return list;
    }
}
