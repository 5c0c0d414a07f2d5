package dev.bulkhead.engine.export;

import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck.Clause;
import dev.bulkhead.engine.cel.CelCheck.Subject;
import dev.bulkhead.engine.policy.Exemption;
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

    private static final String IN = "f.affects";

    private final String name;
    private final Effect effect;
    private final Requirement requirement;
    private final Fillings fillings;
    private final Map<String, Exemption> exemptions;
    private final boolean affected;

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
        this.affected = exemptions.values().stream()
                .anyMatch(exemption -> !exemption.match().containers().isEmpty());
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
                    parts.add(onHostUsers("[{\n    'of': dyn('pod'),\n    'values': dyn(" + values(clause) + ")"
                                    + in(clause.member().map(this::inheriting).orElse(ALL), hasIn(clause)) + "\n  }]")
                            + "\n  .filter(f, f.values.size() > 0)");
                case VOLUME ->
                    parts.add(
                            "p.volumes.map(v, {\n    'of': dyn('volume \"' + v.name + '\"'),\n    'name': dyn(v.name),\n"
                                    + "    'values': dyn(" + values(clause)
                                    + ")\n  })\n  .filter(f, f.values.size() > 0)\n"
                                    + "  .map(f, {'of': f.of, 'values': f.values"
                                    + in(
                                            "p.containers\n      .filter(c, c.?volumeMounts.orValue([]).exists(m, m.name == f.name))"
                                                    + ".map(c, c.name)",
                                            true)
                                    + "\n  })");
                case ANNOTATION ->
                    parts.add("p.annotations.map(k, {\n    'of': dyn('annotation \"' + k + '\"'),\n"
                            + "    'state': dyn(p.annotations[k]),\n    'values': dyn(" + values(clause) + ")"
                            + in(affectedByAnnotation(), hasIn(clause)) + "\n  })\n  .filter(f, f.values.size() > 0)");
            }
        }
        return "variables.pods.map(p, " + String.join("\n  + ", parts) + ")";
    }

    private static final String ALL = "p.containers.map(c, c.name)";

    private boolean hasIn(Clause clause) {
        return affected || clause.member().isPresent();
    }

    private static String in(String containers, boolean wanted) {
        return wanted ? ",\n    'affects': dyn(" + containers + ")" : "";
    }

    /** The containers that set no value of their own; in a template none of them, where hardening gives them one. */
    private String inheriting(String member) {
        String own = member.equals("seLinuxOptions")
                ? "['user', 'role', 'type', 'level']"
                        + ".exists(o, c.?securityContext.?seLinuxOptions[?o].orValue('') != '')"
                : "c.?securityContext.?" + member + ".hasValue()";
        String inheriting = "p.containers.filter(c, !" + own + ").map(c, c.name)";
        boolean filled = clauses().stream()
                .anyMatch(clause ->
                        clause.subject() == Subject.CONTAINER && clause.unset().isPresent());
        return filled
                ? fillings.condition(requirement.rule().id())
                        .map(filling -> "p.template" + (filling.isEmpty() ? "" : " && (" + filling + ")") + " ? [] : "
                                + inheriting)
                        .orElse(inheriting)
                : inheriting;
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
            return fillings.condition(requirement.rule().id())
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
        // Hardening gives a pod no user namespace where that would hide what is denied.
        String filled = (effect == Effect.DENY ? Optional.<String>empty() : fillings.condition("userNamespace"))
                .map(filling -> " && !(p.template && !p.spec.?hostUsers.hasValue()"
                        + (filling.isEmpty() ? "" : " && (" + filling + ")") + ")")
                .orElse("");
        return "(p.spec.?hostUsers.orValue(true)" + filled + " ? " + list + " : [])";
    }

    /** Whether value {@code v} of finding {@code f} was there before an update. */
    private static String before(String variable, String more) {
        return "variables." + variable + ".size() > 1\n      && variables." + variable
                + "[1].exists(o, o.of == f.of && v in o.values" + more + ")";
    }

    private String leftInContainers() {
        String before = before(name, "");
        StringBuilder text =
                new StringBuilder("variables." + name + "[0]\n  .filter(f, f.values.exists(v, !(" + before + ")))");
        exemptions.forEach((inForce, exemption) -> {
            Set<String> allowed = allowed(exemption);
            String containers = exemption.match().containers().isEmpty()
                    ? ""
                    : " && f.of in " + Cel.set(exemption.match().containers());
            text.append("\n  .filter(f, !(variables.").append(inForce).append(containers);
            if (!allowed.contains(Exemption.ANY)) {
                text.append("\n    && (f.values.all(v, v in ")
                        .append(Cel.set(allowed))
                        .append(" || ")
                        .append(before)
                        .append(")");
                inheritedUnset(allowed)
                        .ifPresent(more -> text.append("\n      || ").append(more));
                text.append(")");
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
        boolean annotations = clauses().stream().anyMatch(clause -> clause.subject() == Subject.ANNOTATION);
        boolean in = clauses().stream()
                .filter(clause -> clause.subject() != Subject.CONTAINER)
                .anyMatch(clause -> hasIn(clause) || clause.subject() == Subject.VOLUME);
        String before = before(
                ofPod(),
                (in ? " && f.?affects.orValue([]).all(n, n in o.?affects.orValue([]))" : "")
                        + (annotations ? " && o.?state == f.?state" : ""));
        String left = "[variables." + ofPod() + "[0].filter(f, f.values.exists(v, !(" + before + ")))]";
        StringBuilder text = new StringBuilder(left);
        exemptions.forEach((inForce, exemption) -> {
            Set<String> allowed = allowed(exemption);
            List<String> covered = new ArrayList<>();
            if (!allowed.contains(Exemption.ANY)) {
                covered.add("f.values.all(v, v in " + Cel.set(allowed) + " || " + before + ")");
            }
            if (!exemption.match().containers().isEmpty()) {
                covered.add(IN + ".all(n, n in " + Cel.set(exemption.match().containers()) + ")");
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

    private Set<String> allowed(Exemption exemption) {
        return exemption.allow().getOrDefault(requirement.rule().id(), Set.of());
    }

    /** What the policies fill in. */
    interface Fillings {
        /**
         * When a policy fills in what is unset for the rule of that id: the empty text if always.
         *
         * @return empty if never
         */
        Optional<String> condition(String ruleId);
    }
}
