package dev.bulkhead.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.RandomPods;
import dev.bulkhead.engine.evaluation.RandomPolicies;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Pods, policies, exemptions and namespaces of every make: the exported policies agree with the engine about them. */
class RandomPodsInCelTest {
    /** Compiling policies takes longer than evaluating them. */
    private static final int PODS = 12;

    private static final List<Map<String, String>> LABELS = List.of(
            Map.of(),
            Map.of(),
            Map.of(PolicySet.PROFILE_LABEL, "sandboxed"),
            Map.of(PolicySet.PROFILE_LABEL, "restricted"),
            Map.of(PolicySet.PROFILE_LABEL, "baseline", PolicySet.MODE_LABEL, "enforce"),
            Map.of(PolicySet.PROFILE_LABEL, "privileged"),
            Map.of(PolicySet.PROFILE_LABEL, "no-such-profile"),
            Map.of(PolicySet.MODE_LABEL, "warn"),
            Map.of(PolicySet.MODE_LABEL, "no-such-mode"));

    @Property(tries = 40)
    void createdPodsAreEvaluatedAlike(@ForAll long seed) {
        Random random = new Random(seed);
        List<String> documents = RandomPolicies.policies(seed);
        CelComparison comparison = CelComparison.of(Evaluations.policies(documents.toArray(String[]::new)));
        for (int i = 0; i < PODS; i++) {
            ObjectNode pod = RandomPods.pod(random.nextLong(), random.nextInt(26));
            Namespace namespace = new Namespace("driftwood", LABELS.get(random.nextInt(LABELS.size())));
            comparison.compare(pod + " in " + namespace, pod, namespace, "jane");
            ObjectNode deployment = FixturesInCelTest.deployment(pod);
            comparison.compare(deployment + " in " + namespace, deployment, namespace, "jane");
        }
        assertAlike(comparison, documents);
    }

    @Property(tries = 40)
    void updatesAreEvaluatedAlike(@ForAll long seed) {
        Random random = new Random(seed);
        List<String> documents = new ArrayList<>(RandomPolicies.policies(seed));
        documents.removeIf(document -> document.contains("Exemption"));
        CelComparison comparison = CelComparison.of(Evaluations.policies(documents.toArray(String[]::new)));
        for (int i = 0; i < PODS; i++) {
            long like = random.nextLong();
            int changes = random.nextInt(20);
            ObjectNode before = RandomPods.pod(like, changes);
            ObjectNode after = RandomPods.pod(like, changes + random.nextInt(3));
            Namespace namespace = new Namespace("driftwood", LABELS.get(random.nextInt(LABELS.size())));
            ObjectNode deployment = FixturesInCelTest.deployment(before);
            ObjectNode changed = FixturesInCelTest.deployment(after);
            comparison.compare(
                    deployment + " to " + changed + " in " + namespace, deployment, changed, namespace, "jane");
            ObjectNode updated = before.deepCopy();
            change(random, updated);
            comparison.compare(before + " to " + updated + " in " + namespace, before, updated, namespace, "jane");
        }
        assertAlike(comparison, documents);
    }

    /** What may change in a running pod: images, annotations, and ephemeral containers that are added. */
    private static void change(Random random, ObjectNode pod) {
        ObjectNode spec = (ObjectNode) pod.get("spec");
        switch (random.nextInt(4)) {
            case 0 -> ((ObjectNode) spec.at("/containers/0")).put("image", "registry.example/app:2");
            case 1 ->
                ((ObjectNode) pod.get("metadata"))
                        .withObjectProperty("annotations")
                        .put("io.katacontainers.config.hypervisor.kernel_params", "x");
            case 2 ->
                ((ObjectNode) pod.get("metadata")).withObjectProperty("labels").put("a", "b");
            default -> {
                ObjectNode added = spec.withArrayProperty("ephemeralContainers")
                        .addObject()
                        .put("name", "debug")
                        .put("image", "busybox");
                if (random.nextBoolean()) {
                    ObjectNode security = added.putObject("securityContext");
                    security.put("allowPrivilegeEscalation", false)
                            .put("readOnlyRootFilesystem", true)
                            .put("runAsNonRoot", true);
                    security.putObject("capabilities").putArray("drop").add("ALL");
                    security.putObject("seccompProfile").put("type", "RuntimeDefault");
                }
                if (random.nextInt(3) == 0) {
                    added.putArray("volumeMounts").addObject().put("name", "v1").put("mountPath", "/data");
                }
            }
        }
    }

    private static void assertAlike(CelComparison comparison, List<String> documents) {
        assertThat(String.join(" | ", comparison.differences()))
                .as(String.join("\n", documents))
                .isEmpty();
    }
}
