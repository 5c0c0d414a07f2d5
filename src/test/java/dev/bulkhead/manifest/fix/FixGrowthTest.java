package dev.bulkhead.manifest.fix;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.management.ThreadMXBean;
import dev.bulkhead.engine.edit.Operation;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Writing edits into a file of twice the size takes twice the work, by what it allocates. */
class FixGrowthTest {
    private static final String ITEM = """
            - apiVersion: v1
              kind: Pod
              metadata: {name: p}
              spec:
                containers:
                - name: a
                  # a comment
                  image: a
            """;

    @Test
    void items() {
        assertGrowsLinearly(n -> "apiVersion: v1\nkind: List\nitems:\n" + ITEM.repeat(n));
    }

    @Test
    void itemsOnOneLine() {
        assertGrowsLinearly(n -> "{\"kind\":\"List\",\"items\":["
                + "{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"a\"}]}},".repeat(n - 1)
                + "{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"a\"}]}}]}");
    }

    @Test
    void itemsThatRepeatAnAnchor() {
        assertGrowsLinearly(n -> "kind: List\nx: &x {a: 🙂}\nitems:\n"
                + ITEM.replace("image: a", "env: *x").repeat(n));
    }

    private static void assertGrowsLinearly(IntFunction<String> text) {
        cost(text.apply(100), 100);
        long some = cost(text.apply(500), 500);
        long twice = cost(text.apply(1000), 1000);
        assertThat(twice).isLessThan(some * 5 / 2);
    }

    private static long cost(String text, int count) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String pod = "/items/" + i + "/spec";
            changes.add(new Change(
                    0,
                    List.of(
                            new Operation.Add(pod + "/hostUsers", BooleanNode.FALSE),
                            new Operation.Add(
                                    pod + "/containers/0/securityContext",
                                    JsonNodeFactory.instance.objectNode().put("runAsNonRoot", true)))));
        }
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();
        Edited edited = ManifestText.of(text.getBytes(StandardCharsets.UTF_8))
                .orElseThrow()
                .edit(changes);
        String diff = UnifiedDiff.of("m.yaml", SplicedText.of(text).with(edited.splices()));
        long cost = thread.getCurrentThreadAllocatedBytes() - before;
        assertThat(edited.refused()).isEmpty();
        assertThat(edited.splices()).hasSize(2 * count);
        assertThat(diff).isNotEmpty();
        return cost;
    }
}
