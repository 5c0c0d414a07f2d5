package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.scan.observation.PodState;
import dev.bulkhead.engine.workload.KubernetesKind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A pod or a controller of the cluster, reduced to what a report needs of it.
 *
 * @param controller the controller that its owner references name
 * @param node the node that a pod is on
 * @param state how a pod is; empty for anything else, and for what has ended
 * @param content what rules read of it, without what differs between the pods of a workload; empty for what makes pods on
 *     behalf of another object, and for what has ended
 */
record ReducedObject(
        String uid,
        WorkloadId id,
        Optional<Controller> controller,
        Optional<String> node,
        Optional<PodState> state,
        Optional<ObjectContent> content) {
    private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

    /** What no rule reads of the metadata, or differs between the pods of a workload. */
    private static final List<String> UNREAD_METADATA = List.of(
            "managedFields",
            "uid",
            "resourceVersion",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "finalizers",
            "generation",
            "selfLink");

    /** What no rule reads of a pod's spec, by size or because it differs between the pods of a workload. */
    private static final List<String> UNREAD_SPEC = List.of(
            "nodeName",
            "hostname",
            "affinity",
            "tolerations",
            "topologySpreadConstraints",
            "schedulerName",
            "priority",
            "priorityClassName",
            "preemptionPolicy",
            "terminationGracePeriodSeconds",
            "enableServiceLinks",
            "dnsPolicy",
            "dnsConfig");

    private static final List<String> UNREAD_CONTAINER =
            List.of("args", "imagePullPolicy", "resources", "terminationMessagePath", "terminationMessagePolicy");

    /**
     * The annotations of which rules read the value. Of all others they read the key at most, and what network plugins
     * write there differs between pods.
     */
    private static final List<String> READ_ANNOTATIONS = List.of(
            "bulkhead.dev/",
            "cluster-autoscaler.kubernetes.io/",
            "container.apparmor.security.beta.kubernetes.io/",
            "container.seccomp.security.alpha.kubernetes.io/",
            "seccomp.security.alpha.kubernetes.io/");

    /** Written by kubectl. */
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    /** The volume of the API token, whose name ends at random in each pod. */
    private static final Pattern TOKEN_VOLUME = Pattern.compile("(kube-api-access-)[a-z0-9]{5}");

    /** A controller as an owner reference names it. */
    record Controller(String uid, String apiVersion, String kind, String name) {}

    /**
     * Reduces an object.
     *
     * @param kind what it is, because an object in a list does not say so
     * @param object is changed
     */
    static ReducedObject of(ScannedKind kind, ObjectNode object) {
        object.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        JsonNode metadata = object.path("metadata");
        WorkloadId id = new WorkloadId(
                metadata.path("namespace").asText(),
                object.path("apiVersion").asText(),
                kind.kind(),
                metadata.path("name").asText());
        Optional<Controller> controller = controller(metadata);
        boolean pod = kind.is(KubernetesKind.POD);
        boolean needed = (pod || controller.isEmpty()) && !hasEnded(kind, object);
        return new ReducedObject(
                metadata.path("uid").asText(),
                id,
                controller,
                node(kind, object),
                pod && needed ? Optional.of(PodState.of(object)) : Optional.empty(),
                needed ? Optional.of(content(kind, object, controller)) : Optional.empty());
    }

    boolean isPod() {
        return id.kind().equals(KubernetesKind.POD.kind());
    }

    /** The same with that content. */
    ReducedObject withContent(Optional<ObjectContent> other) {
        return new ReducedObject(uid, id, controller, node, state, other);
    }

    /** Whether it is the same but for how it is, so that the same would come of an evaluation. */
    boolean isLike(ReducedObject other) {
        return uid.equals(other.uid)
                && id.equals(other.id)
                && controller.equals(other.controller)
                && node.equals(other.node)
                && content.equals(other.content);
    }

    /** Pods are many and nodes few, so that pods share the name. */
    private static Optional<String> node(ScannedKind kind, ObjectNode object) {
        String name = kind.is(KubernetesKind.POD) ? object.at("/spec/nodeName").asText() : "";
        return name.isEmpty() ? Optional.empty() : Optional.of(name.intern());
    }

    private static Optional<Controller> controller(JsonNode metadata) {
        for (JsonNode owner : metadata.path("ownerReferences")) {
            if (owner.path("controller").asBoolean()) {
                return Optional.of(new Controller(
                        owner.path("uid").asText(),
                        owner.path("apiVersion").asText(),
                        owner.path("kind").asText(),
                        owner.path("name").asText()));
            }
        }
        return Optional.empty();
    }

    private static boolean hasEnded(ScannedKind kind, ObjectNode object) {
        boolean pod = kind.is(KubernetesKind.POD)
                && ENDED.contains(object.at("/status/phase").asText());
        boolean job = kind.is(KubernetesKind.JOB) && object.at("/status").hasNonNull("completionTime");
        return pod || job || object.at("/metadata").hasNonNull("deletionTimestamp");
    }

    private static ObjectContent content(ScannedKind kind, ObjectNode object, Optional<Controller> controller) {
        object.remove("status");
        if (object.get("metadata") instanceof ObjectNode metadata) {
            reduceMetadata(metadata, controller);
        }
        JsonNode holder = object;
        for (String member : kind.template()) {
            holder = holder.path(member);
        }
        if (holder.path("spec") instanceof ObjectNode spec) {
            reduceSpec(spec);
        }
        return ObjectContent.of(object);
    }

    private static void reduceMetadata(ObjectNode metadata, Optional<Controller> controller) {
        metadata.remove(UNREAD_METADATA);
        if (metadata.get("annotations") instanceof ObjectNode annotations) {
            annotations.remove(LAST_APPLIED);
            for (String key : namesOf(annotations)) {
                if (READ_ANNOTATIONS.stream().noneMatch(key::startsWith)) {
                    annotations.put(key, "");
                }
            }
        }
        controller.ifPresent(of -> {
            // The pods of one controller differ by these alone.
            metadata.remove(List.of("name", "generateName"));
            metadata.set(
                    "ownerReferences",
                    JsonNodeFactory.instance
                            .arrayNode()
                            .add(JsonNodeFactory.instance
                                    .objectNode()
                                    .put("apiVersion", of.apiVersion())
                                    .put("kind", of.kind())
                                    .put("name", of.name())
                                    .put("controller", true)));
        });
    }

    private static void reduceSpec(ObjectNode spec) {
        spec.remove(UNREAD_SPEC);
        for (JsonNode volume : spec.path("volumes")) {
            rename(volume);
        }
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            if (spec.get(list) instanceof ArrayNode containers) {
                for (JsonNode container : containers) {
                    if (container instanceof ObjectNode fields) {
                        fields.remove(UNREAD_CONTAINER);
                        if (fields.path("command").size() > 0) {
                            // Only whether there is one counts.
                            fields.putArray("command").add("");
                        }
                    }
                    container.path("volumeMounts").forEach(ReducedObject::rename);
                }
            }
        }
    }

    private static Set<String> namesOf(ObjectNode object) {
        Set<String> names = new LinkedHashSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Gives the volume of the API token the same name in each pod. */
    private static void rename(JsonNode named) {
        if (named instanceof ObjectNode fields) {
            var name = TOKEN_VOLUME.matcher(fields.path("name").asText());
            if (name.matches()) {
                fields.put("name", name.group(1) + "xxxxx");
            }
        }
    }
}
