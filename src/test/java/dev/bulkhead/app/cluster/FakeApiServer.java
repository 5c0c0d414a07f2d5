package dev.bulkhead.app.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.resource.CustomResources;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * An API server that stores objects in memory and has its watchers hear of them; on demand it fails, or does not answer.
 * It knows Bulkhead's own kinds, counts no generations by itself, and lets everybody do anything.
 */
public final class FakeApiServer implements AutoCloseable {
    /** Kept, since a logger that nobody holds forgets its level. */
    private static final Logger LOG = Logger.getLogger("io.fabric8.mockwebserver.MockWebServer");

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Function<String, Optional<MockResponse>>> faults = new CopyOnWriteArrayList<>();
    private final AtomicBoolean ratcheting = new AtomicBoolean(true);
    private final KubernetesMockServer server;
    private final KubernetesClient client;

    public FakeApiServer() {
        LOG.setLevel(Level.WARNING);
        KubernetesCrudDispatcher objects = new KubernetesCrudDispatcher(List.of(
                kind(CustomResources.POLICIES.getKind(), "leastprivilegepolicies", "Cluster"),
                kind(CustomResources.EXEMPTIONS.getKind(), "exemptions", "Namespaced"),
                ofAdmission("ValidatingAdmissionPolicy", "validatingadmissionpolicies"),
                ofAdmission("ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings"),
                ofAdmission("MutatingAdmissionPolicy", "mutatingadmissionpolicies"),
                ofAdmission("MutatingAdmissionPolicyBinding", "mutatingadmissionpolicybindings"),
                kind("openreports.io", "v1alpha1", "Report", "reports", "Namespaced"),
                kind("wgpolicyk8s.io", "v1alpha2", "PolicyReport", "policyreports", "Namespaced")));
        server = new KubernetesMockServer(
                new Context(),
                new MockWebServer(),
                new HashMap<>(),
                new Dispatcher() {
                    @Override
                    public MockResponse dispatch(RecordedRequest request) {
                        String line = request.getMethod() + " " + request.getPath();
                        requests.add(line);
                        return faults.stream()
                                .flatMap(fault -> fault.apply(line).stream())
                                .findFirst()
                                .or(() -> version(line))
                                .orElseGet(() -> request.getMethod().equals("PATCH")
                                        ? patched(objects, request, ratcheting.get())
                                        : objects.dispatch(request));
                    }
                },
                false);
        server.init();
        client = server.createClient(builder -> builder.editOrNewConfig()
                .withRequestRetryBackoffLimit(0)
                .withNamespace("bulkhead-system")
                .endConfig());
    }

    private static CustomResourceDefinitionContext ofAdmission(String kind, String plural) {
        return kind("admissionregistration.k8s.io", "v1", kind, plural, "Cluster");
    }

    private static CustomResourceDefinitionContext kind(String kind, String plural, String scope) {
        return kind("bulkhead.dev", "v1alpha1", kind, plural, scope);
    }

    private static CustomResourceDefinitionContext kind(
            String group, String version, String kind, String plural, String scope) {
        return new CustomResourceDefinitionContext.Builder()
                .withGroup(group)
                .withVersion(version)
                .withKind(kind)
                .withPlural(plural)
                .withScope(scope)
                .withStatusSubresource(true)
                .build();
    }

    private static Optional<MockResponse> version(String line) {
        return line.equals("GET /version")
                ? Optional.of(new MockResponse().setResponseCode(200).setBody("{\"major\":\"1\",\"minor\":\"37+\"}"))
                : Optional.empty();
    }

    /**
     * A JSON merge patch as RFC 7396 has it; with a resourceVersion only of what has that one. What is applied is created if
     * there is none.
     */
    private static MockResponse patched(KubernetesCrudDispatcher objects, RecordedRequest request, boolean ratcheting) {
        String path = request.getPath().replaceFirst("\\?.*", "");
        MockResponse stored = objects.handleGet(path.replaceFirst("/status$", ""));
        if (stored.code() == HttpURLConnection.HTTP_NOT_FOUND && isApplied(request)) {
            return objects.handleCreate(new RecordedRequest(
                    request.getHttpVersion(),
                    HttpMethod.POST,
                    path.replaceFirst("/[^/]+$", ""),
                    request.getHeaders(),
                    request.getBody()));
        }
        if (stored.code() != HttpURLConnection.HTTP_OK) {
            return stored;
        }
        JsonNode before = Yaml.tree(stored.getBody().readUtf8());
        JsonNode patch = Yaml.tree(request.getUtf8Body());
        JsonNode version = patch.at("/metadata/resourceVersion");
        if (version.isTextual() && !version.equals(before.at("/metadata/resourceVersion"))) {
            return failure(HttpURLConnection.HTTP_CONFLICT, "the object has been modified");
        }
        JsonNode result = merged(before, patch);
        if (!ratcheting && !result.at("/status/excused").valueStream().allMatch(JsonNode::isObject)) {
            return failure(422, "status.excused in body must be of type object");
        }
        Buffer merged = new Buffer(result.toString().getBytes(StandardCharsets.UTF_8));
        return objects.handleUpdate(
                new RecordedRequest(request.getHttpVersion(), HttpMethod.PUT, path, request.getHeaders(), merged));
    }

