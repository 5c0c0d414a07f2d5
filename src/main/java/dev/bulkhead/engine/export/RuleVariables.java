package dev.bulkhead.engine.export;

import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.cel.CelCheck.Clause;
import dev.bulkhead.engine.cel.CelCheck.Subject;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.rule.VersionedCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The variables of one requirement: what the rule finds, in containers and in the pod, for each state of the pod; and what
 * of it nothing excuses. Each finding is a map of what it is about ({@code of}), its values, and where that matters the
 * containers that it affects.
 */
final class RuleVariables {
    /** The annotations for one container, whose name ends their key. */
    private static final List<String> CONTAINER_ANNOTATIONS = List.of(
            "container.seccomp.security.alpha.kubernetes.io/", "container.apparmor.security.beta.kubernetes.io/");

    private final String name;
    private final Effect effect;
    private final Requirement requirement;
    private final Fillings fillings;
    private final Map<String, Exemption> exemptions;

    /**
     * Prepares the variables.
     *
     * @param name of what the rule finds
     * @param exemptions those that allow values of the rule, by the variables that say whether they are in force
     */
    RuleVariables(
            String name, Effect effect, Requirement requirement, Fillings fillings, Map<String, Exemption> exemptions) {
        this.effect = effect;
        this.name = name;
        this.requirement = requirement;
        this.fillings = fillings;
        this.exemptions = exemptions;
    }

    List<Variable> variables() {
        List<Variable> variables = new ArrayList<>();
        List<String> left = new ArrayList<>();
        if (hasContainers()) {
            variables.add(new Variable(name, inContainers()));
            left.add(leftInContainers());
        }
        if (hasOthers()) {
            variables.add(new Variable(ofPod(), inPod()));
            left.add(leftInPod());
        }
        variables.add(new Variable(left(), String.join("\n+ ", left)));
        return variables;
    }

    private String left() {
        return "left_" + name;
    }

    private String ofPod() {
        return hasContainers() ? name + "_of_pod" : name;
    }

    /** A list of text: what to report, or nothing. */
    String violation() {
        String found = "variables." + left();
        String guard = requirement.guard().isEmpty()
                ? ""
                : Conditions.inParentheses(requirement.guard()).replace("\n", " ") + " && ";
        return "(" + guard + found + ".size() > 0\n  ? ["
                + Cel.text(requirement.rule().id() + ": ") + " + " + found + ".join(', ')\n    + "
                + Cel.text(": " + requirement.check().fix()) + "]\n  : [])";
    }

    private boolean hasContainers() {
        return clauses().stream().anyMatch(clause -> clause.subject() == Subject.CONTAINER);
    }

    private boolean hasOthers() {
        return clauses().stream().anyMatch(clause -> clause.subject() != Subject.CONTAINER);
    }

    private List<Clause> clauses() {
        return requirement.check().clauses().stream()
                .filter(clause ->
                        clause.unset().map(requirement.values()::contains).orElse(true))
                .toList();
    }

    private String inContainers() {
        String values = clauses().stream()
                .filter(clause -> clause.subject() == Subject.CONTAINER)
                .map(this::values)
                .collect(Collectors.joining("\n      + "));
        return "variables.pods.map(p, " + onHostUsers("p.containers")
                + "\n  .map(c, {\n    'of': dyn(c.name),\n    'values': dyn(" + values
                + ")\n  })\n  .filter(f, f.values.size() > 0))";
    }

    private String inPod() {
        List<String> parts = new ArrayList<>();
        for (Clause clause : clauses()) {
            switch (clause.subject()) {
                case CONTAINER -> {
                    // They have a variable of their own.
                }
                case POD ->
                    parts.add(onHostUsers("["
                                    + finding(
                                            "'pod'",
                                            clause,
                                            clause.member()
                                                    .map(this::inheriting)
                                                    .orElse(ALL),
                                            clause.member().isPresent())
                                    + "]")
                            + "\n  .filter(f, f.values.size() > 0)");
                case VOLUME ->
                    parts.add("p.volumes.filter(v, " + values(clause) + ".size() > 0)\n  .map(v, "
                            + finding(
                                    "'volume \"' + v.name + '\"'",
                                    clause,
                                    "p.containers.filter(c,\n      c.?volumeMounts.orValue([]).exists(m, m.name == v.name)).map(c, c.name)",
                                    true)
                            + ")");
                case ANNOTATION ->
                    parts.add("p.annotations.map(k, "
                            + finding("'annotation \"' + k + '\"'", clause, affectedByAnnotation(), false)
                            + ")\n  .filter(f, f.values.size() > 0)");
            }
        }
        return "variables.pods.map(p, " + String.join("\n  + ", parts) + ")";
    }

