package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.resource.BoundedRead;
import dev.bulkhead.app.cluster.resource.HttpStatusException;
import dev.bulkhead.app.cluster.resource.PagedList;
import dev.bulkhead.app.cluster.watch.ClaimedVolumes;
import dev.bulkhead.app.cluster.watch.ServerVersion;
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
    private static final String OWN = "apis/bulkhead.dev/v1alpha1/";

    private final KubernetesClient client;
    private final Optional<String> namespace;
    private final String selector;
    private final Consumer<String> progress;
    private final List<String> limits = new ArrayList<>();

    /**
     * What was read.
     *
     * @param policies and {@code exemptions} empty where the cluster has no such resources
     * @param limits what could not be read, and what that means, in a sentence each
     */
    public record Reading(
            Inventory inventory,
            Map<String, Namespace> namespaces,
            ClusterCapabilities cluster,
            Optional<List<JsonNode>> policies,
            List<JsonNode> exemptions,
            List<String> limits) {}

    /**
     * Reads nothing yet.
     *
     * @param namespace whose workloads are read; empty for all
     * @param labelSelector which pods and controllers are read, as kubectl's {@code -l}; empty for all
     * @param progress receives what is being read
     */
    public ClusterReader(
            KubernetesClient client,
            Optional<String> namespace,
            Optional<String> labelSelector,
            Consumer<String> progress) {
        this.client = client;
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
        Inventory inventory = new Inventory();
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
        progress.accept("namespaces");
        Map<String, Namespace> namespaces = namespaces();
        ClusterCapabilities cluster = new ClusterCapabilities(minor, runtimeClasses(), claims());
        progress.accept("policies");
        Optional<List<JsonNode>> policies = ownResources("leastprivilegepolicies");
        List<JsonNode> exemptions = ownResources("exemptions").orElse(List.of());
        return new Reading(inventory, namespaces, cluster, policies, exemptions, limits);
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

    /** Does what the user may not be permitted to. */
    private boolean optional(String what, String consequence, Work work) throws IOException {
        try {
            work.run();
            return true;
        } catch (HttpStatusException e) {
            if (e.code() != HttpURLConnection.HTTP_FORBIDDEN && e.code() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw new IOException(what + " cannot be listed: " + FailureText.message(e), e);
            }
            limits.add(what + " cannot be listed (" + e.getMessage() + "): " + consequence);
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
                inventory.put(kind, object);
            }
        });
        progress.accept(kind.resource() + ": " + here.size());
    }

    private Map<String, Namespace> namespaces() throws IOException {
        Map<String, Namespace> namespaces = new HashMap<>();
        optional("namespaces", "policies that select namespaces by label are not applied exactly", () -> {
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

    /** Empty where the cluster does not know them. */
    private Optional<List<JsonNode>> ownResources(String plural) throws IOException {
        List<JsonNode> objects = new ArrayList<>();
        try {
            PagedList.forEach(client, OWN + plural, "", JSON, objects::add);
            return Optional.of(objects);
        } catch (HttpStatusException e) {
            if (e.code() == HttpURLConnection.HTTP_FORBIDDEN) {
                limits.add(plural + " cannot be listed (" + e.getMessage() + "): they are not applied");
            } else if (e.code() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw new IOException(plural + " cannot be listed: " + FailureText.message(e), e);
            }
            return Optional.empty();
        }
    }
}
