package dev.bulkhead.engine.cel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A check as CEL says it: the same findings as the check beside it, but for what its limits name.
 *
 * @param fix how to fix what it finds, in a sentence without its end
 * @param clauses what it looks for; none if CEL cannot say it
 * @param limits where it differs from the check beside it, each a sentence without its end
 * @param needsHostPaths whether a clause reads {@code p.hostPaths}
 */
public record CelCheck(String fix, List<Clause> clauses, List<String> limits, boolean needsHostPaths) {
    public CelCheck {
        clauses = List.copyOf(clauses);
        limits = List.copyOf(limits);
    }

    /** What a clause is about, and the variable that stands for it. */
    public enum Subject {
        /** {@code c}, a container of {@code p}. */
        CONTAINER,
        /** {@code v}, a volume of {@code p}. */
        VOLUME,
        /** {@code p} itself. */
        POD,
        /** {@code k}, the key of an annotation; its value is {@code p.annotations[k]}. */
        ANNOTATION
    }

    /**
     * Findings of one kind.
     *
     * @param values a list of text: the value of each finding about the subject; reads {@code p}, which has {@code spec},
     *     {@code annotations}, {@code containers}, {@code volumes}, {@code template} and {@code windows}
     * @param unset the value of findings about a field that is merely not set; empty if the field is explicitly unsafe
     * @param member the member of the pod's security context that containers inherit and may override
     */
    public record Clause(Subject subject, String values, Optional<String> unset, Optional<String> member) {}

    /** Where CEL cannot say it: why. */
    public static CelCheck inexpressible(String reason) {
        return new CelCheck("", List.of(), List.of(reason), false);
    }

    /** A check with that advice, which looks for nothing yet. */
    public static CelCheck fix(String fix) {
        return new CelCheck(fix, List.of(), List.of(), false);
    }

    public CelCheck containers(String values) {
        return with(new Clause(Subject.CONTAINER, values, Optional.empty(), Optional.empty()));
    }

    /** Containers that do not set a field: where the condition holds, with that value. */
    public CelCheck unsetInContainers(String condition, String value) {
        return with(new Clause(Subject.CONTAINER, Cel.when(condition, value), Optional.of(value), Optional.empty()));
    }

    public CelCheck volumes(String values) {
        return with(new Clause(Subject.VOLUME, values, Optional.empty(), Optional.empty()));
    }

    public CelCheck pod(String values) {
        return with(new Clause(Subject.POD, values, Optional.empty(), Optional.empty()));
    }

    /** A pod that does not set a field: where the condition holds, with that value. */
    public CelCheck unsetInPod(String condition, String value) {
        return with(new Clause(Subject.POD, Cel.when(condition, value), Optional.of(value), Optional.empty()));
    }

    /** A value of the pod's security context that reaches the containers without a value of their own. */
    public CelCheck inherited(String member, String values) {
        return with(new Clause(Subject.POD, values, Optional.empty(), Optional.of(member)));
    }

    public CelCheck annotations(String values) {
        return with(new Clause(Subject.ANNOTATION, values, Optional.empty(), Optional.empty()));
    }

    /** The same values of the containers and of the pod; {@code $} stands for the holder of their security context. */
    public CelCheck securityContexts(Optional<String> member, String values) {
        String ofPod = values.replace("$", "p.spec");
        CelCheck both = containers(values.replace("$", "c"));
        return member.map(name -> both.inherited(name, ofPod)).orElseGet(() -> both.pod(ofPod));
    }

    /** The same, which differs so from the check beside it. */
    public CelCheck but(String limit) {
        List<String> more = new ArrayList<>(limits);
        more.add(limit);
        return new CelCheck(fix, clauses, more, needsHostPaths);
    }

    /** The same, whose clauses read {@code p.hostPaths}. */
    public CelCheck readingHostPaths() {
        return new CelCheck(fix, clauses, limits, true);
    }

    private CelCheck with(Clause clause) {
        List<Clause> more = new ArrayList<>(clauses);
        more.add(clause);
        return new CelCheck(fix, more, limits, needsHostPaths);
    }
}
