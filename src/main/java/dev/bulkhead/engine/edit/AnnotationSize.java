package dev.bulkhead.engine.edit;

import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The size of a pod's annotations: the API server rejects an object whose annotations together are too large. */
public final class AnnotationSize {
    /** {@code TotalAnnotationSizeLimitB} of apimachinery: all keys and values, in bytes of UTF-8. */
    public static final long LIMIT = 256 * 1024;

    private AnnotationSize() {}

    /** Whether the API server accepts the pod's annotations together with those that the edits add. */
    public static boolean fits(Pod pod, List<Edit.Addition> edits) {
        Field annotations = pod.metadata().get("annotations");
        String pointer = annotations.pointer();
        long size = 0;
        for (Field annotation : annotations.members()) {
            size += bytes(annotation.name()) + bytes(annotation.node().asText());
        }
        for (Edit.Addition edit : edits) {
            if (edit.place()
                    .parent()
                    .filter(parent -> parent.name().equals(annotations.name())
                            && parent.pointer().equals(pointer))
                    .isPresent()) {
                size += edit instanceof Edit.Extend extend
                        ? bytes(extend.more())
                        : bytes(edit.place().name()) + bytes(edit.value().asText());
            }
        }
        return size <= LIMIT;
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
