package dev.bulkhead.engine.rule;

import dev.bulkhead.engine.workload.Field;
import java.util.List;

/**
 * One violation of a rule by a pod, at one location.
 *
 * @param rule the rule that found it
 * @param subject what it is about
 * @param place the field that is unsafe, or that is not set
 * @param value the offending value, which is what exemptions name; never a secret
 * @param unset whether the field is merely not set, so that the safe value can be filled in
 */
public record Finding(Rule rule, Subject subject, Field place, String value, boolean unset) {
    /** The field is explicitly unsafe. */
    public static Finding unsafe(Rule rule, Subject subject, Field place, String value) {
        return new Finding(rule, subject, place, value, false);
    }

    /** The field is not set, and the default of Kubernetes is unsafe. */
    public static Finding unset(Rule rule, Subject subject, Field place, String value) {
        return new Finding(rule, subject, place, value, true);
    }

    /** The generated one costs a command more to link than to run. */
    @Override
    public int hashCode() {
        return 31 * place.hashCode() + value.hashCode();
    }

    /** What is wrong, as a sentence without its end. */
    public String message() {
        return rule.message(this);
    }

    /** How to fix it. */
    public Remedy remedy() {
        return rule.remedy(this);
    }

    /** The violation, independent of its index in a list. */
    public Violation violation() {
        return Violation.of(this);
    }

    /** Whether both are the same violation in two states of one workload, independent of list indices. */
    public boolean isSameAs(Finding other) {
        return violation().equals(other.violation());
    }

    public static List<String> values(List<Finding> findings) {
        return findings.stream().map(Finding::value).toList();
    }
}