    /**
     * A finding about the pod.
     *
     * @param affected the containers that it affects
     * @param avoidable whether an added container need not be affected
     */
    private String finding(String of, Clause clause, String affected, boolean avoidable) {
        StringBuilder text =
                new StringBuilder("{\n    'of': dyn(" + of + "),\n    'values': dyn(" + values(clause) + ")");
        if (affects()) {
            text.append(",\n    'affects': dyn(")
                    .append(affected)
                    .append("),\n    'avoidable': dyn(")
                    .append(avoidable)
                    .append(")");
        }
        if (hasAnnotations()) {
            text.append(",\n    'state': dyn(")
                    .append(clause.subject() == Subject.ANNOTATION ? "p.annotations[k]" : "''")
                    .append(")");
        }
        return text + "\n  }";
    }

    private static final String ALL = "p.containers.map(c, c.name)";

    /** The containers that set no value of their own; in a template only those that hardening gives none. */
    private String inheriting(String member) {
        String own = member.equals("seLinuxOptions")
                ? "['user', 'role', 'type', 'level']"
                        + ".exists(o, c.?securityContext.?seLinuxOptions[?o].orValue('') != '')"
                : "c.?securityContext.?" + member + ".hasValue()";
        String inheriting = "p.containers.filter(c, !" + own + ").map(c, c.name)";
        Optional<String> unset = clauses().stream()
                .filter(clause -> clause.subject() == Subject.CONTAINER)
                .flatMap(clause -> clause.unset().stream())
                .findFirst();
        return unset.flatMap(value -> filling(requirement.rule().id())
                        .map(filling -> "p.template" + (filling.isEmpty() ? "" : " && (" + filling + ")") + "\n      ? "
                                + excusedFromFilling(own, value) + "\n      : " + inheriting))
                .orElse(inheriting);
    }

    /** The containers that hardening gives no value because an exemption covers that they have none. */
    private String excusedFromFilling(String own, String unset) {
        List<String> excused = new ArrayList<>();
        exemptions.forEach((inForce, exemption) -> {
            if (allowed(exemption).contains(unset) || allowed(exemption).contains(Exemption.ANY)) {
                excused.add("variables." + inForce
                        + (exemption.match().containers().isEmpty()
                                ? ""
                                : " && c.name in " + Cel.set(exemption.match().containers())));
            }
        });
        return excused.isEmpty()
                ? "[]"
                : "p.containers.filter(c, !" + own + " && (" + String.join(" || ", excused) + ")).map(c, c.name)";
    }

    private static String affectedByAnnotation() {
        return CONTAINER_ANNOTATIONS.stream()
                .map(prefix ->
                        "k.startsWith(" + Cel.text(prefix) + ") ? [k.substring(" + prefix.length() + ")]\n      : ")
                .collect(Collectors.joining("", "", ALL));
    }

    /** The values of a clause that count. In a template nothing counts as unset that hardening fills in its pods. */
    private String values(Clause clause) {
        String values = SharedVariables.indented(requirement.values().of(clause.values()), 6);
        if (clause.unset().isPresent()) {
            return filling(clause)
                    .map(filling -> "(p.template" + (filling.isEmpty() ? "" : " && (" + filling + ")") + " ? [] : "
                            + values + ")")
                    .orElse(values);
        }
        return values;
    }

    /** The list, empty for a pod with a user namespace if the check passes over such pods. */
    private String onHostUsers(String list) {
        if (!requirement.revision().hostUsersOnly()) {
            return list;
        }
        return "(p.spec.?hostUsers.orValue(true) ? " + list + " : [])";
    }

    /** The findings of that variable; what denies does so only for values that were not there before an update. */
    private String added(String variable, boolean affects, boolean state) {
        String all = "variables." + variable + "[0]";
        if (effect != Effect.DENY) {
            return all;
        }
        String before = "variables." + variable + "[1].exists(o, o.of == f.of && v in o.values"
                + (affects ? "\n        && (!f.avoidable || f.affects.all(n, n in o.affects))" : "")
                + (state ? "\n        && o.state == f.state" : "") + ")";
        return "(variables." + variable + ".size() == 1 ? " + all + " : " + all
                + "\n    .map(f, {'of': f.of, 'values': dyn(f.values.filter(v,\n      !" + before + "))"
                + (affects ? ", 'affects': f.affects" : "")
                + "})\n    .filter(f, f.values.size() > 0))";
    }

