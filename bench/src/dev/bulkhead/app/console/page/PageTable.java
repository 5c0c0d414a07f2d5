package dev.bulkhead.app.console.page;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Place;
import dev.bulkhead.app.cluster.doctor.WebhookHealth;
import dev.bulkhead.app.cluster.doctor.check.Checks;
import dev.bulkhead.app.cluster.scan.Inventory;
import dev.bulkhead.app.cluster.scan.Scan;
import dev.bulkhead.app.cluster.scan.ScanEvaluation;
import dev.bulkhead.app.cluster.scan.ScanView;
import dev.bulkhead.app.cluster.scan.ScannedKind;
import dev.bulkhead.app.cluster.scan.observation.ObservedPods;
import dev.bulkhead.app.cluster.scan.preview.Previews;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.view.ClusterConsoleData;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.preview.OwnerLabels;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.workload.KubernetesKind;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a page of the console costs at 1,000 workloads of ten pods: the CPU of the very first page of a process, of the first
 * one after the pages were rendered in the background, and the median of fifty more.
 */
public final class PageTable {
    private static final int WORKLOADS = 1_000;
    private static final int PODS = 10;
    private static final int TIMES = 50;
    private static final Path REVIEW = Path.of("bench", "reviews", "typical.json");
    private static final Instant NOW = Instant.parse("2026-11-27T00:00:00Z");
    private static final String SERVICE = "/workloads/team-7/Deployment/service-7";

    private static final PolicySnapshot POLICIES = PolicySnapshot.none(new PolicySnapshot.Terms(
            Policy.builtIn(Profile.LEAST_PRIVILEGE), DefaultPolicy.FALLBACK, Set.of(), Duration.ofDays(180)));

    private PageTable() {}

    public static void main(String[] arguments) throws IOException {
        boolean rendered = arguments.length > 0 && arguments[0].equals("--rendered");
        ClusterConsoleData data = data(inventory());
        ConsolePages pages = new ConsolePages(data, file -> "/assets/" + file);
        if (rendered) {
            pages.renderAll();
        }
        System.out.println("| page | the first, CPU | median, CPU | size |");
        System.out.println("|---|---|---|---|");
        for (String path : List.of("/", "/workloads", SERVICE, "/exemptions", "/refusals", "/policies", "/playground")) {
            long first = cpuOf(pages, path);
            List<Long> others = new ArrayList<>();
            for (int i = 0; i < TIMES; i++) {
                others.add(cpuOf(pages, path));
            }
            others.sort(null);
            System.out.println("| `%s` | %.0f ms | %.1f ms | %d KB |"
                    .formatted(path, first / 1e6, others.get(TIMES / 2) / 1e6, answer(pages, path).body().length() >> 10));
        }
        data.close();
    }

    private static long cpuOf(ConsolePages pages, String path) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        PageAnswer answer = answer(pages, path);
        if (answer.status() != 200) {
            throw new IllegalStateException(path + " answers " + answer.status());
        }
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
    }

    private static PageAnswer answer(ConsolePages pages, String path) {
        return pages.answer(new PageRequest(
                path, Map.of(), Map.of(), new Viewer("ada", true, Set.of(), "token", Optional.empty()), false));
    }

    private static Inventory inventory() throws IOException {
        JsonNode typical = new ObjectMapper().readTree(Files.readAllBytes(REVIEW)).at("/request/object");
        Inventory inventory = Inventory.unbounded();
        for (int i = 0; i < WORKLOADS; i++) {
            String name = "service-" + i;
            ObjectNode spec = typical.path("spec").deepCopy();
            ((ObjectNode) spec.at("/containers/0")).put("image", "registry.example/" + name + ":1");
            ObjectNode deployment = object(name, i, "d" + name, typical);
            deployment.putObject("spec").putObject("template").set("spec", spec);
            inventory.put(ScannedKind.of(KubernetesKind.DEPLOYMENT), deployment);
            for (int pod = 0; pod < PODS; pod++) {
                ObjectNode made = object(name + "-" + pod, i, "p" + name + "-" + pod, typical);
                ((ObjectNode) made.path("metadata"))
                        .put("creationTimestamp", NOW.toString())
                        .putArray("ownerReferences")
                        .addObject()
                        .put("apiVersion", "apps/v1")
                        .put("kind", KubernetesKind.DEPLOYMENT.kind())
                        .put("name", name)
                        .put("uid", "d" + name)
                        .put("controller", true);
                made.set("spec", spec.deepCopy());
                made.putObject("status").put("phase", "Running");
                inventory.put(ScannedKind.of(KubernetesKind.POD), made);
            }
        }
        return inventory;
    }

    private static ObjectNode object(String name, int number, String uid, JsonNode like) {
        ObjectNode object = ((ObjectNode) like).objectNode();
        object.putObject("metadata").put("name", name).put("namespace", "team-" + number % 50).put("uid", uid);
        return object;
    }

    private static ClusterConsoleData data(Inventory inventory) {
        ClusterCapabilities cluster = ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR);
        ScanEvaluation.Result result = new ScanEvaluation(WorkloadKinds.builtIn())
                .evaluate(inventory, new WorkloadEvaluation(POLICIES.policies(), cluster, NOW), Namespace::named);
        ScanView view = new View(new Scan.Snapshot(NOW, result), inventory, cluster);
        return new ClusterConsoleData(
                view,
                new Previews(
                        view,
                        new Previews.Settings(Set::of, OwnerLabels.DEFAULT, Duration.ofDays(180), "bulkhead-system"),
                        Map::of,
                        Clock.systemUTC()),
                Optional.empty(),
                new WebhookHealth(
                        now -> new Facts(Place.of("bulkhead-system", Optional.empty(), Optional.empty()), now, Map.of()),
                        Checks.OF_WEBHOOK,
                        Clock.systemUTC()),
                new ClusterConsoleData.Settings(
                        Duration.ofDays(180), "bulkhead-system", Set::of, OwnerLabels.DEFAULT, RuleInfo.PAGES),
                Clock.systemUTC());
    }

    private record View(Scan.Snapshot scan, Inventory inventory, ClusterCapabilities cluster) implements ScanView {
        @Override
        public Optional<Scan.Snapshot> last() {
            return Optional.of(scan);
        }

        @Override
        public WorkloadKinds kinds() {
            return WorkloadKinds.builtIn();
        }

        @Override
        public ObservedPods observedPods() {
            return ObservedPods.bounded();
        }

        @Override
        public Map<String, Instant> lastUses() {
            return Map.of();
        }

        @Override
        public List<String> limits() {
            return List.of();
        }

        @Override
        public PolicySnapshot declarations() {
            return POLICIES;
        }

        @Override
        public List<Namespace> knownNamespaces() {
            List<Namespace> namespaces = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                namespaces.add(Namespace.named("team-" + i));
            }
            return namespaces;
        }
    }
}
