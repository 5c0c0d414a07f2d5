package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.rule.Finding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ScratchVolumesPropertyTest {
    private static final String SCRATCH = "bulkhead-scratch-";

    private record Box(String list, List<String> mounts, String readOnly) {}

    @Property(tries = 400)
    void resultIsValidAndStable(
            @ForAll("boxes") List<Box> boxes,
            @ForAll("wanted") List<String> wanted,
            @ForAll("names") List<String> names) {
        Trial before = Trial.of(new ReadOnlyRootFilesystem(), pod(boxes, names))
                .annotated(ScratchVolumes.ANNOTATION, String.join(",", wanted));
        Trial after = before.hardened();

        assertContains(after.document(), before.document());
        assertThat(after.findings()).noneMatch(Finding::unset);
        Set<String> volumes = new HashSet<>();
        after.spec()
                .path("volumes")
                .forEach(volume ->
                        assertThat(volumes.add(volume.get("name").textValue())).isTrue());
        Set<String> mounted = new HashSet<>();
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            for (JsonNode container : after.spec().path(list)) {
                check(container, list, volumes, mounted);
            }
        }
        assertThat(before.hardened().document()).isEqualTo(after.document());
    }

    private static void check(JsonNode container, String list, Set<String> volumes, Set<String> mounted) {
        List<Path> others = new ArrayList<>();
        Set<String> scratch = new HashSet<>();
        for (JsonNode mount : container.path("volumeMounts")) {
            String name = mount.get("name").textValue();
            String path = mount.get("mountPath").textValue();
            if (name.startsWith(SCRATCH) && mount.size() == 2) {
                assertThat(list).isNotEqualTo("ephemeralContainers");
                assertThat(volumes).contains(name);
                assertThat(path).startsWith("/").doesNotContain(":", "..", "//").hasSizeGreaterThan(1);
                assertThat(scratch.add(path)).isTrue();
                assertThat(mounted.add(name)).as("%s is shared", name).isTrue();
            } else {
                others.add(Path.of("/").resolve(path).normalize());
            }
        }
        for (String path : scratch) {
            for (Path other : others) {
                assertThat(other.getNameCount() > 0 && Path.of(path).startsWith(other))
                        .as("%s below %s", path, other)
                        .isFalse();
            }
        }
    }

    /** Nothing removed or changed; lists only longer at their ends. */
    private static void assertContains(JsonNode after, JsonNode before) {
        if (before.isObject()) {
            for (Map.Entry<String, JsonNode> member : before.properties()) {
                assertContains(after.path(member.getKey()), member.getValue());
            }
        } else if (before.isArray()) {
            for (int i = 0; i < before.size(); i++) {
                assertContains(after.path(i), before.get(i));
            }
        } else {
            assertThat(after).isEqualTo(before);
        }
    }

    private static ObjectNode pod(List<Box> boxes, List<String> names) {
        ObjectNode document = new ObjectMapper().createObjectNode();
        document.putObject("metadata").put("name", "web").put("unknown", 1);
        ObjectNode spec = document.putObject("spec");
        for (String name : new HashSet<>(names)) {
            spec.withArrayProperty("volumes").addObject().put("name", name).putObject("emptyDir");
        }
        int n = 0;
        for (Box box : boxes) {
            ObjectNode container =
                    spec.withArrayProperty(box.list()).addObject().put("name", "c" + n++);
            if (!box.readOnly().isEmpty()) {
                container
                        .putObject("securityContext")
                        .put("readOnlyRootFilesystem", box.readOnly().equals("true"));
            }
            ArrayNode mounts = container.withArrayProperty("volumeMounts");
            for (String mount : new HashSet<>(box.mounts())) {
                mounts.addObject().put("name", "data").put("mountPath", mount).put("readOnly", true);
            }
        }
        return document;
    }

    @Provide
    Arbitrary<List<Box>> boxes() {
        return Combinators.combine(
                        Arbitraries.of("initContainers", "containers", "ephemeralContainers"),
                        Arbitraries.of(
                                        "/",
                                        "/tmp",
                                        "/tmp/",
                                        "tmp",
                                        "/var",
                                        "/var/cache/",
                                        "/run//x",
                                        "/var/../run",
                                        "/data",
                                        "/tmpfs")
                                .list()
                                .ofMaxSize(4),
                        Arbitraries.of("", "", "true", "false"))
                .as(Box::new)
                .list()
                .ofMaxSize(5);
    }

    @Provide
    Arbitrary<List<String>> wanted() {
        return Arbitraries.of(
                        "/tmp",
                        "/tmp/",
                        "/var/cache/nginx",
                        "/run",
                        "/run/x",
                        "run",
                        "/a:b",
                        "/..",
                        "",
                        " /run ",
                        "/data/x/",
                        "/proc")
                .list()
                .ofMaxSize(6);
    }

    @Provide
    Arbitrary<List<String>> names() {
        return Arbitraries.of("data", SCRATCH + "0", SCRATCH + "1", SCRATCH + "3")
                .list()
                .ofMaxSize(4);
    }
}
