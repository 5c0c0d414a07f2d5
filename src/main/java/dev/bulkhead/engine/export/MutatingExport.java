package dev.bulkhead.engine.export;

import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.cel.CelCheck.Clause;
import dev.bulkhead.engine.cel.CelCheck.Subject;
import dev.bulkhead.engine.cel.CelFilling;
import dev.bulkhead.engine.export.SecondLayer.Limit;
import dev.bulkhead.engine.policy.EffectiveRules.EffectiveRule;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.PolicyAction;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.HardeningRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes one policy of what all policies fill in, as hardening does it: what one of them fills in satisfies the others too.
 * Every addition is computed from the pod as it came, so that none depends on another.
 */
final class MutatingExport {
    private static final String NO_CLOCK =
            "a mutating policy cannot tell the time: what an expired exemption excused is not filled in but denied, until the"
                    + " export is made again";
    private static final String NAME = "bulkhead-harden";

    private final ClusterCapabilities cluster;
    private final Map<String, Exemption> exemptions;
    private final ExcusedInCel excused;
    private final Map<HardeningRule, List<Wish>> wishes = new LinkedHashMap<>();
    private final Set<Limit> limits = new LinkedHashSet<>();

    /**
     * Prepares the policy.
     *
     * @param exemptions by the variables that say whether they are in force
     */
    MutatingExport(ClusterCapabilities cluster, Map<String, Exemption> exemptions) {
        this.cluster = cluster;
        this.exemptions = exemptions;
        this.excused = new ExcusedInCel(exemptions);
    }

    /**
     * Adds what a part of a policy fills in.
     *
     * @param matches when the policy is for the pod; empty if always
     */
    void add(String matches, PolicyPart part) {
        for (EffectiveRule effective : part.rules().rules()) {
            if (!(effective.rule() instanceof HardeningRule rule)) {
                continue;
            }
            CelCheck check = effective.revision().cel().in(part.rules().settings(), cluster);
            CelFilling filling = rule.hardenInCel(part.rules().settings());
            for (Clause clause : check.clauses()) {
                Optional<String> unset = clause.unset()
                        .filter(value -> hardens(effective.actions().get(0), value));
                if (unset.isPresent()) {
                    wishes.computeIfAbsent(rule, any -> new ArrayList<>())
                            .add(new Wish(
                                    Conditions.and(List.of(matches, part.guard())),
                                    effective.revision(),
                                    clause,
                                    check,
                                    filling));
                }
            }
        }
    }

    private static boolean hardens(PolicyAction action, String unset) {
        return !action.allow().contains(unset)
                && action.mode().limit(action.action().forValue(unset)) == Action.HARDEN;
    }

    /** The policy; empty if nothing is filled in. */
    Optional<MutatingPolicy> policy(Set<String> excluded) {
        List<HardeningRule> filled = new ArrayList<>();
        wishes.forEach((rule, ofRule) -> {
            ofRule.get(0)
                    .filling()
                    .missing()
                    .ifPresentOrElse(
                            reason -> limits.add(
                                    limit(rule.id(), "what is unset is not filled in, and is denied: " + reason)),
                            () -> filled.add(rule));
        });
        if (filled.isEmpty() || cluster.minor() < MutatingPolicy.SINCE_MINOR) {
            return Optional.empty();
        }
        if (exemptions.values().stream()
                .anyMatch(exemption ->
                        filled.stream().anyMatch(rule -> exemption.allow().containsKey(rule.id())))) {
            limits.add(limit("", NO_CLOCK));
        }
        filled.forEach(rule -> wishes.getOrDefault(rule, List.of())
                .forEach(wish -> wish.filling().limits().forEach(text -> limits.add(limit(rule.id(), text)))));
        List<Variable> variables = new ArrayList<>();
        variables.add(SharedVariables.namespaceLabels());
        variables.addAll(SharedVariables.requestedByLabels());
        variables.add(SharedVariables.podLabels());
        variables.add(SharedVariables.identities());
        exemptions.forEach((name, exemption) -> variables.add(new Variable(name, SharedVariables.isFor(exemption))));
        variables.add(pod());
        variables.add(places());
        filled.forEach(rule -> variables.addAll(variablesOf(rule)));
        variables.add(new Variable(MutatingPolicy.ADDITIONS, additions(filled)));
        return Optional.of(new MutatingPolicy(
                NAME,
                excluded,
                Used.only(variables, MutatingPolicy.ADDITIONS),
                filled.stream().map(HardeningRule::id).toList(),
                List.copyOf(limits)));
    }

    private static Limit limit(String about, String text) {
        return new Limit(about, false, text);
    }

    private static Variable pod() {
        return new Variable("pod", """
                [dyn(object)].map(o, {
                  'spec': dyn(o.spec),
                  'annotations': dyn(o.metadata.?annotations.orValue({})),
                  'containers': dyn(o.spec.?initContainers.orValue([])
                    + o.spec.?containers.orValue([])
                    + o.spec.?ephemeralContainers.orValue([])),
                  'volumes': dyn(o.spec.?volumes.orValue([])),
                  'template': dyn(false),
                  'windows': dyn(o.spec.?os.?name.orValue('') == 'windows')
                })[0]""");
    }

