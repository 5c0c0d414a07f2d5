package dev.bulkhead.app.admission;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.evaluation.EvaluatedWorkload;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The pods of a relabelled namespace that were checked, and which of them would be denied from then on. For one thread. */
final class RelabelledPods {
    private final Namespace before;
    private final Namespace after;
    private final WorkloadEvaluation evaluation;
    private final WorkloadKinds kinds;
    private final Map<String, List<String>> podsByViolations = new LinkedHashMap<>();
    private final Map<String, Integer> seenControllers = new HashMap<>();
    private int checked;

    RelabelledPods(Namespace before, Namespace after, WorkloadEvaluation evaluation, WorkloadKinds kinds) {
        this.before = before;
        this.after = after;
        this.evaluation = evaluation;
        this.kinds = kinds;
    }

    /** How many pods were checked. */
    int checked() {
        return checked;
    }

    /** Checks a pod, unless one of the same controller was checked before. */
    void check(JsonNode pod) {
        checked++;
        if (seenControllers.merge(controllerOf(pod), 1, Integer::sum) > 1) {
            return;
        }
        String violations = newViolations(pod);
        if (!violations.isEmpty()) {
            podsByViolations
                    .computeIfAbsent(violations, key -> new ArrayList<>())
                    .add(pod.path("metadata").path("name").asText() + "|" + controllerOf(pod));
        }
    }

    /**
     * The warnings about the pods that were checked.
     *
     * @param all how many pods there are in the namespace
     */
    List<String> warnings(long all) {
        List<String> warnings = new ArrayList<>();
        if (checked < all) {
            warnings.add(
                    "only the first " + checked + " of " + all + " pods in \"" + after.name() + "\" were looked at");
        }
        if (!podsByViolations.isEmpty()) {
            warnings.add("pods in \"" + after.name() + "\" would be denied if they were created again:");
        }
        podsByViolations.forEach((violations, names) -> {
            String first = names.get(0);
            long others = names.stream()
                            .mapToLong(name -> seenControllers.getOrDefault(name.substring(name.indexOf('|') + 1), 1))
                            .sum()
                    - 1;
            warnings.add(first.substring(0, first.indexOf('|'))
                    + (others == 0 ? "" : " (and " + others + " other pod" + (others == 1 ? "" : "s") + ")") + ": "
                    + violations);
        });
        return warnings;
    }

    /** The rules that would deny the pod now and did not before. */
    private String newViolations(JsonNode pod) {
        try {
            Optional<Workload> workload = kinds.find("v1", "Pod", Field.root(pod));
            if (workload.isEmpty()) {
                return "";
            }
            List<String> denied = denied(evaluation.asRecreated(workload.get(), after));
            if (!denied.isEmpty()) {
                denied.removeAll(denied(evaluation.asRecreated(workload.get(), before)));
            }
            return String.join(", ", denied);
        } catch (MalformedWorkloadException e) {
            return "it cannot be evaluated";
        }
    }

    private static List<String> denied(EvaluatedWorkload pod) {
        return pod.verdict().leadingTo(Action.DENY).stream()
                .map(finding -> finding.finding().rule().id())
                .distinct()
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** Pods of one controller are alike, so that one stands for all. */
    private static String controllerOf(JsonNode pod) {
        for (JsonNode owner : pod.path("metadata").path("ownerReferences")) {
            if (owner.path("controller").asBoolean()) {
                return owner.path("uid").asText();
            }
        }
        return pod.path("metadata").path("uid").asText();
    }
}
