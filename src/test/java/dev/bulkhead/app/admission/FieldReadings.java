package dev.bulkhead.app.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.document.PolicyReader;
import dev.bulkhead.engine.policy.document.PolicyReader.Reading;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.HardeningRule;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.WorkloadKinds;
import dev.bulkhead.schema.MaximalPod;
import dev.bulkhead.schema.PodSchema;
import dev.bulkhead.schema.RecordingObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the webhook reads of a pod, found by evaluating pods that record which fields are read: pods in which every
 * field is set, and every fixture, alone and with every other field set. Each rule evaluates alone, at each of its versions.
 */
final class FieldReadings {
    /** Who reads what is read of every pod and of its updates, whatever the rules. */
    static final String GATE = "";

    /** The path of a pod's annotations. */
    static final String ANNOTATIONS = "metadata.annotations{}";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final PodSchema SCHEMA = PodSchema.load();

    /** A rule about volumes, of which an exemption asks more than of others: which containers mount them. */
    private static final Rule EXEMPTED = RuleRegistry.named("hostPathVolumes").orElseThrow();

    private final Map<String, Set<String>> byReader = new TreeMap<>();

    /** The lists of containers. */
    private static final List<String> LISTS = List.of("containers", "initContainers", "ephemeralContainers");

    /** What finding the pod in an object reads, before any rule. */
    private final Set<String> model = new TreeSet<>();

    /** What else is read to complete a template as the API server would, before any rule. */
    private final Set<String> completion = new TreeSet<>();

    private final WorkloadAdmission gate = new WorkloadAdmission(
            WorkloadKinds.builtIn(),
            ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
            Clock.fixed(NOW, ZoneOffset.UTC));

    private FieldReadings() {}

    /** Sees all of it, which takes some seconds. */
    static FieldReadings all() {
        FieldReadings readings = new FieldReadings();
        readings.seeGate();
        for (Rule rule : RuleRegistry.ALL) {
            readings.see(rule);
        }
        readings.addWhatHostPortsComeFrom();
        return readings;
    }

    /** The paths that are read, by the id of the rule that reads them. */
    Map<String, Set<String>> byReader() {
        return byReader;
    }

