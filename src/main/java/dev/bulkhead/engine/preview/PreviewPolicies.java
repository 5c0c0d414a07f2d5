package dev.bulkhead.engine.preview;

import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The policies that would be in force.
 *
 * @param name what would be enforced, as a heading says it
 * @param policies all of them, with the exemptions
 * @param labels what every namespace that is previewed would be labelled with besides
 * @param remarks what a reader should know of these policies, in a sentence each
 */
public record PreviewPolicies(String name, PolicySet policies, Map<String, String> labels, List<String> remarks) {
    private static final String POD_SECURITY = "pod-security.kubernetes.io/";

    public PreviewPolicies {
        labels = ImmutableCopies.of(labels);
        remarks = List.copyOf(remarks);
    }

    /**
     * That profile for every workload.
     *
     * @param installed what is in force now; its exemptions stay
     */
    public static PreviewPolicies ofProfile(Profile profile, PolicySet installed) {
        return new PreviewPolicies(
                profile.toString(),
                new PolicySet(List.of(), Optional.of(Policy.builtIn(profile)), installed.exemptions()),
                Map.of(),
                List.of());
    }

    /** What is in force now, all of it in mode enforce. */
    public static PreviewPolicies enforcing(PolicySet installed) {
        List<Policy> selecting = selecting(installed);
        return new PreviewPolicies(
                "the cluster's policies in mode enforce",
                new PolicySet(
                        selecting.stream().map(PreviewPolicies::enforced).toList(),
                        installed.fallback().map(PreviewPolicies::enforced),
                        installed.exemptions()),
                Map.of(),
                List.of());
    }

    /**
     * These policies in mode enforce, with the exemptions beside them, and nothing that is in force now.
     *
     * @param fallback what evaluates the workloads that none of them matches
     */
    public static PreviewPolicies instead(
            String name, List<Policy> policies, List<Exemption> exemptions, Optional<Policy> fallback) {
        return new PreviewPolicies(
                name,
                new PolicySet(policies.stream().map(PreviewPolicies::enforced).toList(), fallback, exemptions),
                Map.of(),
                modesOf(policies));
    }

    /**
     * What is in force now, and these policies in mode enforce, with the exemptions beside them. A policy or an exemption
     * takes the place of one of the same name.
     */
    public static PreviewPolicies beside(
            String name, List<Policy> policies, List<Exemption> exemptions, PolicySet installed) {
        Map<String, Policy> byName = new TreeMap<>();
        selecting(installed).forEach(policy -> byName.put(policy.name(), policy));
        policies.forEach(policy -> byName.put(policy.name(), enforced(policy)));
        Map<String, Exemption> exemptionsByName = new TreeMap<>();
        installed.exemptions().forEach(exemption -> exemptionsByName.put(exemption.name(), exemption));
        exemptions.forEach(exemption -> exemptionsByName.put(exemption.name(), exemption));
        return new PreviewPolicies(
                name,
                new PolicySet(
                        List.copyOf(byName.values()), installed.fallback(), List.copyOf(exemptionsByName.values())),
                Map.of(),
                modesOf(policies));
    }

    /**
     * What is in force now, with these labels on every namespace that is previewed. Labels of Pod Security Admission are
     * evaluated although no policy reads them, because the API server does.
     */
    public static PreviewPolicies ofLabels(Map<String, String> labels, PolicySet installed) {
        String name = labels.entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .sorted()
                .collect(Collectors.joining(","));
        List<String> remarks = new ArrayList<>();
        if (installed.policies().stream().allMatch(policy -> policy.namespaceLabels() == Policy.NamespaceLabels.IGNORE)
                && labels.keySet().stream().anyMatch(key -> key.startsWith("bulkhead.dev/"))) {
            remarks.add("no policy in force reads the labels of namespaces (namespaceLabels: ignore)");
        }
        boolean podSecurity = labels.keySet().stream().anyMatch(key -> key.startsWith(POD_SECURITY));
        if (!podSecurity || installed.policies().stream().anyMatch(Policy::podSecurityLabels)) {
            return new PreviewPolicies(name, installed, labels, remarks);
        }
        remarks.add(
                "Pod Security Admission enforces these labels by itself: it evaluates pods after they were hardened, and"
                        + " exemptions of Bulkhead do not count there");
        return new PreviewPolicies(
                name,
                new PolicySet(
                        selecting(installed).stream()
                                .map(PreviewPolicies::readingPodSecurity)
                                .toList(),
                        Optional.of(readingPodSecurity(
                                installed.fallback().orElseGet(() -> Policy.builtIn(Profile.PRIVILEGED)))),
                        installed.exemptions()),
                labels,
                remarks);
    }

    /** The namespace with the labels. */
    public Namespace labelled(Namespace namespace) {
        if (labels.isEmpty()) {
            return namespace;
        }
        Map<String, String> all = new HashMap<>(namespace.labels());
        all.putAll(labels);
        return new Namespace(namespace.name(), all);
    }

    private static List<Policy> selecting(PolicySet installed) {
        List<Policy> all = installed.policies();
        return installed.fallback().isPresent() ? all.subList(0, all.size() - 1) : all;
    }

    private static List<String> modesOf(List<Policy> policies) {
        Set<String> others = policies.stream()
                .filter(policy -> policy.mode() != Mode.ENFORCE)
                .map(Policy::name)
                .collect(Collectors.toCollection(TreeSet::new));
        return others.isEmpty() ? List.of() : List.of("as if their mode were enforce: " + String.join(", ", others));
    }

    private static Policy enforced(Policy policy) {
        return new Policy(
                policy.name(),
                policy.match(),
                policy.profile(),
                Mode.ENFORCE,
                policy.namespaceLabels(),
                policy.podSecurityLabels(),
                policy.rules(),
                policy.settings());
    }

    private static Policy readingPodSecurity(Policy policy) {
        return new Policy(
                policy.name(),
                policy.match(),
                policy.profile(),
                policy.mode(),
                policy.namespaceLabels(),
                true,
                policy.rules(),
                policy.settings());
    }
}
