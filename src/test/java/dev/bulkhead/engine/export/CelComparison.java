package dev.bulkhead.engine.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.evaluation.EvaluatedWorkload;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.evaluation.WorkloadUpdate;
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
    /** In a template these are warned about although its pods will have a user namespace, or a sandbox. */
    private static final Set<String> RELAXED =
            Set.of("procMount", "procMount_restricted", "runAsNonRoot", "runAsUser", "userNamespace");

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
        Request request = Request.creating(defaulted(object), namespace, user, Evaluations.NOW);
        Verdict verdict = evaluation()
                .asStored(workload(object.deepCopy()), namespace, Optional.of(user))
                .verdict();
        compare(what, verdict, request, namespace, Set.of(), Set.of());
    }

    /** Compares what they say of an update. */
    void compare(String what, ObjectNode before, ObjectNode after, Namespace namespace, String user) {
        Request request = Request.updating(defaulted(before), defaulted(after), namespace, user, Evaluations.NOW);
        WorkloadUpdate update = WorkloadUpdate.of(workload(before.deepCopy()), workload(after.deepCopy()));
        Verdict verdict = evaluation()
                .asUpdate(update, namespace, Optional.of(user))
                .map(EvaluatedWorkload::verdict)
                .orElse(Verdict.PASSED);
        Verdict verdictBefore = evaluation()
                .asStored(workload(before.deepCopy()), namespace, Optional.of(user))
                .verdict();
        Set<String> unsetBefore = verdictBefore.leadingTo(Action.DENY).stream()
                .filter(one -> one.finding().unset())
                .map(one -> one.finding().rule().id())
                .collect(Collectors.toSet());
        compare(
                what,
                verdict,
                request,
                namespace,
                unsetBefore,
                StricterInCel.onWindowsNow(verdictBefore, before, after));
    }

    private static Workload workload(ObjectNode object) {
        return WorkloadKinds.builtIn().find(object).orElseThrow();
    }

    /** The object with the default source of volumes, as it arrives at the policies. */
    private static ObjectNode defaulted(ObjectNode object) {
        ObjectNode defaulted = object.deepCopy();
        for (JsonNode volume : workload(defaulted).pod().spec().get("volumes").node()) {
            if (volume instanceof ObjectNode source
                    && source.size() == 1
                    && !workload(defaulted).isPod()) {
                source.putObject("emptyDir");
            }
        }
        return defaulted;
    }

    private WorkloadEvaluation evaluation() {
        return new WorkloadEvaluation(policies, Evaluations.CLUSTER, Evaluations.NOW);
    }

    private void compare(
            String what,
            Verdict verdict,
            Request request,
            Namespace namespace,
            Set<String> unsetBefore,
            Set<String> stricterInUpdate) {
        Map<Effect, Set<String>> found = violations(request, namespace);
        boolean pod = request.object().path("kind").asText().equals("Pod");
        Set<String> denied = rules(verdict, Action.DENY, pod);
        Set<String> deniedInCel = new TreeSet<>(found.getOrDefault(Effect.DENY, Set.of()));
        Set<String> stricter = StricterInCel.about(verdict, !pod);
        deniedInCel.removeIf(
                rule -> !denied.contains(rule) && (stricter.contains(rule) || stricterInUpdate.contains(rule)));
        if (!pod) {
            // What was unset before and is explicitly unsafe now counts as new only to the engine.
            denied.removeIf(rule -> unsetBefore.contains(rule) && !deniedInCel.contains(rule));
        }
        expect(what + ", denied", denied, deniedInCel);
        if (request.request().path("operation").asText().equals("UPDATE") && !changesContainers(request)) {
            // The API server's warnings come only with what may change a pod's containers.
            return;
        }
        for (Effect effect : List.of(Effect.WARN, Effect.AUDIT)) {
            Action action = effect == Effect.WARN ? Action.WARN : Action.AUDIT;
            Set<String> expected = rules(verdict, action, pod);
            // What a stricter policy does something about a milder one may report besides.
            Set<String> besides = verdict.findings().stream()
                    .filter(one -> one.action().isStricterThan(action) || one.tolerated())
                    .map(one -> one.finding().rule().id())
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> actual = new TreeSet<>(found.getOrDefault(effect, Set.of()));
            if (!pod) {
                besides.addAll(RELAXED);
            }
            actual.removeIf(rule -> !expected.contains(rule) && besides.contains(rule));
            expect(what + ", " + effect.label(), expected, actual);
        }
    }

    private static boolean changesContainers(Request request) {
        return !CelPolicy.plain(request.object().path("spec"))
                .equals(CelPolicy.plain(request.oldObject().path("spec")));
    }

    private void expect(String what, Set<String> expected, Set<String> actual) {
        if (!expected.equals(actual)) {
            differences.add(what + ": the engine says " + expected + ", CEL " + actual);
        }
    }

    private Map<Effect, Set<String>> violations(Request request, Namespace namespace) {
        Map<Effect, Set<String>> found = new EnumMap<>(Effect.class);
        for (CelPolicy policy : exported) {
            AdmissionScope scope = policy.policy().scope();
            if (!scope.namespaces().matches(namespace.labels())
                    || scope.excluded().contains(namespace.name())) {
                continue;
            }
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
                .filter(one -> !one.tolerated())
                .filter(one -> !inexpressible.contains(one.finding().rule().id()))
                .filter(one -> pod || one.notHardenedReason().isEmpty())
                .map(one -> one.finding().rule().id())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