    /** Who reads that path; empty when nobody does. */
    List<String> readersOf(String path) {
        return byReader.entrySet().stream()
                .filter(reader -> reader.getValue().contains(path))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Every path that is read. */
    Set<String> paths() {
        Set<String> paths = new TreeSet<>();
        byReader.values().forEach(paths::addAll);
        return paths;
    }

    private static List<ObjectNode> maximal() {
        return List.of(
                MaximalPod.of(SCHEMA, true, "a", 1),
                MaximalPod.of(SCHEMA, false, "/a", 0),
                MaximalPod.of(SCHEMA, true, "windows", 0));
    }

    private void seeGate() {
        PolicySet none = policies(policy("privileged", Map.of(), false));
        for (ObjectNode pod : maximal()) {
            evaluateAs("Pod", pod, Optional.empty(), none, model);
        }
        Set<String> ofTemplates = new TreeSet<>();
        for (ObjectNode pod : maximal()) {
            evaluateAs("Deployment", pod, Optional.empty(), none, ofTemplates);
        }
        ofTemplates.removeAll(model);
        completion.addAll(ofTemplates);
        Set<String> gateReads = byReader.computeIfAbsent(GATE, reader -> new TreeSet<>(model));
        Set<String> exemptionReads = new TreeSet<>();
        Set<String> exempted = new TreeSet<>();
        ObjectNode labelled = policy("privileged", Map.of(), false);
        labelled.withObject("/spec/match/workloadSelector/matchLabels").put("key", "a");
        for (ObjectNode pod : maximal()) {
            evaluate(pod, Optional.of(maximal().get(1)), none, gateReads);
            evaluate(pod, Optional.empty(), policies(labelled), gateReads);
            evaluate(pod, Optional.empty(), exempting(), exemptionReads);
        }
        alone(EXEMPTED)
                .forEach(policies -> maximal().forEach(pod -> evaluate(pod, Optional.empty(), policies, exempted)));
        exemptionReads.removeAll(exempted);
        gateReads.addAll(exemptionReads);
    }

    private void see(Rule rule) {
        Set<String> reads = new TreeSet<>();
        List<PolicySet> alone = alone(rule);
        for (ObjectNode pod : maximal()) {
            alone.forEach(policies -> evaluate(pod, Optional.empty(), policies, reads));
        }
        for (JsonNode fixture : fixtures(rule)) {
            alone.forEach(policies -> evaluate((ObjectNode) fixture, Optional.empty(), policies, reads));
            for (ObjectNode pod : maximal()) {
                ObjectNode overlaid = (ObjectNode) MaximalPod.overlaid(pod, fixture);
                alone.forEach(policies -> evaluate(overlaid, Optional.empty(), policies, reads));
            }
        }
        reads.removeAll(model);
        byReader.put(rule.id(), reads);
    }

    /** Policies by which that rule alone evaluates, at each of its versions, with and without a user to be filled in. */
    private static List<PolicySet> alone(Rule rule) {
        String action = rule instanceof HardeningRule ? "harden" : "deny";
        List<PolicySet> policies = new ArrayList<>();
        for (boolean user : new boolean[] {false, true}) {
            policies.add(policies(policy("privileged", Map.of(rule.id(), action), user)));
        }
        rule.level().ifPresent(level -> {
            Map<String, String> others = new LinkedHashMap<>();
            RuleRegistry.ALL.stream().filter(other -> other != rule).forEach(other -> others.put(other.id(), "off"));
            for (VersionedCheck revision : rule.revisions()) {
                String profile = level.toString().toLowerCase(Locale.ROOT) + "@v1." + revision.since();
                policies.add(policies(policy(profile, others, false)));
            }
        });
        return policies;
    }

    private static ObjectNode policy(String profile, Map<String, String> actions, boolean user) {
        ObjectNode policy = JSON.createObjectNode();
        policy.put("apiVersion", PolicyReader.API_VERSION).put("kind", PolicyReader.POLICY_KIND);
        policy.putObject("metadata").put("name", "p");
        ObjectNode spec = policy.putObject("spec").put("profile", profile);
        actions.forEach(
                (rule, action) -> spec.withObject("/rules").putObject(rule).put("action", action));
        if (user) {
            spec.putObject("user").put("id", 10_001);
        }
        return policy;
    }

    /** One exemption for certain workloads and containers. */
    private static PolicySet exempting() {
        return policies(policy("privileged", Map.of(EXEMPTED.id(), "deny"), false), Yaml.tree("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: Exemption
                metadata: {name: e, namespace: bulkhead-system}
                spec:
                  reason: r
                  owner: o
                  expires: 2026-12-31T00:00:00Z
                  match: {namespaces: [driftwood], workloads: [{kind: Pod, name: a}], containers: [a]}
                  allow: [{rule: hostPathVolumes, values: ["*"]}]
                """));
    }

    private static PolicySet policies(JsonNode... documents) {
        List<Policy> policies = new ArrayList<>();
        List<Exemption> exemptions = new ArrayList<>();
        for (JsonNode document : documents) {
            Reading reading = PolicyReader.read(document, NOW, Duration.ofDays(90));
            if (reading instanceof Reading.OfPolicy of) {
                policies.add(of.policy());
            } else if (reading instanceof Reading.OfExemption of) {
                exemptions.add(of.exemption());
            } else {
                throw new IllegalStateException(reading + " of " + document);
            }
        }
        return new PolicySet(policies, exemptions);
    }

    private static List<JsonNode> fixtures(Rule rule) {
        try (Stream<Path> files = Files.walk(FIXTURES.resolve(rule.id()))) {
            return files.filter(file -> file.endsWith("pod.yaml"))
                    .sorted()
                    .map(Yaml::file)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * On the host's network the API server makes every container port a host port, so the rules that read the one depend on
     * the other two fields as well.
     */
    private void addWhatHostPortsComeFrom() {
        for (String list : LISTS) {
            String port = String.format(Locale.ROOT, "spec.%s[].ports[].", list);
            for (String reader : readersOf(port + "hostPort")) {
                Set<String> reads = byReader.getOrDefault(reader, Set.of());
                reads.add(port + "containerPort");
                reads.add("spec.hostNetwork");
            }
        }
    }

    /** The paths that are read to complete a template, before any rule. */
    Set<String> completion() {
        return completion;
    }

    /** Evaluates the pod as it is created or changed, and as a Deployment's template, and adds what was asked for. */
    private void evaluate(ObjectNode pod, Optional<ObjectNode> old, PolicySet policies, Set<String> reads) {
        evaluateAs("Pod", pod, old, policies, reads);
        Set<String> ofTemplate = new TreeSet<>();
        evaluateAs("Deployment", pod, old, policies, ofTemplate);
        ofTemplate.removeAll(completion);
        reads.addAll(ofTemplate);
    }

    private void evaluateAs(
            String kind, ObjectNode pod, Optional<ObjectNode> old, PolicySet policies, Set<String> reads) {
        Set<String> mutating = new TreeSet<>();
        Decision mutated = gate.mutate(request(kind, pod, old, mutating), policies, AdmissionContext.unlimited());
        // What is hardened is signed, for which the webhook adds up how long all annotations are.
        mutating.remove(ANNOTATIONS + RecordingObject.ALL_KEYS);
        reads.addAll(mutating);
        Decision validated = gate.validate(request(kind, pod, old, reads), policies, AdmissionContext.unlimited());
        if (mutated instanceof Decision.Invalid || validated instanceof Decision.Invalid) {
            throw new IllegalStateException("it is not evaluated: " + mutated + ", " + validated);
        }
    }

    private static AdmissionRequest request(String kind, ObjectNode pod, Optional<ObjectNode> old, Set<String> reads) {
        ObjectNode review = review(kind, old.isPresent() ? "UPDATE" : "CREATE");
        ObjectNode request = (ObjectNode) review.path("request");
        request.set("object", object(kind, RecordingObject.of(pod, SCHEMA, reads::add)));
        old.ifPresent(before -> request.set("oldObject", object(kind, RecordingObject.of(before, SCHEMA, reads::add))));
        return AdmissionRequest.of(Field.root(review));
    }

    static ObjectNode review(String kind, String operation) {
        ObjectNode review =
                JSON.createObjectNode().put("kind", "AdmissionReview").put("apiVersion", AdmissionRequest.API_VERSION);
        ObjectNode request = review.putObject("request").put("uid", "u");
        request.putObject("kind")
                .put("group", kind.equals("Pod") ? "" : "apps")
                .put("version", "v1")
                .put("kind", kind);
        request.put("operation", operation).put("namespace", "driftwood");
        // A controller, which alone is believed whose pod it is.
        request.putObject("userInfo").put("username", "system:serviceaccount:kube-system:job-controller");
        return review;
    }

    /** An object of that kind that is that pod or holds it as its template. */
    static ObjectNode object(String kind, ObjectNode pod) {
        ObjectNode object = kind.equals("Pod") ? pod : JSON.createObjectNode();
        object.put("apiVersion", kind.equals("Pod") ? "v1" : "apps/v1").put("kind", kind);
        if (!kind.equals("Pod")) {
            object.putObject("metadata").put("name", "a");
            object.putObject("spec").set("template", pod);
        }
        return object;
    }
}
