package dev.bulkhead.app.cli.export;

import dev.bulkhead.engine.export.SecondLayer;
import dev.bulkhead.engine.export.ValidatingPolicy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.manifest.YamlWriter;
import java.util.ArrayList;
import java.util.List;

/** The second layer as YAML documents, after a comment that says what they are, and what they do not say. */
final class SecondLayerText {
    private SecondLayerText() {}

    static String of(SecondLayer layer, PolicySet policies, ClusterCapabilities cluster, String version) {
        StringBuilder text = new StringBuilder();
        header(layer, policies, cluster, version)
                .forEach(line -> text.append(("# " + SafeText.line(line)).stripTrailing())
                        .append('\n'));
        for (ValidatingPolicy policy : layer.policies()) {
            text.append("---\n").append(YamlWriter.write(policy.policy()));
            text.append("---\n").append(YamlWriter.write(policy.binding()));
        }
        return text.toString();
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
            SecondLayer layer, PolicySet policies, ClusterCapabilities cluster, String version) {
        List<String> lines = new ArrayList<>();
        lines.add("Written by " + version + " (export vap) for Kubernetes 1." + cluster.minor() + ".");
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
        lines.add(
                "ValidatingAdmissionPolicy needs Kubernetes 1.30, MutatingAdmissionPolicy 1.36, static manifests 1.37.");
        lines.add("Pods that leave unset what the policies fill in are denied, unless the webhook or a");
        lines.add("MutatingAdmissionPolicy has filled it in before.");
        lines.add("");
        lines.add("Apply:  kubectl apply -f FILE");
        lines.add("Remove: kubectl delete validatingadmissionpolicies,validatingadmissionpolicybindings \\");
        lines.add("          -l " + ValidatingPolicy.PART_OF_LABEL + "=" + ValidatingPolicy.PART_OF);
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
