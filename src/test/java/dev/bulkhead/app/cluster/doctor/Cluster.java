package dev.bulkhead.app.cluster.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.certificate.KeyMaterial;
import dev.bulkhead.manifest.Document;
import dev.bulkhead.manifest.DocumentReader;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A cluster with the chart's default installation, in which all is well until a test breaks something. */
public final class Cluster {
    public static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final String HOME = "bulkhead-system";

    private final Map<Source, Fact> facts = new EnumMap<>(Source.class);

    /** All is well. */
    public static Cluster healthy() {
        Cluster cluster = new Cluster();
        List<ObjectNode> installed = installed();
        cluster.put(Source.VERSION, Yaml.tree("{major: '1', minor: '37', gitVersion: v1.37.2}"));
        cluster.put(Source.DEPLOYMENT, with(of(installed, "Deployment", "bulkhead"), "{readyReplicas: 2}"));
        cluster.put(Source.CONSOLE, with(of(installed, "Deployment", "bulkhead-console"), "{readyReplicas: 1}"));
        cluster.put(Source.PODS, pod("node-a"), pod("node-b"));
        cluster.put(Source.BUDGETS, of(installed, "PodDisruptionBudget", "bulkhead"));
        cluster.put(Source.SERVICE, of(installed, "Service", "bulkhead"));
        cluster.put(
                Source.ENDPOINTS,
                Yaml.tree("endpoints: [{addresses: [10.0.0.1], conditions: {ready: true}},"
                        + " {addresses: [10.0.0.2], conditions: {ready: true}}]"));
        cluster.put(
                Source.LEASE,
                Yaml.tree("spec: {holderIdentity: bulkhead-0, leaseDurationSeconds: 15,"
                        + " renewTime: '2026-11-24T11:59:58.123456Z'}"));
        ObjectNode record = of(installed, "ConfigMap", "bulkhead");
        cluster.put(Source.RECORD, record);
        for (ObjectNode configuration :
                documents(record.at("/data/webhooks.yaml").asText())) {
            configuration.path("webhooks").forEach(webhook -> {
                if (!webhook.has("failurePolicy")) {
                    ((ObjectNode) webhook).put("failurePolicy", "Fail");
                }
            });
            cluster.put(
                    configuration.path("kind").asText().startsWith("M") ? Source.MUTATING : Source.VALIDATING,
                    configuration);
        }
        cluster.facts.put(Source.ALL_MUTATING, new Fact.Read(cluster.objects(Source.MUTATING)));
        cluster.put(
                Source.DEFINITIONS,
                with(
                        of(installed, "CustomResourceDefinition", "leastprivilegepolicies.bulkhead.dev"),
                        "{conditions: [{type: Established, status: 'True'}]}"),
                with(
                        of(installed, "CustomResourceDefinition", "exemptions.bulkhead.dev"),
                        "{conditions: [{type: Established, status: 'True'}]}"));
        cluster.put(Source.SECOND_LAYER);
        cluster.put(Source.POLICIES);
        cluster.put(Source.EXEMPTIONS);
        cluster.put(Source.NAMESPACES, namespace("default"), namespace("kube-system"), namespace(HOME));
        cluster.put(Source.RUNTIME_CLASSES);
        cluster.put(Source.START_FAILURES);
        Place gate = Place.of(HOME, Optional.empty(), Optional.empty());
        cluster.allow(Source.RIGHTS, GateRights.reviews(gate));
        cluster.allow(
                Source.CONSOLE_RIGHTS,
                ConsoleRights.reviews(gate, ConsolePlace.of(of(installed, "Deployment", "bulkhead-console"))));
        cluster.put(Source.CONSOLE_CERTIFICATE);
        cluster.put(Source.DRY_RUN, Yaml.tree("{namespace: default, expected: hardened, hardened: true, refusal: ''}"));
        return cluster.serving(KeyMaterial.create(List.of("bulkhead.bulkhead-system.svc"), clock(NOW)));
    }

    private void allow(Source source, List<SubjectAccessReview> reviews) {
        KubernetesSerialization json = new KubernetesSerialization();
        put(
                source,
                reviews.stream()
                        .map(review -> with((ObjectNode) json.convertValue(review, JsonNode.class), "{allowed: true}"))
                        .toArray(JsonNode[]::new));
    }

