package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.KubernetesKind;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * What the scan of a cluster costs: the heap that holds its workloads and what was found, and the CPU of evaluating all
 * of them anew. Prints a row for each number of workloads, each with ten pods.
 */
public final class ScanTable {
    private static final int PODS = 10;
    private static final Path REVIEW = Path.of("bench", "reviews", "typical.json");
    private static final long MIB = 1 << 20;

    private final ObjectNode pod;

    private ScanTable(ObjectNode pod) {
        this.pod = pod;
    }

    public static void main(String[] arguments) throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode pod = json.readTree(Files.readAllBytes(REVIEW)).at("/request/object");
        System.out.println("| workloads | pods | heap | CPU to read them | CPU of the first evaluation | of the next |");
        System.out.println("|---|---|---|---|---|---|");
        for (String workloads : arguments) {
            System.out.println(new ScanTable((ObjectNode) pod).row(Integer.parseInt(workloads)));
        }
    }

    private String row(int workloads) {
        long before = heap();
        Inventory inventory = Inventory.unbounded();
        long start = cpu();
        for (int i = 0; i < workloads; i++) {
            add(inventory, i);
        }
        long read = cpu() - start;
        ScanEvaluation evaluation = new ScanEvaluation(WorkloadKinds.builtIn());
        WorkloadEvaluation policies = new WorkloadEvaluation(
                PolicySet.of(Profile.LEAST_PRIVILEGE),
                ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                Instant.parse("2026-11-27T00:00:00Z"));
        start = cpu();
        ScanEvaluation.Result result = evaluation.evaluate(inventory, policies, Namespace::named);
        long first = cpu() - start;
        evaluation.forget();
        start = cpu();
        result = evaluation.evaluate(inventory, policies, Namespace::named);
        long next = cpu() - start;
        long heap = heap() - before;
        if (result.workloads().size() != workloads) {
            throw new IllegalStateException("found " + result.workloads().size() + " workloads");
        }
        return "| %,d | %,d | %d MiB | %.1f s | %.2f s | %.2f s |"
                .formatted(workloads, workloads * PODS, heap / MIB, read / 1e9, first / 1e9, next / 1e9);
    }

    private void add(Inventory inventory, int number) {
        String name = "service-" + number;
        ObjectNode deployment = pod.objectNode();
        deployment.putObject("metadata").put("name", name).put("namespace", "team-" + number % 50).put("uid", "d" + name);
        ObjectNode template = deployment.putObject("spec").putObject("template");
        template.putObject("metadata").putObject("labels").put("app", name);
        ObjectNode spec = pod.path("spec").deepCopy();
        spec.withArrayProperty("containers").get(0);
        ((ObjectNode) spec.at("/containers/0")).put("image", "registry.example/" + name + ":1");
        template.set("spec", spec.deepCopy());
        inventory.put(ScannedKind.of(KubernetesKind.DEPLOYMENT), deployment);
        ObjectNode replicaSet = pod.objectNode();
        metadata(replicaSet, name + "-5d5b7c9f7c", number, "Deployment", name, "d" + name);
        replicaSet.putObject("spec").set("template", template.deepCopy());
        inventory.put(ScannedKind.of(KubernetesKind.REPLICA_SET), replicaSet);
        for (int i = 0; i < PODS; i++) {
            ObjectNode made = pod.deepCopy();
            ObjectNode metadata =
                    metadata(made, name + "-5d5b7c9f7c-" + i, number, "ReplicaSet", name + "-5d5b7c9f7c", "u" + name + "-5d5b7c9f7c");
            metadata.putObject("labels").put("app", name).put("pod-template-hash", "5d5b7c9f7c");
            made.set("spec", spec.deepCopy());
            ((ObjectNode) made.get("spec")).put("nodeName", "node-" + i);
            made.putObject("status").put("phase", "Running").put("podIP", "10.0." + number % 256 + "." + i);
            inventory.put(ScannedKind.of(KubernetesKind.POD), made);
        }
    }

    private static ObjectNode metadata(
            ObjectNode object, String name, int number, String ownerKind, String owner, String ownerUid) {
        ObjectNode metadata = object.putObject("metadata")
                .put("name", name)
                .put("namespace", "team-" + number % 50)
                .put("uid", "u" + name);
        metadata.putArray("ownerReferences")
                .addObject()
                .put("apiVersion", "apps/v1")
                .put("kind", ownerKind)
                .put("name", owner)
                .put("uid", ownerUid)
                .put("controller", true);
        return metadata;
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** What is in use after a collection. */
    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
