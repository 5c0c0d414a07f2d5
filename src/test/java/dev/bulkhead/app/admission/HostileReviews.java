package dev.bulkhead.app.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;

/** Reviews whose lists and maps can be made as long as one likes: each shape is a way to ask for much work by little. */
final class HostileReviews {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What is asked of the webhook: whether it is the pod itself or what makes pods, and what becomes of it. */
    enum Way {
        CREATE,
        CREATE_CONTROLLER,
        UPDATE_POD,
        UPDATE_CONTROLLER,
        /** All names are others than before. */
        RENAME_CONTROLLER,
        DEBUG
    }

    /**
     * A pod's spec and metadata that grow with a number.
     *
     * @param grow makes a minimal pod as large as that
     */
    record Shape(String name, BiConsumer<ObjectNode, Integer> grow) {
        @Override
        public String toString() {
            return name;
        }
    }

    private HostileReviews() {}

    /** The review of that shape and size. */
    static ObjectNode review(Shape shape, Way way, int size) {
        ObjectNode pod = grown(shape, size);
        ObjectNode review =
                JSON.createObjectNode().put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode request = review.putObject("request")
                .put("uid", "u")
                .put("namespace", "n")
                .put("name", "p");
        request.putObject("userInfo").put("username", "jane");
        boolean update = way != Way.CREATE && way != Way.CREATE_CONTROLLER;
        request.put("operation", update ? "UPDATE" : "CREATE");
        switch (way) {
            case CREATE -> request.set("object", pod);
            case UPDATE_POD -> {
                request.set("oldObject", pod.deepCopy());
                ((ObjectNode) pod.at("/spec/containers/0")).put("image", "another");
                request.set("object", pod);
            }
            case DEBUG -> {
                request.put("subResource", "ephemeralcontainers");
                ObjectNode old = pod.deepCopy();
                ArrayNode containers = (ArrayNode) pod.at("/spec/containers");
                ArrayNode debug = ((ObjectNode) pod.get("spec")).putArray("ephemeralContainers");
                containers.forEach(container -> {
                    ObjectNode copy = container.deepCopy();
                    debug.add(copy.put("name", "debug-" + copy.path("name").asText()));
                });
                request.set("oldObject", old);
                request.set("object", pod);
            }
            case CREATE_CONTROLLER -> request.set("object", deployment(pod));
            case UPDATE_CONTROLLER -> {
                request.set("oldObject", deployment(pod.deepCopy()));
                ((ObjectNode) pod.at("/spec/containers/0")).put("image", "another");
                request.set("object", deployment(pod));
            }
            case RENAME_CONTROLLER -> {
                request.set("oldObject", deployment(renamed(pod)));
                request.set("object", deployment(pod));
            }
        }
        boolean isPod = way == Way.CREATE || way == Way.UPDATE_POD || way == Way.DEBUG;
        request.putObject("kind")
                .put("group", isPod ? "" : "apps")
                .put("version", "v1")
                .put("kind", isPod ? "Pod" : "Deployment");
        return review;
    }

    private static ObjectNode grown(Shape shape, int size) {
        ObjectNode pod = (ObjectNode) Yaml.tree("""
                {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: n},
                 spec: {containers: [{name: c, image: x}]}}
                """);
        shape.grow().accept(pod, size);
        return pod;
    }

    private static ObjectNode deployment(ObjectNode pod) {
        ObjectNode deployment =
                JSON.createObjectNode().put("apiVersion", "apps/v1").put("kind", "Deployment");
        deployment.putObject("metadata").put("name", "p").put("namespace", "n");
        ObjectNode template = deployment.putObject("spec").putObject("template");
        template.set("metadata", pod.get("metadata"));
        template.set("spec", pod.get("spec"));
        return deployment;
    }

    private static ObjectNode renamed(ObjectNode pod) {
        ObjectNode other = pod.deepCopy();
        other.findParents("name").forEach(named -> {
            if (named.get("name").isTextual()) {
                ((ObjectNode) named).put("name", "old-" + named.get("name").asText());
            }
        });
        return other;
    }