    private static Clock clock(Instant time) {
        return Clock.fixed(time, ZoneOffset.UTC);
    }

    private static List<ObjectNode> installed() {
        try {
            return documents(Files.readString(Path.of("manifests", "install.yaml")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<ObjectNode> documents(String yaml) {
        List<ObjectNode> roots = new ArrayList<>();
        new DocumentReader()
                .read("test.yaml", yaml.getBytes(StandardCharsets.UTF_8))
                .forEach(result -> result.fold((Document document) -> roots.add(document.root()), problem -> {
                    throw new AssertionError(problem.describe());
                }));
        return roots;
    }

    private static ObjectNode of(List<ObjectNode> objects, String kind, String name) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind)
                        && object.at("/metadata/name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the chart has no " + kind + " " + name));
    }

    private static ObjectNode with(ObjectNode object, String status) {
        object.set("status", Yaml.tree(status));
        return object;
    }

    public static JsonNode namespace(String name) {
        return Yaml.tree("{metadata: {name: %1$s, labels: {kubernetes.io/metadata.name: %1$s}}}".formatted(name));
    }

    public static JsonNode pod(String node) {
        return Yaml.tree("{spec: {nodeName: %s, containers: [{image: 'bulkhead:1'}]},".formatted(node)
                + " status: {conditions: [{type: Ready, status: 'True'}]}}");
    }

    /** With the certificate of that material in the Secret, and its CA in the CA bundles. */
    public Cluster serving(KeyMaterial material) {
        ObjectNode secret = (ObjectNode) Yaml.tree("{kind: Secret, data: {}}");
        ((ObjectNode) secret.path("data"))
                .put("tls.crt", encoded(material.toData().getOrDefault("tls.crt", "")));
        put(Source.CERTIFICATE, secret);
        return trusting(material);
    }

    public Cluster trusting(KeyMaterial material) {
        for (Source source : List.of(Source.MUTATING, Source.VALIDATING)) {
            edit(
                    source,
                    configuration -> configuration
                            .path("webhooks")
                            .forEach(webhook -> ((ObjectNode) webhook.path("clientConfig"))
                                    .put("caBundle", encoded(material.bundle()))));
        }
        return this;
    }

    /** With a console that serves the certificate of that material. */
    public Cluster consoleServing(KeyMaterial material) {
        edit(
                Source.CONSOLE,
                deployment -> ((ObjectNode) deployment.at("/spec/template/spec"))
                        .withArray("volumes")
                        .addObject()
                        .put("name", "console-tls")
                        .putObject("secret")
                        .put("secretName", "console-cert"));
        ObjectNode secret = (ObjectNode) Yaml.tree("{kind: Secret, data: {}}");
        ((ObjectNode) secret.path("data"))
                .put("tls.crt", encoded(material.toData().getOrDefault("tls.crt", "")));
        return put(Source.CONSOLE_CERTIFICATE, secret);
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** With these objects instead. */
    public Cluster put(Source source, JsonNode... objects) {
        facts.put(source, new Fact.Read(List.of(objects)));
        return this;
    }

    private List<JsonNode> objects(Source source) {
        Fact fact = facts.get(source);
        return fact instanceof Fact.Read read ? read.objects() : List.of();
    }

    /** With an edit to the first object. */
    public Cluster edit(Source source, Consumer<ObjectNode> edit) {
        edit.accept((ObjectNode) objects(source).get(0));
        return this;
    }

    /** Where the user may not read that. */
    public Cluster forbidden(Source source) {
        facts.put(source, Fact.forbidden(source.right(Place.of(HOME, Optional.empty(), Optional.empty()))));
        return this;
    }

    /** What was read of it. */
    public Facts facts() {
        Optional<JsonNode> deployment = objects(Source.DEPLOYMENT).stream().findFirst();
        Optional<JsonNode> console = objects(Source.CONSOLE).stream().findFirst();
        return new Facts(Place.of(HOME, deployment, console), NOW, facts);
    }
}
