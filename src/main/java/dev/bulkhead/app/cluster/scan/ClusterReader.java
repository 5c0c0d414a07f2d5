package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.resource.BoundedRead;
import dev.bulkhead.app.cluster.resource.HttpStatusException;
import dev.bulkhead.app.cluster.resource.ImageConfigMap;
import dev.bulkhead.app.cluster.resource.PagedList;
import dev.bulkhead.app.cluster.watch.ClaimedVolumes;
import dev.bulkhead.app.cluster.watch.ServerVersion;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.ImageRecords;
import dev.bulkhead.engine.image.KnownImages;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.text.FailureText;
import dev.bulkhead.engine.workload.KubernetesKind;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads a cluster once, as far as its user may: what runs, and what verdicts depend on besides. Without permission for the
 * latter the scan is less exact, and says so.
 */
public final class ClusterReader {
    private static final String JSON = "application/json";
    private static final int MOST_BYTES = 4 << 20;
    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final String NOT_APPLIED = "they are not applied";
    private static final String OWN = "apis/bulkhead.dev/v1alpha1/";

    private final KubernetesClient client;
    private final String home;
    private final Optional<String> namespace;
    private final String selector;
    private final RunningImages running = new RunningImages();
    private final Consumer<String> progress;
    private final List<String> limits = new ArrayList<>();

    /**
     * What was read.
     *
     * @param knowsPolicies whether the cluster has Bulkhead's resources at all
     * @param policies empty as well where they cannot be read
     * @param settings how its webhook is set up; empty where that cannot be read
     * @param limits what could not be read, and what that means, in a sentence each
     */
    public record Reading(
            Inventory inventory,
            Map<String, Namespace> namespaces,
            ClusterCapabilities cluster,
            boolean knowsPolicies,
            List<JsonNode> policies,
            List<JsonNode> exemptions,
            Optional<InstalledSettings> settings,
            List<String> limits) {}

    /**
     * Reads nothing yet.
     *
     * @param home Bulkhead's own namespace, if it is installed
     * @param namespace whose workloads are read, a valid name; empty for all
     * @param labelSelector which pods and controllers are read, as kubectl's {@code -l}; empty for all
     * @param progress receives what is being read
     */
    public ClusterReader(
            KubernetesClient client,
            String home,
            Optional<String> namespace,
            Optional<String> labelSelector,
            Consumer<String> progress) {
        this.client = client;
        this.home = home;
        this.namespace = namespace;
        this.selector = labelSelector
                .map(text -> "&labelSelector=" + URLEncoder.encode(text, StandardCharsets.UTF_8))
                .orElse("");
        this.progress = progress;
    }

    /**
     * Reads everything.
     *
     * @throws IOException when pods cannot be listed, with the reason
     */
    public Reading read() throws IOException {
        int minor = ServerVersion.ask(client);
        Map<String, Namespace> namespaces = namespaces();
        Inventory inventory = Inventory.unbounded();
        for (KubernetesKind kind : ScanRuntime.KINDS) {
            progress.accept(kind.resource());
            if (kind == KubernetesKind.POD) {
                required("pods", () -> list(kind, inventory));
            } else {
                optional(
                        kind.resource(),
                        "workloads without pods are missing, and pods may be reported under another owner",
                        () -> list(kind, inventory));
            }
        }
        progress.accept("policies");
        boolean knowsPolicies = true;
        List<JsonNode> policies = new ArrayList<>();
        List<JsonNode> exemptions = new ArrayList<>();
        try {
            permitted("leastprivilegepolicies", NOT_APPLIED, () -> own("leastprivilegepolicies", policies::add));
            permitted("exemptions", NOT_APPLIED, () -> own("exemptions", exemptions::add));
        } catch (NotFoundException e) {
            knowsPolicies = false;
        }
        return new Reading(
                inventory,
                namespaces,
                new ClusterCapabilities(minor, runtimeClasses(), claims(), images()),
                knowsPolicies,
                policies,
                exemptions,
                settings(),
                limits);
    }

    /** What the webhook's replicas read, if it may be read, and what the pods tell that were listed. */
    private ImageLookup images() throws IOException {
        ImageRecords records = ImageRecords.EMPTY;
        try {
            JsonNode stored = get("api/v1/namespaces/" + home + "/configmaps/bulkhead-images");
            records = ImageRecords.read(
                            stored.path("data").path(ImageConfigMap.KEY).asText(""))
                    .records();
        } catch (HttpStatusException e) {
            // Where Bulkhead is not installed there is none.
        }
        return records.with(running.images(), LocalDate.now(ZoneOffset.UTC))
                .lookup()
                .orElse(KnownImages.LOOKUP);
    }

