package dev.bulkhead.app.cluster.scan.preview;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.scan.Inventory;
import dev.bulkhead.app.cluster.scan.ScannedKind;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.RandomPods;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.preview.OwnerLabels;
import dev.bulkhead.engine.preview.PreviewOutcome;
import dev.bulkhead.engine.preview.PreviewPolicies;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.KubernetesKind;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * The exemptions of a preview let exactly what runs through. That each is exact for its workload, container by container and
 * value by value, is what {@code ExemptionProposalTest} shows; here it is many workloads together.
 */
class PreviewExemptionsTest {
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final List<Profile> PROFILES =
            List.of(Profile.BASELINE, Profile.RESTRICTED, Profile.LEAST_PRIVILEGE, Profile.SANDBOXED);

    /** A workload of the cluster: by its name a Deployment, with a pod of its own that may have been changed since. */
    record Existing(ObjectNode template, ObjectNode pod) {}

    @Provide
    Arbitrary<List<Existing>> workloads() {
        return Combinators.combine(
                        Arbitraries.longs(),
                        Arbitraries.integers().between(0, 20),
                        Arbitraries.integers().between(0, 3))
                .as((seed, changes, more) -> new Existing(pod(seed, changes), pod(seed, changes + more)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    private static ObjectNode pod(long seed, int changes) {
        ObjectNode pod = RandomPods.pod(seed, changes);
        pod.withObjectProperty("spec").remove("ephemeralContainers");
        return pod;
    }

    @Provide
    Arbitrary<Profile> profiles() {
        return Arbitraries.of(PROFILES);
    }

    @Property(tries = 150)
    void exemptionsLetExactlyWhatRunsThrough(
            @ForAll("workloads") List<Existing> workloads, @ForAll("profiles") Profile profile) {
        Inventory today = Inventory.unbounded();
        put(today, "shop", "web", workloads);
        PreviewPolicies strict = PreviewPolicies.ofProfile(profile, PolicySet.of(Profile.PRIVILEGED));
        List<Proposal> proposals = maker(today, strict).exemptions(LONGEST, "bulkhead-system");
        List<Exemption> exemptions = proposals.stream()
                .flatMap(proposal -> proposal.exemptions().stream())
                .map(Proposal.Proposed::exemption)
                .toList();
        Set<String> refused = proposals.stream()
                .filter(proposal -> proposal.objection().isPresent())
                .map(proposal -> proposal.workload().name())
                .collect(Collectors.toCollection(HashSet::new));

        Map<String, PreviewOutcome> applied = outcomes(today, with(strict, exemptions));
        applied.forEach((name, outcome) -> assertThat(outcome == PreviewOutcome.DENIED)
                .as("%s with %s", name, exemptions)
                .isEqualTo(refused.contains(name.substring(name.indexOf('/') + 1))));

        Inventory neighbours = Inventory.unbounded();
        put(neighbours, "shop", "other", workloads);
        put(neighbours, "bank", "web", workloads);
        assertThat(outcomes(neighbours, with(strict, exemptions)))
                .as("of another name or in another namespace, with %s", exemptions)
                .isEqualTo(outcomes(neighbours, strict));

        for (List<Exemption> fewer : withoutAnyGrant(exemptions)) {
            assertThat(outcomes(today, with(strict, fewer)).values().stream()
                            .filter(PreviewOutcome.DENIED::equals)
                            .count())
                    .as("with %s instead of %s", fewer, exemptions)
                    .isGreaterThan(refused.size());
        }
    }

    private static void put(Inventory inventory, String namespace, String name, List<Existing> workloads) {
        for (int i = 0; i < workloads.size(); i++) {
            String id = name + "-" + i;
            String uid = namespace + "." + id;
            ObjectNode deployment = JsonNodeFactory.instance.objectNode();
            deployment
                    .putObject("metadata")
                    .put("name", id)
                    .put("namespace", namespace)
                    .put("uid", uid);
            deployment
                    .putObject("spec")
                    .set("template", workloads.get(i).template().deepCopy());
            inventory.put(ScannedKind.of(KubernetesKind.DEPLOYMENT), deployment);
            ObjectNode pod = workloads.get(i).pod().deepCopy();
            ObjectNode metadata = pod.withObjectProperty("metadata");
            metadata.put("name", id + "-x7k2p").put("namespace", namespace).put("uid", uid + ".pod");
            metadata.putArray("ownerReferences")
                    .addObject()
                    .put("apiVersion", "apps/v1")
                    .put("kind", "Deployment")
                    .put("name", id)
                    .put("uid", uid)
                    .put("controller", true);
            inventory.put(ScannedKind.of(KubernetesKind.POD), pod);
        }
    }

    private static PreviewMaker maker(Inventory inventory, PreviewPolicies policies) {
        Function<String, Namespace> namespaces = Namespace::named;
        PreviewInput input = new PreviewInput(
                inventory,
                WorkloadKinds.builtIn(),
                Evaluations.CLUSTER,
                namespaces,
                Map.of(),
                Map.of(),
                Set.of(),
                OwnerLabels.DEFAULT);
        return new PreviewMaker(input, policies, Optional.empty(), Evaluations.NOW, WorkMeter.unlimited());
    }

    private static Map<String, PreviewOutcome> outcomes(Inventory inventory, PreviewPolicies policies) {
        Map<String, PreviewOutcome> outcomes = new TreeMap<>();
        maker(inventory, policies)
                .preview()
                .workloads()
                .forEach(workload -> outcomes.put(
                        workload.report().namespace() + "/" + workload.report().name(), workload.outcome()));
        return outcomes;
    }

    private static PreviewPolicies with(PreviewPolicies policies, List<Exemption> exemptions) {
        return new PreviewPolicies(policies.name(), policies.policies().with(exemptions), Map.of(), List.of());
    }

    /** The exemptions, each time without one value that one of them allows. */
    private static List<List<Exemption>> withoutAnyGrant(List<Exemption> exemptions) {
        List<List<Exemption>> all = new ArrayList<>();
        for (Exemption exemption : exemptions) {
            exemption
                    .allow()
                    .forEach((rule, values) -> values.forEach(value -> {
                        List<Exemption> fewer = new ArrayList<>(exemptions);
                        fewer.remove(exemption);
                        without(exemption, rule, value).ifPresent(fewer::add);
                        all.add(fewer);
                    }));
        }
        return all;
    }

    private static Optional<Exemption> without(Exemption exemption, String rule, String value) {
        Map<String, Set<String>> allow = new HashMap<>(exemption.allow());
        Set<String> values = new HashSet<>(allow.getOrDefault(rule, Set.of()));
        values.remove(value);
        allow.put(rule, values);
        if (values.isEmpty()) {
            allow.remove(rule);
        }
        return allow.isEmpty()
                ? Optional.empty()
                : Optional.of(new Exemption(
                        exemption.name(),
                        exemption.reason(),
                        exemption.owner(),
                        exemption.expires(),
                        exemption.match(),
                        allow));
    }
}
