package dev.bulkhead.engine.export;

import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck.Subject;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.rule.HardeningRule;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What exemptions keep from being filled in. A mutating policy cannot tell the time, so that they do even when they have
 * expired.
 *
 * @param exemptions by the variables that say whether they are for the object
 */
record ExcusedInCel(Map<String, Exemption> exemptions) {
    /** Whether an exemption covers that container {@code c} has nothing set. */
    String unsetInContainer(HardeningRule rule, List<Wish> ofRule) {
        List<String> conditions = new ArrayList<>();
        exemptions.forEach((name, exemption) -> {
            Set<String> allowed = exemption.allow().getOrDefault(rule.id(), Set.of());
            for (Wish wish : ofRule) {
                String unset = wish.clause().unset().orElseThrow();
                String covered = "variables." + name + inContainers(exemption, "c.name");
                if (allowed.contains(Exemption.ANY) || allowed.contains(unset)) {
                    conditions.add(covered);
                } else if (!allowed.isEmpty()) {
                    inherited(wish, allowed, exemption).ifPresent(more -> conditions.add(covered + " && " + more));
                }
            }
        });
        return orNever(conditions);
    }

    /** Whether the pod has an excused value that its containers inherit. */
    private static Optional<String> inherited(Wish wish, Set<String> allowed, Exemption exemption) {
        return wish.check().clauses().stream()
                .filter(clause ->
                        clause.subject() == Subject.POD && clause.member().isPresent())
                .findFirst()
                .map(clause -> "[" + clause.values() + "].exists(l, l.size() > 0 && l.all(v, v in " + Cel.set(allowed)
                        + "))\n && p.containers.filter(o, !o.?securityContext.?"
                        + clause.member().orElseThrow() + ".hasValue()).all(o, true"
                        + inContainers(exemption, "o.name") + ")");
    }

    /** Whether an exemption covers anything that the rule finds in container {@code c}. */
    String anythingInContainer(HardeningRule rule, List<Wish> ofRule) {
        Set<String> values = new LinkedHashSet<>();
        ofRule.forEach(wish -> wish.check().clauses().stream()
                .filter(clause -> clause.subject() == Subject.CONTAINER)
                .forEach(clause -> values.add("(" + clause.values() + ")")));
        List<String> conditions = new ArrayList<>();
        conditions.add("(" + Wish.unset(ofRule) + " && " + unsetInContainer(rule, ofRule) + ")");
        exemptions.forEach((name, exemption) -> {
            Set<String> allowed = exemption.allow().getOrDefault(rule.id(), Set.of());
            if (!allowed.isEmpty()) {
                conditions.add("variables." + name + inContainers(exemption, "c.name") + " && ("
                        + String.join(" + ", values) + ").exists(v, "
                        + (allowed.contains(Exemption.ANY) ? "true" : "v in " + Cel.set(allowed)) + ")");
            }
        });
        return Conditions.any(conditions);
    }

    /** Whether an exemption covers that the pod has nothing set. */
    String inPod(HardeningRule rule, List<Wish> ofRule) {
        List<String> conditions = new ArrayList<>();
        exemptions.forEach((name, exemption) -> {
            Set<String> allowed = exemption.allow().getOrDefault(rule.id(), Set.of());
            if (allowed.contains(Exemption.ANY)
                    || ofRule.stream()
                            .anyMatch(wish ->
                                    allowed.contains(wish.clause().unset().orElseThrow()))) {
                conditions.add("variables." + name
                        + (exemption.match().containers().isEmpty()
                                ? ""
                                : " && p.containers.all(c, true" + inContainers(exemption, "c.name") + ")"));
            }
        });
        return orNever(conditions);
    }

    private static String inContainers(Exemption exemption, String name) {
        return exemption.match().containers().isEmpty()
                ? ""
                : " && " + name + " in " + Cel.set(exemption.match().containers());
    }

    private static String orNever(List<String> conditions) {
        return conditions.isEmpty() ? "false" : Conditions.any(conditions);
    }
}