    /** The containers that can still be changed: {@code c}, and where each is. */
    private static Variable places() {
        String debug = "variables.pod.spec.?ephemeralContainers.orValue([])";
        String added = "lists.range(" + debug + ".size())\n    .filter(i, !dyn(oldObject).spec.?ephemeralContainers"
                + ".orValue([]).exists(o, o.name == " + debug + "[i].name))\n    " + placed("ephemeralContainers");
        String all = Stream.of("initContainers", "containers", "ephemeralContainers")
                .map(list -> "lists.range(variables.pod.spec.?" + list + ".orValue([]).size())" + placed(list))
                .collect(Collectors.joining("\n    + "));
        return new Variable("places", "request.operation == 'UPDATE'\n  ? " + added + "\n  : " + all);
    }

    private static String placed(String list) {
        return ".map(i, {'c': dyn(variables.pod.spec." + list + "[i]), 'at': dyn('/spec/" + list + "/' + string(i))})";
    }

    private List<Variable> variablesOf(HardeningRule rule) {
        List<Wish> ofRule = wishes.getOrDefault(rule, List.of());
        String id = rule.id();
        boolean inContainers = ofRule.get(0).clause().subject() == Subject.CONTAINER;
        List<Variable> variables = new ArrayList<>();
        if (!inContainers) {
            variables.add(new Variable(
                    id,
                    "request.operation != 'UPDATE' && [variables.pod].exists(p,\n  " + Wish.unset(ofRule) + "\n  && "
                            + fillable(ofRule) + "\n  && !(" + excused.inPod(rule, ofRule) + "))"));
            return variables;
        }
        variables.add(new Variable(
                "open_" + id,
                "[variables.pod].map(p, variables.places.filter(x, [x.c].exists(c,\n  " + Wish.unset(ofRule)
                        + "\n  && !(" + excused.unsetInContainer(rule, ofRule) + "))))[0]"));
        String fillable = "[variables.pod].map(p, variables.open_" + id + ".filter(x, [x.c].exists(c,\n  "
                + fillable(ofRule) + ")))[0]";
        variables.add(new Variable("fillable_" + id, fillable));
        ofRule.get(0)
                .filling()
                .onPod()
                .ifPresent(onPod -> variables.add(new Variable(
                        "pod_" + id,
                        "request.operation != 'UPDATE' && variables.open_" + id
                                + ".size() > 0\n  && variables.fillable_" + id
                                + ".size() == variables.open_" + id + ".size()\n  && [variables.pod].exists(p, "
                                + onPod.possible() + "\n  && !p.containers.exists(c, "
                                + excused.anythingInContainer(rule, ofRule)
                                + "))")));
        variables.add(new Variable(
                id,
                ofRule.get(0).filling().onPod().isPresent()
                        ? "variables.pod_" + id + " ? [] : variables.fillable_" + id
                        : "variables.fillable_" + id));
        return variables;
    }

    /** Whether hardening has no reason to leave it, whichever policy's settings count. */
    private static String fillable(List<Wish> ofRule) {
        Map<String, List<String>> guards = new LinkedHashMap<>();
        ofRule.forEach(wish -> guards.computeIfAbsent(wish.filling().fillable(), any -> new ArrayList<>())
                .add(Conditions.inParentheses(wish.guard())));
        if (guards.size() == 1) {
            return "(" + guards.keySet().iterator().next() + ")";
        }
        return guards.entrySet().stream()
                .map(entry -> "(!" + Conditions.any(entry.getValue()) + " || (" + entry.getKey() + "))")
                .collect(Collectors.joining("\n  && "));
    }

    private String additions(List<HardeningRule> filled) {
        List<String> lists = new ArrayList<>();
        List<String> onPod = new ArrayList<>();
        List<String> inContainers = new ArrayList<>();
        List<String> ofContainers = new ArrayList<>();
        for (HardeningRule rule : filled) {
            Wish wish = wishes.getOrDefault(rule, List.of()).get(0);
            String id = "variables." + rule.id();
            if (wish.clause().subject() == Subject.CONTAINER) {
                inContainers.add("x.at in " + id + ".map(y, y.at)");
                ofContainers.add("[variables.pod].map(p, " + id
                        + ".map(x, [x.c].map(c, "
                        + addition(
                                "x.at + '/securityContext' + ", wish.filling().addition())
                        + ")[0]))[0]");
                wish.filling()
                        .onPod()
                        .ifPresent(pod -> onPod.add("(variables.pod_" + rule.id() + " ? [variables.pod].map(p, "
                                + addition("'/spec/securityContext' + ", pod.addition()) + ") : [])"));
            } else {
                lists.add("(" + id + " ? [variables.pod].map(p, "
                        + addition("'/spec' + ", wish.filling().addition()) + ") : [])");
            }
        }
        if (!onPod.isEmpty()) {
            String wanted = filled.stream()
                    .filter(rule -> wishes.getOrDefault(rule, List.of())
                            .get(0)
                            .filling()
                            .onPod()
                            .isPresent())
                    .map(rule -> "variables.pod_" + rule.id())
                    .collect(Collectors.joining(" || "));
            lists.add("(!variables.pod.spec.?securityContext.hasValue() && (" + wanted
                    + ")\n  ? [{'path': dyn('/spec/securityContext'), 'value': dyn({})}] : [])");
            lists.addAll(onPod);
        }
        if (!inContainers.isEmpty()) {
            lists.add("variables.places\n  .filter(x, !x.c.?securityContext.hasValue() && ("
                    + String.join("\n    || ", inContainers)
                    + "))\n  .map(x, {'path': dyn(x.at + '/securityContext'), 'value': dyn({})})");
            lists.addAll(ofContainers);
        }
        return String.join("\n+ ", lists);
    }

    private static String addition(String below, CelFilling.Addition addition) {
        return "{'path': dyn(" + below + "(" + addition.path() + ")), 'value': dyn(" + addition.value() + ")}";
    }
}