    private static boolean isApplied(RecordedRequest request) {
        return String.valueOf(request.getHeader("Content-Type")).startsWith("application/apply-patch+yaml");
    }

    private static JsonNode merged(JsonNode target, JsonNode patch) {
        if (!patch.isObject()) {
            return patch;
        }
        ObjectNode result = target instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
        patch.properties().forEach(field -> {
            if (field.getValue().isNull()) {
                result.remove(field.getKey());
            } else {
                result.set(field.getKey(), merged(result.path(field.getKey()), field.getValue()));
            }
        });
        return result;
    }

    private static MockResponse failure(int status, String message) {
        return new MockResponse()
                .setResponseCode(status)
                .setBody("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":" + status
                        + ",\"message\":\"" + message + "\"}");
    }

    public KubernetesClient client() {
        return client;
    }

    /** All requests until now, as {@code GET /api/v1/pods?limit=5}. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** How many requests there were of that kind. */
    public long count(Predicate<String> requests) {
        return requests().stream().filter(requests).count();
    }

    /** From now on such requests are answered with that HTTP status. */
    public void fail(Predicate<String> requests, int status) {
        faults.add(0, line -> requests.test(line) ? Optional.of(failure(status, "told to fail")) : Optional.empty());
    }

    /** From now on such requests are answered with that. */
    public void answer(Predicate<String> requests, String body) {
        faults.add(
                0,
                line -> requests.test(line)
                        ? Optional.of(new MockResponse().setResponseCode(200).setBody(body))
                        : Optional.empty());
    }

    /** From now on such requests get no answer. */
    public void hang(Predicate<String> requests) {
        faults.add(
                0,
                line -> requests.test(line)
                        ? Optional.of(new MockResponse()
                                .setResponseCode(200)
                                .setBody("{}")
                                .setBodyDelay(Duration.ofHours(1)))
                        : Optional.empty());
    }

    /** From now on, as before Kubernetes 1.30, an object is refused for what was invalid in it before the change, too. */
    public void withoutRatcheting() {
        ratcheting.set(false);
    }

    /** Everything is as it should be again. */
    public void recover() {
        faults.clear();
    }

    /** Stores an object as it is. */
    public void create(String yaml) {
        client.resource(object(yaml)).create();
    }

    /** Replaces an object. */
    public void update(String yaml) {
        client.resource(object(yaml)).update();
    }

    private HasMetadata object(String yaml) {
        JsonNode tree = Yaml.tree(yaml);
        Class<? extends HasMetadata> type = tree.path("apiVersion").asText().startsWith("bulkhead.dev/")
                ? GenericKubernetesResource.class
                : HasMetadata.class;
        return client.getKubernetesSerialization().unmarshal(tree.toString(), type);
    }

    /** Replaces the status of an object. */
    public void updateStatus(String yaml) {
        client.resource(object(yaml)).updateStatus();
    }

    /** Deletes an object. */
    public void delete(String yaml) {
        client.resource(object(yaml)).delete();
    }

    /** An Exemption or policy as it is stored. */
    public ObjectNode get(String kind, String namespace, String name) {
        GenericKubernetesResource object = kind.equals("Exemption")
                ? client.genericKubernetesResources(CustomResources.EXEMPTIONS)
                        .inNamespace(namespace)
                        .withName(name)
                        .get()
                : client.genericKubernetesResources(CustomResources.POLICIES)
                        .withName(name)
                        .get();
        return (ObjectNode) CustomResources.tree(client, object);
    }

    /** Waits until that is so. */
    public static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain for " + what);
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        client.close();
        server.destroy();
    }
}
