package dev.bulkhead.engine.cel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What hardening adds for a rule, as CEL says it. Expressions read {@code p}, the pod, and {@code c}, the container that a
 * finding is about.
 *
 * @param fillable whether something is added for a finding
 * @param addition what is added: to the container's security context, or to the spec for findings about the pod
 * @param onPod what is added to the pod's security context instead, where that is for all findings and nothing excuses one
 * @param missing why CEL cannot say it; then nothing is added
 * @param limits where it differs from the rule's hardening, each a sentence without its end
 */
public record CelFilling(
        String fillable, Addition addition, Optional<OnPod> onPod, Optional<String> missing, List<String> limits) {
    private static final Addition NOTHING = new Addition("''", "false");

    public CelFilling {
        limits = List.copyOf(limits);
    }

    /**
     * A value at a place that holds none, or at the end of a list.
     *
     * @param path the pointer below the security context or the spec, a text in CEL
     * @param value what is put there, in CEL
     */
    public record Addition(String path, String value) {}

    /**
     * An addition to the pod's security context.
     *
     * @param possible whether the pod takes it, in CEL
     */
    public record OnPod(String possible, Addition addition) {}

    /** Where CEL cannot say it: why. */
    public static CelFilling inexpressible(String reason) {
        return new CelFilling("false", NOTHING, Optional.empty(), Optional.of(reason), List.of());
    }

    /** Where the condition holds, the addition. */
    public static CelFilling where(String fillable, Addition addition) {
        return new CelFilling(fillable, addition, Optional.empty(), Optional.empty(), List.of());
    }

    /** A member of that name with that value in CEL. */
    public static Addition member(String name, String value) {
        return new Addition(Cel.text("/" + name), value);
    }

    /** The same, which prefers the pod's security context. */
    public CelFilling orOnPod(String possible, Addition other) {
        return new CelFilling(fillable, addition, Optional.of(new OnPod(possible, other)), missing, limits);
    }

    /** The same, which differs so from the rule's hardening. */
    public CelFilling but(String limit) {
        List<String> more = new ArrayList<>(limits);
        more.add(limit);
        return new CelFilling(fillable, addition, onPod, missing, more);
    }
}