    private Optional<InstalledSettings> settings() throws IOException {
        try {
            JsonNode list = get("apis/apps/v1/namespaces/" + home
                    + "/deployments?limit=1&labelSelector=app.kubernetes.io%2Fname%3Dbulkhead");
            return Optional.of(list.path("items").path(0))
                    .filter(JsonNode::isObject)
                    .map(deployment -> InstalledSettings.of(deployment, home));
        } catch (HttpStatusException e) {
            return Optional.empty();
        }
    }

    private JsonNode get(String path) throws IOException {
        byte[] answer = BoundedRead.get(client, path, JSON, MOST_BYTES, WITHIN);
        return client.getKubernetesSerialization().unmarshal(new ByteArrayInputStream(answer), JsonNode.class);
    }

    /** The API server does not know what was asked for. */
    private static final class NotFoundException extends IOException {
        private static final long serialVersionUID = 1;

        NotFoundException(String what, IOException cause) {
            super(what + " not found", cause);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void required(String what, Work work) throws IOException {
        try {
            work.run();
        } catch (IOException e) {
            throw new IOException(what + " cannot be listed: " + FailureText.message(e), e);
        }
    }

    /** The same for what an old cluster may not have. */
    private boolean optional(String what, String consequence, Work work) throws IOException {
        try {
            return permitted(what, consequence, work);
        } catch (NotFoundException e) {
            limits.add(what + " cannot be read (the cluster has none): " + consequence);
            return false;
        }
    }

    /** Does what the user may not be permitted to. */
    private boolean permitted(String what, String consequence, Work work) throws IOException {
        try {
            work.run();
            return true;
        } catch (HttpStatusException e) {
            if (e.code() == HttpURLConnection.HTTP_NOT_FOUND) {
                throw new NotFoundException(what, e);
            }
            if (e.code() != HttpURLConnection.HTTP_FORBIDDEN) {
                throw new IOException(what + " cannot be listed: " + FailureText.message(e), e);
            }
            limits.add(what + " cannot be read (" + e.getMessage() + "): " + consequence);
            return false;
        }
    }

    private void list(KubernetesKind kind, Inventory inventory) throws IOException {
        String group = kind.group().isEmpty() ? "api/v1/" : "apis/" + kind.group() + "/v1/";
        String path = group + namespace.map(name -> "namespaces/" + name + "/").orElse("") + kind.resource();
        // What stands between a pod and its workload may have other labels than both.
        boolean between = kind == KubernetesKind.REPLICA_SET || kind == KubernetesKind.JOB;
        Set<String> here = new HashSet<>();
        PagedList.forEach(client, path, between ? "" : selector, JSON, item -> {
            if (item instanceof ObjectNode object) {
                here.add(object.at("/metadata/uid").asText());
                if (kind == KubernetesKind.POD) {
                    running.arrived(object);
                }
                inventory.put(kind, object);
            }
        });
        progress.accept(kind.resource() + ": " + here.size());
    }

    private Map<String, Namespace> namespaces() throws IOException {
        Map<String, Namespace> namespaces = new HashMap<>();
        String what = namespace.map(name -> "namespace " + name).orElse("namespaces");
        permitted(what, "policies that select namespaces by label are not applied exactly", () -> {
            if (namespace.isPresent()) {
                byte[] one = BoundedRead.get(client, "api/v1/namespaces/" + namespace.get(), JSON, MOST_BYTES, WITHIN);
                Namespace read = namespace(
                        client.getKubernetesSerialization().unmarshal(new ByteArrayInputStream(one), JsonNode.class));
                namespaces.put(read.name(), read);
                return;
            }
            PagedList.forEach(client, "api/v1/namespaces", "", JSON, item -> {
                Namespace read = namespace(item);
                namespaces.put(read.name(), read);
            });
        });
        return namespaces;
    }

    private static Namespace namespace(JsonNode object) {
        Map<String, String> labels = new HashMap<>();
        object.at("/metadata/labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        return new Namespace(object.at("/metadata/name").asText(), labels);
    }

    private Optional<Set<String>> runtimeClasses() throws IOException {
        Set<String> names = new HashSet<>();
        boolean read = optional(
                "runtimeclasses",
                "every RuntimeClass is assumed to exist",
                () -> PagedList.forEach(
                        client,
                        "apis/node.k8s.io/v1/runtimeclasses",
                        "",
                        JSON,
                        item -> names.add(item.at("/metadata/name").asText())));
        return read ? Optional.of(names) : Optional.empty();
    }

    private ClaimedVolumes claims() throws IOException {
        ClaimedVolumes claims = new ClaimedVolumes();
        optional(
                "persistentvolumes",
                "the volumes behind claims are not checked",
                () -> PagedList.forEach(
                        client,
                        "api/v1/persistentvolumes",
                        "",
                        JSON,
                        item -> claims.onAdd(
                                client.getKubernetesSerialization().convertValue(item, PersistentVolume.class))));
        return claims;
    }

    private void own(String plural, Consumer<JsonNode> consumer) throws IOException {
        PagedList.forEach(client, OWN + plural, "", JSON, consumer);
    }
}
