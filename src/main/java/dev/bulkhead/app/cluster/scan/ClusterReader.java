package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.scan.InstallationReader.Declarations;
import dev.bulkhead.app.cluster.scan.access.AccessInventory;
import dev.bulkhead.app.cluster.scan.access.AccessKind;
import dev.bulkhead.app.cluster.scan.access.PrivilegedPods;
import dev.bulkhead.app.cluster.scan.observation.ObservedPods;
import dev.bulkhead.app.cluster.watch.ClaimedVolumes;
import dev.bulkhead.app.cluster.watch.ServerVersion;
import dev.bulkhead.engine.access.AccessTable;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.KnownImages;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.reach.account.ClusterAccess;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.CustomKind;
import dev.bulkhead.engine.workload.KubernetesKind;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
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
    private static final String WITHOUT_A_KIND =
            "workloads without pods are missing, and pods may be reported under another owner";

    private final KubernetesClient client;
    private final PermittedReads reads;
    private final InstallationReader installation;
    private final Optional<String> namespace;
    private final String selector;
    private final RunningImages running = new RunningImages();
    private final ObservedPods observedPods = ObservedPods.unbounded();
    private final WorkloadKinds declared;
    private final Consumer<String> progress;

    /**
     * What was read.
     *
     * @param observedPods what the pods in the inventory show
     * @param kinds those that hold pods, of which the inventory has what is in the cluster
     * @param whole whether it is the whole cluster
     * @param access what service accounts may do; empty where that may not be read
     * @param knowsPolicies whether the cluster has Bulkhead's resources at all
     * @param policies empty as well where they cannot be read
     * @param settings how its webhook is set up; the chart's defaults where none is installed, or it cannot be read
     * @param limits what could not be read, and what that means, in a sentence each
     */
    public record Reading(
            Inventory inventory,
            ObservedPods observedPods,
            WorkloadKinds kinds,
            Map<String, Namespace> namespaces,
            ClusterCapabilities cluster,
            boolean whole,
            Optional<AccessTable> access,
            boolean knowsPolicies,
            List<JsonNode> policies,
            List<JsonNode> exemptions,
            InstalledSettings settings,
            List<String> limits) {
        /** The same, with one more limit, which comes first. */
        public Reading withLimit(String limit) {
            List<String> all = new ArrayList<>();
            all.add(limit);
            all.addAll(limits);
            return new Reading(
                    inventory,
                    observedPods,
                    kinds,
                    namespaces,
                    cluster,
                    whole,
                    access,
                    knowsPolicies,
                    policies,
                    exemptions,
                    settings,
                    all);
        }

        /** What is known of that namespace. */
        public Namespace namespace(String name) {
            return Optional.ofNullable(namespaces.get(name)).orElseGet(() -> Namespace.named(name));
        }

        /**
         * What exposures depend on besides the workloads.
         *
         * @param evaluation by the cluster's own policies, which keep privileged pods out where Bulkhead is installed
         */
        public ScanEvaluation.Surroundings surroundings(WorkloadEvaluation evaluation) {
            PrivilegedPods privileged = new PrivilegedPods(
                    name -> Optional.ofNullable(namespaces.get(name)),
                    evaluation,
                    name -> knowsPolicies && !settings.excludedNamespaces().contains(name));
            return new ScanEvaluation.Surroundings(
                    whole, access.map(known -> new ClusterAccess(known, privileged, privileged::dependsOnLabel)));
        }
    }

    /**
     * Reads nothing yet.
     *
     * @param home the valid name of Bulkhead's own namespace, which need not exist
     * @param namespace whose workloads are read, a valid name; empty for all
     * @param labelSelector which pods and controllers are read, as kubectl's {@code -l}; empty for all
     * @param declared the custom kinds that are read besides those of the installation
     * @param progress receives what is being read
     */
    public ClusterReader(
            KubernetesClient client,
            String home,
            Optional<String> namespace,
            Optional<String> labelSelector,
            WorkloadKinds declared,
            Consumer<String> progress) {
        this.client = client;
        this.reads = new PermittedReads(client);
        this.installation = new InstallationReader(reads, home);
        this.namespace = namespace;
        this.selector = labelSelector
                .map(text -> "&labelSelector=" + URLEncoder.encode(text, StandardCharsets.UTF_8))
                .orElse("");
        this.declared = declared;
        this.progress = progress;
    }

    /**
     * Reads everything.
     *
     * @param now the time until which the record of images is continued
     * @throws IOException when pods cannot be listed, with the reason
     */
    public Reading read(Instant now) throws IOException {
        int minor = ServerVersion.ask(client);
        Map<String, Namespace> namespaces = namespaces();
        InstalledSettings settings = installation.settings();
        WorkloadKinds kinds = settings.kinds(declared);
        Inventory inventory = workloads(kinds);
        progress.accept("policies");
        Declarations declarations = installation.declarations();
        return new Reading(
                inventory,
                observedPods,
                kinds,
                namespaces,
                new ClusterCapabilities(minor, runtimeClasses(), claims(), images(settings.images(), now)),
                namespace.isEmpty() && selector.isEmpty(),
                access(),
                declarations.known(),
                declarations.policies(),
                declarations.exemptions(),
                settings,
                reads.limits());
    }

    private Optional<AccessTable> access() throws IOException {
        AccessInventory access = AccessInventory.unbounded();
        for (AccessKind kind : AccessKind.values()) {
            progress.accept(kind.resource());
            boolean read = reads.optional(
                    kind.resource(),
                    "what workloads may do by their tokens is not known",
                    () -> reads.list(kind.path(), "", item -> access.put(kind, item)));
            if (!read) {
                return Optional.empty();
            }
        }
        return access.table();
    }

    private Inventory workloads(WorkloadKinds kinds) throws IOException {
        Inventory inventory = Inventory.unbounded();
        for (ScannedKind kind : served(kinds)) {
            progress.accept(kind.resource());
            if (kind.is(KubernetesKind.POD)) {
                reads.required("pods", () -> list(kind, inventory));
            } else if (ScannedKind.OF_KUBERNETES.contains(kind)) {
                reads.optional(kind.resource(), WITHOUT_A_KIND, () -> list(kind, inventory));
            } else {
                reads.possible(kind.group() + "/" + kind.kind(), WITHOUT_A_KIND, () -> list(kind, inventory));
            }
        }
        return inventory;
    }

    /** Those of Kubernetes, and of the custom ones those that the cluster has. */
    private List<ScannedKind> served(WorkloadKinds kinds) {
        CustomKindDiscovery discovery = new CustomKindDiscovery(reads::find);
        List<ScannedKind> served = new ArrayList<>(ScannedKind.OF_KUBERNETES);
        for (CustomKind kind : kinds.customKinds()) {
            String name = kind.group() + "/" + kind.kind();
            String consequence = "none of them is evaluated";
            reads.possible(name, consequence, () -> {
                Optional<ScannedKind> found = discovery.find(kind);
                found.ifPresent(served::add);
                if (found.isEmpty()) {
                    reads.missing(name, consequence);
                }
            });
        }
        return served;
    }

    private void list(ScannedKind kind, Inventory inventory) throws IOException {
        String path =
                kind.path() + namespace.map(name -> "namespaces/" + name + "/").orElse("") + kind.resource();
        // What stands between a pod and its workload may have other labels than both.
        boolean between = kind.is(KubernetesKind.REPLICA_SET) || kind.is(KubernetesKind.JOB);
        reads.list(path, between ? "" : selector, item -> {
            if (item instanceof ObjectNode object) {
                if (kind.is(KubernetesKind.POD)) {
                    running.arrived(object);
                    observedPods.arrived(object);
                }
                inventory.put(kind, object);
            }
        });
    }

    /** What the webhook's replicas know, if it may be read, and what the pods tell that were listed. */
    private ImageLookup images(String record, Instant now) throws IOException {
        return installation
                .images(record)
                .with(running.images(), LocalDate.ofInstant(now, ZoneOffset.UTC))
                .lookup()
                .orElse(KnownImages.LOOKUP);
    }

    private Map<String, Namespace> namespaces() throws IOException {
        Map<String, Namespace> namespaces = new HashMap<>();
        String what = namespace.map(name -> "namespace " + name).orElse("namespaces");
        reads.permitted(what, "policies that select namespaces by label are not applied exactly", () -> {
            Consumer<JsonNode> keep = object -> {
                Namespace read = namespace(object);
                namespaces.put(read.name(), read);
            };
            if (namespace.isPresent()) {
                keep.accept(reads.get("api/v1/namespaces/" + namespace.get()));
            } else {
                reads.list("api/v1/namespaces", "", keep);
            }
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
        boolean read = reads.optional(
                "runtimeclasses",
                "every RuntimeClass is assumed to exist",
                () -> reads.list(
                        "apis/node.k8s.io/v1/runtimeclasses",
                        "",
                        item -> names.add(item.at("/metadata/name").asText())));
        return read ? Optional.of(names) : Optional.empty();
    }

    private ClaimedVolumes claims() throws IOException {
        ClaimedVolumes claims = new ClaimedVolumes();
        reads.optional(
                "persistentvolumes",
                "the volumes behind claims are not checked",
                () -> reads.list(
                        "api/v1/persistentvolumes", "", item -> claims.onAdd(reads.as(item, PersistentVolume.class))));
        return claims;
    }
}
