package dev.bulkhead.app.cli.export;

import dev.bulkhead.engine.export.MutatingPolicy;
import dev.bulkhead.engine.export.SecondLayer;
import dev.bulkhead.engine.export.ValidatingPolicy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.manifest.YamlWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The second layer as YAML documents, after a comment that says what they are, and what they do not say. */
final class SecondLayerText {
    private SecondLayerText() {}

    private static final List<String> HOW_TO_APPLY = List.of(
            "Apply:  kubectl apply -f FILE",
            "Remove: kubectl delete validatingadmissionpolicies,validatingadmissionpolicybindings \\",
            "          -l " + ValidatingPolicy.PART_OF_LABEL + "=" + ValidatingPolicy.PART_OF);
    private static final List<String> HOW_TO_APPLY_BOTH = List.of(
            HOW_TO_APPLY.get(0),
            HOW_TO_APPLY.get(1),
            HOW_TO_APPLY.get(2) + " && \\",
            "        kubectl delete mutatingadmissionpolicies,mutatingadmissionpolicybindings \\",
            HOW_TO_APPLY.get(2));

    /** For {@code kubectl apply}. */
    static String of(SecondLayer layer, PolicySet policies, ClusterCapabilities cluster, String version) {
        String by = version + " (export vap)";
        List<String> howTo = layer.mutating().isPresent() ? HOW_TO_APPLY_BOTH : HOW_TO_APPLY;
        return comment(header(layer, policies, cluster, by, howTo))
                + layer.mutating().map(policy -> "---\n" + mutating(policy)).orElse("")
                + (layer.policies().isEmpty() ? "" : "---\n" + validating(layer));
    }

    /** The comment for a file of static admission manifests; a document of comments alone would be an error there. */
    static String headerOfFile(
            SecondLayer layer, PolicySet policies, ClusterCapabilities cluster, String by, List<String> howTo) {
        return comment(header(layer, policies, cluster, by, howTo));
    }

    static String mutating(MutatingPolicy policy) {
        return YamlWriter.write(policy.policy()) + "---\n" + YamlWriter.write(policy.binding());
    }

    static String validating(SecondLayer layer) {
        List<String> documents = new ArrayList<>();
        for (ValidatingPolicy policy : layer.policies()) {
            documents.add(YamlWriter.write(policy.policy()));
            documents.add(YamlWriter.write(policy.binding()));
        }
        return String.join("---\n", documents);
    }

    /** The lines as a comment. */
    static String comment(List<String> lines) {
        return lines.stream()
                .map(line -> ("# " + SafeText.line(line)).stripTrailing() + "\n")
                .collect(Collectors.joining());
    }

    /** The limits, one a line, those of rules that are missing first. */
    static List<String> limits(SecondLayer layer) {
        List<String> lines = new ArrayList<>();
        layer.limits().stream()
                .filter(SecondLayer.Limit::missing)
                .forEach(limit -> lines.add("not exported: " + limit.about() + ": " + limit.text()));
        layer.limits().stream()
                .filter(limit -> !limit.missing())
                .forEach(limit ->
                        lines.add("differs: " + (limit.about().isEmpty() ? "" : limit.about() + ": ") + limit.text()));
        return lines;
    }

    private static List<String> header(
            SecondLayer layer, PolicySet policies, ClusterCapabilities cluster, String by, List<String> howTo) {
        List<String> lines = new ArrayList<>();
        lines.add("Written by " + by + " for Kubernetes 1." + cluster.minor() + ".");
        lines.add("Policies: "
                + String.join(
                        ", ",
                        policies.policies().stream()
                                .map(policy -> policy.name())
                                .toList())
                + ". Exemptions: " + policies.exemptions().size() + ".");
        lines.add("Namespaces without policies: "
                + String.join(", ", layer.excluded().stream().sorted().toList()) + ".");
        lines.add("");
        lines.add("ValidatingAdmissionPolicy needs Kubernetes 1." + ValidatingPolicy.SINCE_MINOR
                + ", MutatingAdmissionPolicy 1." + MutatingPolicy.SINCE_MINOR + ", static manifests 1."
                + StaticManifests.SINCE_MINOR + ".");
        layer.mutating()
                .ifPresentOrElse(
                        policy -> lines.add(
                                "Filled in where a pod leaves it unset: " + String.join(", ", policy.rules()) + "."),
                        () -> lines.add(
                                "Nothing is filled in: pods that leave unset what the webhook fills in are denied."));
        lines.add("");
        lines.addAll(howTo);
        lines.add("");
        List<String> limits = limits(layer);
        lines.add(
                limits.isEmpty()
                        ? "Nothing is missing."
                        : "What the webhook does and these policies do not, or do otherwise:");
        limits.forEach(limit -> lines.add("- " + limit));
        return lines;
    }
}