    private String leftInContainers() {
        StringBuilder text = new StringBuilder(added(name, false, false));
        exemptions.forEach((inForce, exemption) -> {
            Set<String> allowed = allowed(exemption);
            text.append("\n  .filter(f, !(variables.").append(inForce);
            if (!exemption.match().containers().isEmpty()) {
                text.append(" && f.of in ").append(Cel.set(exemption.match().containers()));
            }
            if (!allowed.contains(Exemption.ANY)) {
                String all = "f.values.all(v, v in " + Cel.set(allowed) + ")";
                text.append("\n    && ")
                        .append(inheritedUnset(allowed)
                                .map(more -> "(" + all + "\n      || " + more + ")")
                                .orElse(all));
            }
            text.append("))");
        });
        return text + "\n  .map(f, 'container \"' + f.of + '\" (' + f.values.join(', ') + ')')";
    }

    /** A container that only inherits an excused value of the pod is excused from having one of its own. */
    private Optional<String> inheritedUnset(Set<String> allowed) {
        Optional<String> unset = clauses().stream()
                .filter(clause -> clause.subject() == Subject.CONTAINER)
                .flatMap(clause -> clause.unset().stream())
                .findFirst();
        boolean inherits = clauses().stream().anyMatch(clause -> clause.member().isPresent());
        return unset.filter(value -> inherits && !allowed.contains(value))
                .map(value -> "f.values.all(v, v == " + Cel.text(value) + " || v in " + Cel.set(allowed)
                        + ")\n        && variables."
                        + ofPod() + "[0].size() > 0 && variables." + ofPod() + "[0].all(g, g.values.all(v, v in "
                        + Cel.set(allowed)
                        + "))");
    }

    private String leftInPod() {
        StringBuilder text = new StringBuilder("[" + added(ofPod(), affects(), hasAnnotations()) + "]");
        exemptions.forEach((inForce, exemption) -> {
            Set<String> allowed = allowed(exemption);
            List<String> covered = new ArrayList<>();
            if (!allowed.contains(Exemption.ANY)) {
                covered.add("f.values.all(v, v in " + Cel.set(allowed) + ")");
            }
            if (!exemption.match().containers().isEmpty()) {
                covered.add("f.affects.all(n, n in " + Cel.set(exemption.match().containers()) + ")");
            }
            text.append("\n  .map(l, variables.").append(inForce);
            if (!covered.isEmpty()) {
                text.append("\n    && l.all(f, ")
                        .append(String.join("\n      && ", covered))
                        .append(")");
            }
            text.append("\n    ? [] : l)");
        });
        return text + "[0]\n  .map(f, f.of + ' (' + f.values.join(', ') + ')')";
    }

    private boolean hasAnnotations() {
        return clauses().stream().anyMatch(clause -> clause.subject() == Subject.ANNOTATION);
    }

    /** Whether the findings of the pod say which containers they affect: for exemptions, and because a container counts as added. */
    private boolean affects() {
        return exemptions.values().stream()
                        .anyMatch(exemption -> !exemption.match().containers().isEmpty())
                || clauses().stream()
                        .anyMatch(clause -> clause.member().isPresent() || clause.subject() == Subject.VOLUME);
    }

    private Set<String> allowed(Exemption exemption) {
        return exemption.allow().getOrDefault(requirement.rule().id(), Set.of());
    }

    /** What the policies fill in. */
    interface Fillings {
        /** Who fills in what is unset for the rule of that id. */
        List<Filling> of(String ruleId);
    }

    /**
     * A revision that policies fill in by.
     *
     * @param guard when, on the variables; empty if always
     * @param revision what it finds unset is filled in
     */
    record Filling(String guard, VersionedCheck revision, CelCheck check) {}

    /** When the rule's unset fields are filled in, whatever they are; empty if never. */
    private Optional<String> filling(String ruleId) {
        List<Filling> all = fillings.of(ruleId);
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        Conditions.or(all.stream().map(Filling::guard).toList()).replace("\n", " "));
    }

    /** When what the clause finds is filled in: another revision may find less. */
    private Optional<String> filling(Clause clause) {
        List<String> conditions = new ArrayList<>();
        for (Filling filling : fillings.of(requirement.rule().id())) {
            List<String> all = new ArrayList<>(List.of(filling.guard().replace("\n", " ")));
            if (filling.revision().since() != requirement.revision().since()) {
                if (filling.revision().hostUsersOnly()) {
                    all.add("p.spec.?hostUsers.orValue(true)");
                }
                filling.check().clauses().stream()
                        .filter(other -> other.subject() == clause.subject()
                                && other.unset().isPresent()
                                && !other.values().equals(clause.values()))
                        .forEach(other -> all.add(other.values() + ".size() > 0"));
            }
            conditions.add(Conditions.and(all));
        }
        return conditions.isEmpty() ? Optional.empty() : Optional.of(Conditions.or(conditions));
    }
}
