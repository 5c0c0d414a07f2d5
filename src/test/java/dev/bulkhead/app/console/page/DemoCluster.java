package dev.bulkhead.app.console.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Diagnosis.Finding;
import dev.bulkhead.app.cluster.doctor.WebhookHealth;
import dev.bulkhead.app.cluster.refusal.Refusal;
import dev.bulkhead.app.cluster.scan.Inventories;
import dev.bulkhead.app.cluster.scan.Inventory;
import dev.bulkhead.app.cluster.scan.Scan;
import dev.bulkhead.app.cluster.scan.ScanEvaluation;
import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.app.console.page.trend.Trend;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A cluster such as many are: teams and their workloads, policies, exemptions. */
public final class DemoCluster {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern DATE = Pattern.compile("\\$\\{in (\\d+) days}");

    public static final Terms TERMS = new Terms(
            Policy.builtIn(Profile.LEAST_PRIVILEGE),
            DefaultPolicy.FALLBACK,
            Set.of("bulkhead-system"),
            Duration.ofDays(180));

    private DemoCluster() {}

    /** One of its files as text. */
    public static String text(String file, Instant now) {
        try (InputStream yaml = DemoCluster.class.getResourceAsStream("/dev/bulkhead/app/console/demo/" + file)) {
            return DATE.matcher(new String(yaml.readAllBytes(), StandardCharsets.UTF_8))
                    .replaceAll(match -> now.plus(Duration.ofDays(Integer.parseInt(match.group(1))))
                            .truncatedTo(ChronoUnit.HOURS)
                            .toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<ObjectNode> objects(String yaml) {
        List<ObjectNode> objects = new ArrayList<>();
        new Load(LoadSettings.builder().build())
                .loadAllFromString(yaml)
                .forEach(document -> objects.add(JSON.valueToTree(document)));
        return objects;
    }

    /** Its workloads, with their replicas. */
    static Inventory inventory(String yaml, Instant now) {
        List<ObjectNode> objects = new ArrayList<>(objects(yaml));
        int number = 0;
        for (ObjectNode object : List.copyOf(objects)) {
            object.withObjectProperty("metadata").put("uid", "u" + number++);
            int replicas = object.at("/spec/replicas").asInt();
            for (int i = 0; i < replicas; i++) {
                objects.add(pod(object, number * 7 + i, now));
            }
        }
        return Inventories.of(objects);
    }

    /** Most pods run; those of some workloads show what else there is. */
    private static ObjectNode pod(ObjectNode workload, int number, Instant now) {
        String name = workload.at("/metadata/name").asText();
        String suffix = Integer.toString(46_656 + number * 7_919 % 1_600_000, 36);
        ObjectNode pod = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Pod");
        pod.setAll((ObjectNode) workload.at("/spec/template").deepCopy());
        ObjectNode metadata = pod.withObjectProperty("metadata")
                .put("name", name + "-6f7d9c5b8-" + suffix)
                .put("namespace", workload.at("/metadata/namespace").asText())
                .put("uid", "pod-" + name + "-" + number)
                .put(
                        "creationTimestamp",
                        now.minus(Duration.ofMinutes(37L * (number % 40 + 1)))
                                .truncatedTo(ChronoUnit.SECONDS)
                                .toString());
        metadata.withArrayProperty("ownerReferences")
                .addObject()
                .put("apiVersion", workload.path("apiVersion").asText())
                .put("kind", workload.path("kind").asText())
                .put("name", name)
                .put("uid", workload.at("/metadata/uid").asText())
                .put("controller", true);
        ObjectNode status = pod.putObject("status").put("phase", "Running");
        ObjectNode container = status.putArray("containerStatuses")
                .addObject()
                .put("name", name)
                .put("ready", true)
                .put("restartCount", 0);
        container.putObject("state").putObject("running");
        if (name.equals("ledger")) {
            metadata.withObjectProperty("annotations")
                    .put(
                            "bulkhead.dev/hardened",
                            "allowPrivilegeEscalation,readOnlyRootFilesystem,runAsNonRoot,seccomp");
            container.put("ready", false).put("restartCount", 6);
            container.putObject("state").putObject("waiting").put("reason", "CrashLoopBackOff");
            container
                    .putObject("lastState")
                    .putObject("terminated")
                    .put("exitCode", 1)
                    .put("reason", "Error");
        } else if (name.equals("kafka") && number % 2 == 0) {
            status.put("phase", "Pending").remove("containerStatuses");
            status.putArray("conditions")
                    .addObject()
                    .put("type", "PodScheduled")
                    .put("status", "False")
                    .put("reason", "Unschedulable");
        }
        if (status.path("phase").asText().equals("Running")) {
            ((ObjectNode) pod.get("spec")).put("nodeName", "worker-" + (1 + number % 5));
        }
        return pod;
    }

    /** The same after a day in which more was denied at first, and some workloads were mended. */
    static TestData withHistory(TestData data) {
        List<ScannedWorkload> workloads = data.scan().workloads();
        List<ScannedWorkload> denied = workloads.stream()
                .filter(workload -> workload.report().verdict() == Outcome.DENIED)
                .toList();
        int[] more = {9, 9, 8, 8, 6, 7, 5, 3, 4, 2, 1, 0};
        Trend trend = new Trend();
        for (int i = 0; i < more.length; i++) {
            List<ScannedWorkload> then = new ArrayList<>(workloads.subList(0, workloads.size() - more[i]));
            then.addAll(denied.subList(0, more[i]));
            trend.record(new Scan.Snapshot(
                    data.now().minus(Duration.ofMinutes(95L * (more.length - 1 - i))),
                    new ScanEvaluation.Result(then, List.of())));
        }
        return new TestData(
                data.scan(),
                data.policies(),
                data.namespaces(),
                data.inventory(),
                data.now(),
                trend,
                data.refusals(),
                data.webhook(),
                data.limits());
    }

    /** What was refused there in the last hour. */
    static List<Refusal> refusals(Instant now) {
        return List.of(
                new Refusal(
                        now.minus(Duration.ofMinutes(4)),
                        now.minus(Duration.ofMinutes(31)),
                        7,
                        "shop",
                        "Deployment",
                        "image-resizer",
                        Optional.of("system:serviceaccount:argocd:argocd-application-controller"),
                        List.of("capabilities_baseline"),
                        "container \"image-resizer\" must not include \"SYS_ADMIN\" in"
                                + " securityContext.capabilities.add; fix: remove SYS_ADMIN"),
                new Refusal(
                        now.minus(Duration.ofMinutes(22)),
                        now.minus(Duration.ofMinutes(22)),
                        1,
                        "build",
                        "Pod",
                        "debug-shell",
                        Optional.of("grace@example.com"),
                        List.of("privileged", "hostNamespaces"),
                        "container \"shell\" must not set securityContext.privileged=true; pod must not set"
                                + " hostPID=true"));
    }

    /** How the webhook is there, as far as the console's account may read it. */
    static WebhookHealth.Health webhook(Instant now) {
        return new WebhookHealth.Health(
                now,
                List.of(
                        new Finding("replicas", Answer.ok("all 2 are ready")),
                        new Finding("webhooks", Answer.ok("both webhook configurations call Bulkhead")),
                        new Finding(
                                "certificate",
                                Answer.unknown(
                                        "you may not get secret bulkhead-certificate in namespace bulkhead-system",
                                        "ask for the right"))));
    }

    /** All of it, evaluated at that time. */
    static TestData at(Instant now) {
        return evaluated(text("workloads.yaml", now), text("namespaces.yaml", now), text("policies.yaml", now), now)
                .with(webhook(now));
    }

    static TestData evaluated(String workloads, String namespaces, String policies, Instant now) {
        Map<String, Namespace> known = new HashMap<>();
        for (ObjectNode object : objects(namespaces)) {
            String name = object.at("/metadata/name").asText();
            Map<String, String> labels = new HashMap<>();
            object.at("/metadata/labels")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asText()));
            known.put(name, new Namespace(name, labels));
        }
        List<JsonNode> policyObjects = new ArrayList<>();
        List<JsonNode> exemptionObjects = new ArrayList<>();
        for (ObjectNode object : objects(policies)) {
            object.withObjectProperty("metadata")
                    .put("uid", object.at("/metadata/name").asText());
            (object.path("kind").asText().equals("Exemption") ? exemptionObjects : policyObjects).add(object);
        }
        PolicySnapshot snapshot =
                PolicySnapshot.of(policyObjects, exemptionObjects, TERMS, now, PolicySnapshot.none(TERMS));
        Inventory inventory = inventory(workloads, now);
        ScanEvaluation.Result result = new ScanEvaluation(WorkloadKinds.builtIn())
                .evaluate(
                        inventory,
                        new WorkloadEvaluation(
                                snapshot.policies(),
                                ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                                now),
                        name -> known.getOrDefault(name, Namespace.named(name)));
        return new TestData(new Scan.Snapshot(now, result), snapshot, List.copyOf(known.values()), inventory, now);
    }
}