    /** One shape for every list and map that rules, exemptions or the protocol look at, and for pairs of them. */
    static List<Shape> all() {
        List<Shape> shapes = new ArrayList<>();
        inContainer(shapes, "equal capabilities", "/securityContext/capabilities/add", i -> "A");
        inContainer(shapes, "distinct capabilities", "/securityContext/capabilities/add", i -> "CAP" + i);
        inContainer(shapes, "dropped capabilities", "/securityContext/capabilities/drop", i -> "CAP" + i);
        inContainer(shapes, "equal credentials", "/env", i -> "{name: PASSWORD, value: canary-1972}");
        inContainer(shapes, "distinct credentials", "/env", i -> "{name: PASSWORD_" + i + ", value: canary-1972}");
        inContainer(
                shapes,
                "secret references",
                "/env",
                i -> "{name: V" + i + ", valueFrom: {secretKeyRef: {name: s, key: k" + i + "}}}");
        inContainer(shapes, "secrets as environment", "/envFrom", i -> "{secretRef: {name: s" + i + "}}");
        inContainer(shapes, "host ports", "/ports", i -> "{containerPort: 1, hostPort: " + (1 + i) + "}");
        inContainer(shapes, "mounts of nothing", "/volumeMounts", i -> "{name: v, mountPath: /m/" + i + "}");
        inContainer(shapes, "devices", "/volumeDevices", i -> "{name: v" + i + ", devicePath: /dev/" + i + "}");
        inContainer(shapes, "arguments", "/args", i -> "--flag-" + i);
        inContainer(shapes, "probe headers", "/livenessProbe/httpGet/httpHeaders", i -> "{name: h" + i + ", value: v}");
        inSpec(shapes, "equal groups", "/securityContext/supplementalGroups", i -> "0");
        inSpec(shapes, "equal sysctls", "/securityContext/sysctls", i -> "{name: kernel.x, value: '1'}");
        inSpec(shapes, "distinct sysctls", "/securityContext/sysctls", i -> "{name: kernel.x" + i + ", value: 1+2}");
        inSpec(shapes, "tolerations", "/tolerations", i -> "{key: k" + i + ", operator: Exists}");
        inSpec(shapes, "host aliases", "/hostAliases", i -> "{ip: 10.0.0.1, hostnames: [h" + i + "]}");
        inSpec(shapes, "pull secrets", "/imagePullSecrets", i -> "{name: s" + i + "}");
        inSpec(shapes, "containers", "/containers", i -> "{name: c" + i + ", image: x}");
        inSpec(shapes, "init containers", "/initContainers", i -> "{name: i" + i + ", image: x}");
        inSpec(
                shapes,
                "privileged containers",
                "/containers",
                i -> "{name: c" + i + ", securityContext: {privileged: true, runAsUser: 0, runAsGroup: 0}}");
        inSpec(
                shapes,
                "Windows containers",
                "/containers",
                i -> "{name: c" + i
                        + ", securityContext: {windowsOptions: {hostProcess: true, runAsUserName: ContainerAdministrator}}}");
        inSpec(shapes, "disk volumes", "/volumes", i -> "{name: v" + i + ", awsElasticBlockStore: {volumeID: x}}");
        inSpec(shapes, "host paths", "/volumes", i -> "{name: v" + i + ", hostPath: {path: /srv/" + i + "}}");
        inSpec(shapes, "sockets", "/volumes", i -> "{name: v" + i + ", hostPath: {path: /var/run/docker.sock}}");
        inSpec(shapes, "claims", "/volumes", i -> "{name: v" + i + ", persistentVolumeClaim: {claimName: c}}");
        inSpec(shapes, "drivers", "/volumes", i -> "{name: v" + i + ", csi: {driver: nfs.csi.k8s.io}}");
        inSpec(shapes, "volumes of one name", "/volumes", i -> "{name: v, hostPath: {path: /srv/" + i + "}}");
        inSpec(
                shapes,
                "token sources",
                "/volumes/0/projected/sources",
                i -> "{serviceAccountToken: {path: t" + i + "}}");
        inMap(shapes, "labels", "labels", i -> "k" + i, i -> "v");
        inMap(shapes, "annotations", "annotations", i -> "example.com/k" + i, i -> "v");
        inMap(
                shapes,
                "AppArmor annotations",
                "annotations",
                i -> "container.apparmor.security.beta.kubernetes.io/c" + i,
                i -> "unconfined");
        inMap(
                shapes,
                "seccomp annotations",
                "annotations",
                i -> "container.seccomp.security.alpha.kubernetes.io/c" + i,
                i -> "unconfined");
        inMap(shapes, "runtime annotations", "annotations", i -> "io.katacontainers.config.hypervisor.k" + i, i -> "v");
        shapes.add(new Shape("scratch paths", (pod, n) -> {
            StringBuilder paths = new StringBuilder();
            for (int i = 0; i < n; i++) {
                paths.append("/p").append(i).append(',');
            }
            metadata(pod).withObjectProperty("annotations").put("bulkhead.dev/scratch", paths.toString());
        }));
        shapes.add(new Shape("owners", (pod, n) -> {
            for (int i = 0; i < n; i++) {
                metadata(pod)
                        .withArrayProperty("ownerReferences")
                        .add(Yaml.tree("{apiVersion: apps/v1, kind: ReplicaSet, name: r" + i + ", controller: true}"));
            }
        }));
        pairs(shapes);
        return shapes;
    }

