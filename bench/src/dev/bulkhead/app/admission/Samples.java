package dev.bulkhead.app.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.policy.document.PolicyReader;
import dev.bulkhead.engine.policy.document.PolicyReader.Reading;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What is measured: reviews, policies, exemptions. Writes them as files for the benchmark over the wire. */
public final class Samples {
    static final int POLICIES = 1_000;
    static final int EXEMPTIONS = 10_000;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path TYPICAL = Path.of("bench/reviews/typical.json");

    private Samples() {}

    /** A pod as a ReplicaSet creates it, which hardening makes acceptable: 8 KB, three containers. */
    static byte[] careless() throws IOException {
        return Files.readString(TYPICAL).strip().getBytes(StandardCharsets.UTF_8);
    }

    /** The same pod after hardening, as validation sees it. */
    public static byte[] hardened() throws IOException {
        return harden((ObjectNode) JSON.readTree(careless()));
    }

    /** The hardened pod with that many containers more or less alike. */
    public static byte[] hardened(int containers) throws IOException {
        ObjectNode review = (ObjectNode) JSON.readTree(careless());
        ArrayNode list = (ArrayNode) review.at("/request/object/spec/containers");
        JsonNode one = list.get(0);
        list.removeAll();
        for (int i = 0; i < containers; i++) {
            list.add(((ObjectNode) one.deepCopy()).put("name", "web-" + i));
        }
        return harden(review);
    }

    private static byte[] harden(ObjectNode review) throws IOException {
        AdmissionService.Answer answer = reviews()
                .answer(
                        AdmissionService.Path.MUTATE,
                        review.toString().getBytes(StandardCharsets.UTF_8),
                        Samples::builtIn);
        byte[] patch = JSON.readTree(answer.body()).at("/response/patch").binaryValue();
        for (JsonNode operation : JSON.readTree(patch)) {
            add((ObjectNode) review.at("/request/object"), operation);
        }
        return review.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Bulkhead's patches only add. */
    private static void add(ObjectNode object, JsonNode operation) {
        String path = operation.path("path").asText();
        int last = path.lastIndexOf('/');
        JsonNode holder = object.at(path.substring(0, last));
        String name = path.substring(last + 1).replace("~1", "/").replace("~0", "~");
        if (holder instanceof ArrayNode array) {
            array.add(operation.get("value"));
        } else {
            ((ObjectNode) holder).set(name, operation.get("value"));
        }
    }

    /** What decides. */
    static WorkloadAdmission gate() {
        return new WorkloadAdmission(
                WorkloadKinds.builtIn(),
                ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                Clock.systemUTC());
    }

    public static AdmissionReviewHandler reviews() {
        return AdmissionReviewHandler.by(
                WorkloadKinds.builtIn(),
                ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                Clock.systemUTC());
    }

    public static PolicySet builtIn() {
        return BuiltIn.POLICIES;
    }

    private static final class BuiltIn {
        static final PolicySet POLICIES = PolicySet.of(Profile.LEAST_PRIVILEGE);
    }

    /** One policy for every tenant and ten exemptions in each of their namespaces, the measured one among them. */
    static PolicySet many() throws IOException {
        Instant now = Instant.now();
        List<Policy> policies = new ArrayList<>();
        List<Exemption> exemptions = new ArrayList<>();
        for (JsonNode document : documents(now)) {
            Reading reading = PolicyReader.read(document, now, Duration.ofDays(365));
            if (reading instanceof Reading.OfPolicy of) {
                policies.add(of.policy());
            } else if (reading instanceof Reading.OfExemption of) {
                exemptions.add(of.exemption());
            } else {
                throw new IllegalStateException("a sample is wrong: " + document);
            }
        }
        if (policies.size() != POLICIES || exemptions.size() != EXEMPTIONS) {
            throw new IllegalStateException("there are " + policies.size() + " and " + exemptions.size());
        }
        return new PolicySet(policies, exemptions);
    }

    private static List<JsonNode> documents(Instant now) {
        List<JsonNode> documents = new ArrayList<>();
        for (int i = 0; i < POLICIES; i++) {
            documents.add(policy(namespace(i), i));
        }
        for (int i = 0; i < EXEMPTIONS; i++) {
            documents.add(exemption(namespace(i % POLICIES), i, now.plus(Duration.ofDays(90))));
        }
        return documents;
    }

    private static String namespace(int i) {
        return i == 0 ? "driftwood" : "tenant-" + i;
    }

    private static JsonNode policy(String namespace, int i) {
        ObjectNode policy = JSON.createObjectNode()
                .put("apiVersion", "bulkhead.dev/v1alpha1")
                .put("kind", "LeastPrivilegePolicy");
        policy.putObject("metadata").put("name", "policy-" + i);
        ObjectNode spec = policy.putObject("spec");
        spec.putObject("match")
                .putObject("namespaceSelector")
                .putObject("matchLabels")
                .put("kubernetes.io/metadata.name", namespace);
        spec.put("profile", "least-privilege");
        return policy;
    }

    private static JsonNode exemption(String namespace, int i, Instant expires) {
        ObjectNode exemption = JSON.createObjectNode()
                .put("apiVersion", "bulkhead.dev/v1alpha1")
                .put("kind", "Exemption");
        exemption.putObject("metadata").put("name", "exemption-" + i).put("namespace", "bulkhead-system");
        ObjectNode spec = exemption.putObject("spec");
        spec.put("reason", "measured").put("owner", "team").put("expires", expires.toString());
        ObjectNode match = spec.putObject("match");
        match.putArray("namespaces").add(namespace);
        match.putArray("workloads").addObject().put("kind", "DaemonSet").put("name", "agent-" + i);
        spec.putArray("allow")
                .addObject()
                .put("rule", "hostPathVolumes")
                .putArray("values")
                .add("/data/" + i);
        return exemption;
    }

    /** Writes the reviews and the policies into that directory. */
    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        Files.createDirectories(directory.resolve("policies"));
        Files.write(directory.resolve("mutate.json"), careless());
        Files.write(directory.resolve("validate.json"), hardened());
        StringBuilder text = new StringBuilder();
        for (JsonNode document : documents(Instant.now())) {
            text.append(document).append("\n---\n");
        }
        Files.writeString(directory.resolve("policies/all.yaml"), text.substring(0, text.length() - 4));
        AdmissionService.Answer answer = reviews().answer(AdmissionService.Path.VALIDATE, hardened(), Samples::builtIn);
        System.out.println(new String(answer.body(), StandardCharsets.UTF_8));
    }
}
