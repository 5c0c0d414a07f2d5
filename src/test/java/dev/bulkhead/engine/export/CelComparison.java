package dev.bulkhead.engine.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Evaluates requests by the engine and by the exported policies, and collects where they differ. */
final class CelComparison {
    private final PolicySet policies;
    private final List<CelPolicy> exported;
    private final Set<String> inexpressible;
    private final List<String> differences = new ArrayList<>();

    private CelComparison(PolicySet policies, SecondLayer layer) {
        this.policies = policies;
        this.exported = layer.policies().stream().map(CelPolicy::new).toList();
        this.inexpressible = layer.limits().stream()
                .filter(SecondLayer.Limit::missing)
                .map(SecondLayer.Limit::about)
                .collect(Collectors.toSet());
    }

    static CelComparison of(PolicySet policies) {
        return new CelComparison(
                policies, SecondLayerExport.of(policies, Evaluations.CLUSTER, Evaluations.NOW, Set.of("kube-system")));
    }

    /** Where they differed. */
    List<String> differences() {
        return differences;
    }

    /** Compares what they say of the creation of an object. */
    void compare(String what, ObjectNode object, Namespace namespace, String user) {
        // As the API server does before it evaluates policies; the engine does it to templates.
        Workload workload = WorkloadKinds.builtIn().find(object).orElseThrow();
        Verdict verdict =
                evaluation().asStored(workload, namespace, Optional.of(user)).verdict();
        compare(what, verdict, Request.creating(object, namespace, user, Evaluations.NOW));
    }

    private WorkloadEvaluation evaluation() {
        return new WorkloadEvaluation(policies, Evaluations.CLUSTER, Evaluations.NOW);
    }

    private void compare(String what, Verdict verdict, Request request) {
        Map<Effect, Set<String>> found = violations(request);
        boolean pod = request.object().path("kind").asText().equals("Pod");
        Set<String> denied = rules(verdict, Action.DENY, pod);
        expect(what + ", denied", denied, found.getOrDefault(Effect.DENY, Set.of()));
        // What is denied or filled in may be warned about besides by a milder policy.
        Set<String> hardened = rules(verdict, Action.HARDEN, pod);
        for (Effect effect : List.of(Effect.WARN, Effect.AUDIT)) {
            Set<String> rest = new TreeSet<>(found.getOrDefault(effect, Set.of()));
            Set<String> expected = rules(verdict, effect == Effect.WARN ? Action.WARN : Action.AUDIT, pod);
            rest.removeIf(rule -> !expected.contains(rule) && (denied.contains(rule) || hardened.contains(rule)));
            expect(what + ", " + effect.label(), expected, rest);
        }
    }

    private void expect(String what, Set<String> expected, Set<String> actual) {
        if (!expected.equals(actual)) {
            differences.add(what + ": the engine says " + expected + ", CEL " + actual);
        }
    }

    private Map<Effect, Set<String>> violations(Request request) {
        Map<Effect, Set<String>> found = new EnumMap<>(Effect.class);
        for (CelPolicy policy : exported) {
            Effect effect = Effect.valueOf(policy.policy().effect().toUpperCase(Locale.ROOT));
            policy.violations(request)
                    .forEach(text -> found.computeIfAbsent(effect, any -> new TreeSet<>())
                            .add(text.substring(0, text.indexOf(": "))));
        }
        return found;
    }

    /** The rules with that action that CEL can say. A template is not denied for what hardening cannot fill in; its pods are. */
    private Set<String> rules(Verdict verdict, Action action, boolean pod) {
        return verdict.leadingTo(action).stream()
                .filter(one -> !inexpressible.contains(one.finding().rule().id()))
                .filter(one -> pod || one.notHardenedReason().isEmpty())
                .map(one -> one.finding().rule().id())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