    private static void pairs(List<Shape> shapes) {
        shapes.add(new Shape("host paths, each mounted", (pod, n) -> {
            for (int i = 0; i < n; i++) {
                list(pod, "/spec/volumes").add(Yaml.tree("{name: v" + i + ", hostPath: {path: /srv/" + i + "}}"));
                list(pod, "/spec/containers/0/volumeMounts")
                        .add(Yaml.tree("{name: v" + i + ", mountPath: /m/" + i + "}"));
            }
        }));
        shapes.add(new Shape("containers, each with a host path of its own", (pod, n) -> {
            for (int i = 0; i < n; i++) {
                list(pod, "/spec/volumes").add(Yaml.tree("{name: v" + i + ", hostPath: {path: /srv/" + i + "}}"));
                list(pod, "/spec/containers")
                        .add(Yaml.tree("{name: c" + i + ", volumeMounts: [{name: v" + i + ", mountPath: /m}]}"));
            }
        }));
        shapes.add(new Shape("one host path, mounted by every container", (pod, n) -> {
            list(pod, "/spec/volumes").add(Yaml.tree("{name: v, hostPath: {path: /srv}}"));
            for (int i = 0; i < n; i++) {
                list(pod, "/spec/containers")
                        .add(Yaml.tree(
                                "{name: c" + i + ", volumeMounts: [{name: v, mountPath: /m, subPath: s" + i + "}]}"));
            }
        }));
        shapes.add(new Shape("containers, each with an annotation", (pod, n) -> {
            ObjectNode annotations = metadata(pod).withObjectProperty("annotations");
            for (int i = 0; i < n; i++) {
                list(pod, "/spec/containers").add(Yaml.tree("{name: c" + i + "}"));
                annotations.put("container.apparmor.security.beta.kubernetes.io/c" + i, "unconfined");
                annotations.put("container.seccomp.security.alpha.kubernetes.io/c" + i, "unconfined");
            }
        }));
        shapes.add(new Shape("containers beside values of the pod that they inherit", (pod, n) -> {
            ((ObjectNode) pod.get("spec"))
                    .set(
                            "securityContext",
                            Yaml.tree(
                                    "{runAsUser: 0, runAsNonRoot: false, runAsGroup: 0, fsGroup: 0, supplementalGroups: [0, 0],"
                                            + " seccompProfile: {type: Unconfined}, seLinuxOptions: {type: spc_t}}"));
            for (int i = 0; i < n; i++) {
                list(pod, "/spec/containers").add(Yaml.tree("{name: c" + i + "}"));
                list(pod, "/spec/securityContext/supplementalGroups").add(0);
            }
        }));
        shapes.add(new Shape("containers beside a long scratch annotation", (pod, n) -> {
            StringBuilder paths = new StringBuilder();
            for (int i = 0; i < n; i++) {
                list(pod, "/spec/containers").add(Yaml.tree("{name: c" + i + "}"));
                paths.append("/p").append(i).append(',');
            }
            metadata(pod).withObjectProperty("annotations").put("bulkhead.dev/scratch", paths.toString());
        }));
        shapes.add(new Shape("containers, each with capabilities, credentials and ports", (pod, n) -> {
            for (int i = 0; i < n; i++) {
                list(pod, "/spec/containers")
                        .add(Yaml.tree("{name: c" + i
                                + ", env: [{name: TOKEN, value: canary-1972}, {name: PASSWORD, value: canary-1972}],"
                                + " ports: [{containerPort: 1, hostPort: 1}, {containerPort: 2, hostPort: 2}],"
                                + " securityContext: {capabilities: {add: [A, B, C, D]}}}"));
            }
        }));
    }

    private static void inContainer(List<Shape> shapes, String name, String pointer, IntFunction<String> item) {
        inSpec(shapes, name, "/containers/0" + pointer, item);
    }

    private static void inSpec(List<Shape> shapes, String name, String pointer, IntFunction<String> item) {
        shapes.add(new Shape(name, (pod, n) -> {
            ArrayNode list = list(pod, "/spec" + pointer);
            for (int i = 0; i < n; i++) {
                list.add(item(item.apply(i)));
            }
        }));
    }

    private static JsonNode item(String yaml) {
        return yaml.startsWith("{") || yaml.equals("0")
                ? Yaml.tree("{item: " + yaml + "}").get("item")
                : JSON.getNodeFactory().textNode(yaml);
    }

    private static void inMap(
            List<Shape> shapes, String name, String map, IntFunction<String> key, IntFunction<String> value) {
        shapes.add(new Shape(name, (pod, n) -> {
            ObjectNode members = metadata(pod).withObjectProperty(map);
            for (int i = 0; i < n; i++) {
                members.put(key.apply(i), value.apply(i));
            }
        }));
    }

    private static ObjectNode metadata(ObjectNode pod) {
        return (ObjectNode) pod.get("metadata");
    }

    private static ArrayNode list(ObjectNode pod, String pointer) {
        JsonNode found = pod.at(pointer);
        return found.isArray() ? (ArrayNode) found : pod.withArray(pointer);
    }
}
