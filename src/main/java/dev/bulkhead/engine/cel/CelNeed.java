package dev.bulkhead.engine.cel;

import java.util.ArrayList;
import java.util.List;

/**
 * When a pod that is being created may lack something that a rule fills in, or need a note about it, in CEL. It may hold of a
 * pod that lacks nothing, never the other way round. Expressions never fail; they read {@code s}, the pod's spec, and
 * {@code c}, a container, of a pod that is not for Windows.
 *
 * @param ofPod conditions of which one suffices
 * @param ofContainers the same about each container
 */
public record CelNeed(List<String> ofPod, List<String> ofContainers) {
    /** Nothing is filled in, and there is nothing to note. */
    public static final CelNeed NOTHING = new CelNeed(List.of(), List.of());

    public CelNeed {
        ofPod = List.copyOf(ofPod);
        ofContainers = List.copyOf(ofContainers);
    }

    public static CelNeed ofPod(String condition) {
        return NOTHING.orOfPod(condition);
    }

    public static CelNeed ofContainers(String condition) {
        return NOTHING.orOfContainers(condition);
    }

    public CelNeed orOfPod(String condition) {
        return new CelNeed(with(ofPod, condition), ofContainers);
    }

    public CelNeed orOfContainers(String condition) {
        return new CelNeed(ofPod, with(ofContainers, condition));
    }

    private static List<String> with(List<String> some, String one) {
        List<String> more = new ArrayList<>(some);
        more.add(one);
        return more;
    }
}
