package dev.bulkhead.engine.rule.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The fixtures of the Pod Security checks as code: a minimal pod that is valid at restricted, and what each case changes
 * about it. Names say what the check makes of it: {@code pass-} at every version, {@code fail-} at every version at which
 * it is in force, {@code changes-at-1.N-} something else at 1.N than just before.
 */
final class PodSecurityCases {
    private static final String MINIMAL = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: minimal
            spec:
              securityContext:
                runAsNonRoot: true
                seccompProfile:
                  type: RuntimeDefault
              initContainers:
              - name: prepare
                image: registry.example/prepare:1
                securityContext:
                  allowPrivilegeEscalation: false
                  capabilities:
                    drop: [ALL]
              - name: sidecar
                image: registry.example/sidecar:1
                restartPolicy: Always
                securityContext:
                  allowPrivilegeEscalation: false
                  capabilities:
                    drop: [ALL]
              containers:
              - name: main
                image: registry.example/main:1
                securityContext:
                  allowPrivilegeEscalation: false
                  capabilities:
                    drop: [ALL]
              ephemeralContainers:
              - name: debug
                image: registry.example/debug:1
                securityContext:
                  allowPrivilegeEscalation: false
                  capabilities:
                    drop: [ALL]
            """;

    /** Where a container may stand, and so where every case of a container is tried. */
    private static final Map<String, String> CONTAINERS = Map.of(
            "init", "/spec/initContainers/0",
            "sidecar", "/spec/initContainers/1",
            "regular", "/spec/containers/0",
            "ephemeral", "/spec/ephemeralContainers/0");

    private final Map<String, ObjectNode> cases = new LinkedHashMap<>();

    private PodSecurityCases() {}

    /** The pods by {@code RULE/CASE}. */
    static Map<String, ObjectNode> all() {
        PodSecurityCases all = new PodSecurityCases();
        all.identity();
        all.capabilities();
        all.confinement();
        all.seccomp();
        all.volumes();
        all.host();
        return all.cases;
    }

    private void add(String rule, String name, Consumer<ObjectNode> change) {
        ObjectNode pod = (ObjectNode) Yaml.tree(MINIMAL);
        change.accept(pod);
        ((ObjectNode) pod.get("metadata")).put("name", name.replace(".", "-").toLowerCase(Locale.ROOT));
        if (cases.put(rule + "/" + name, pod) != null) {
            throw new IllegalStateException("two cases " + rule + "/" + name);
        }
    }

    /** The same change in a container of every kind. */
    private void inEveryContainer(String rule, String name, Consumer<ObjectNode> change) {
        CONTAINERS.forEach(
                (kind, place) -> add(rule, name + "-" + kind, pod -> change.accept((ObjectNode) pod.at(place))));
    }

    private void identity() {
        String rule = "runAsNonRoot";
        add(rule, "pass-pod", pod -> {});
        add(rule, "pass-containers", pod -> {
            security(pod.get("spec")).remove("runAsNonRoot");
            everyContainer(pod, container -> security(container).put("runAsNonRoot", true));
        });
        add(rule, "fail-unset", pod -> security(pod.get("spec")).remove("runAsNonRoot"));
        CONTAINERS.forEach((kind, place) -> add("runAsNonRoot", "fail-unset-" + kind, pod -> {
            security(pod.get("spec")).remove("runAsNonRoot");
            everyContainer(pod, container -> security(container).put("runAsNonRoot", true));
            security(pod.at(place)).remove("runAsNonRoot");
        }));
        add(rule, "fail-false-pod", pod -> {
            security(pod.get("spec")).put("runAsNonRoot", false);
            everyContainer(pod, container -> security(container).put("runAsNonRoot", true));
        });
        add(rule, "fail-windows", pod -> {
            windows(pod);
            security(pod.get("spec")).remove("runAsNonRoot");
        });
        inEveryContainer(rule, "fail-false", container -> security(container).put("runAsNonRoot", false));
        add(
                rule,
                "fail-user-named-but-unset",
                pod -> security(pod.get("spec")).put("runAsUser", 1000).remove("runAsNonRoot"));
        add(rule, "changes-at-1.35-user-namespace", pod -> {
            spec(pod).put("hostUsers", false);
            security(pod.get("spec")).remove("runAsNonRoot");
        });
        add(rule, "fail-host-users", pod -> {
            spec(pod).put("hostUsers", true);
            security(pod.get("spec")).remove("runAsNonRoot");
        });
        add(rule, "changes-at-1.35-user-namespace-false", pod -> {
            spec(pod).put("hostUsers", false);
            security(pod.at("/spec/containers/0")).put("runAsNonRoot", false);
        });

        rule = "runAsUser";
        add(rule, "pass-unset", pod -> {});
        add(rule, "pass-1000-pod", pod -> security(pod.get("spec")).put("runAsUser", 1000));
        add(rule, "fail-0-pod", pod -> security(pod.get("spec")).put("runAsUser", 0));
        add(rule, "fail-0-pod-though-containers-differ", pod -> {
            security(pod.get("spec")).put("runAsUser", 0);
            everyContainer(pod, container -> security(container).put("runAsUser", 1000));
        });
        inEveryContainer(rule, "fail-0", container -> security(container).put("runAsUser", 0));
        add(rule, "changes-at-1.35-user-namespace", pod -> {
            spec(pod).put("hostUsers", false);
            security(pod.get("spec")).put("runAsUser", 0);
        });
        add(rule, "fail-host-users", pod -> {
            spec(pod).put("hostUsers", true);
            security(pod.get("spec")).put("runAsUser", 0);
        });
        add(rule, "fail-windows", pod -> {
            windows(pod);
            security(pod.get("spec")).put("runAsUser", 0);
        });

        rule = "allowPrivilegeEscalation";
        add(rule, "pass-false", pod -> {});
        inEveryContainer(rule, "fail-unset", container -> security(container).remove("allowPrivilegeEscalation"));
        inEveryContainer(rule, "fail-true", container -> security(container).put("allowPrivilegeEscalation", true));
        add(
                rule,
                "fail-no-security-context",
                pod -> ((ObjectNode) pod.at("/spec/containers/0")).remove("securityContext"));
        add(rule, "changes-at-1.25-windows", pod -> {
            windows(pod);
            security(pod.at("/spec/containers/0")).remove("allowPrivilegeEscalation");
        });
        add(rule, "fail-linux", pod -> {
            spec(pod).putObject("os").put("name", "linux");
            security(pod.at("/spec/containers/0")).remove("allowPrivilegeEscalation");
        });
        add(rule, "fail-windows-by-node-selector", pod -> {
            spec(pod).putObject("nodeSelector").put("kubernetes.io/os", "windows");
            security(pod.at("/spec/containers/0")).remove("allowPrivilegeEscalation");
        });
        add(rule, "fail-user-namespace", pod -> {
            spec(pod).put("hostUsers", false);
            security(pod.at("/spec/containers/0")).remove("allowPrivilegeEscalation");
        });
    }

    private void capabilities() {
        String rule = "capabilities_baseline";
        List<String> allowed = List.of(
                "AUDIT_WRITE",
                "CHOWN",
                "DAC_OVERRIDE",
                "FOWNER",
                "FSETID",
                "KILL",
                "MKNOD",
                "NET_BIND_SERVICE",
                "SETFCAP",
                "SETGID",
                "SETPCAP",
                "SETUID",
                "SYS_CHROOT");
        add(rule, "pass-none", pod -> {});
        add(rule, "pass-default-set", pod -> adds(pod.at("/spec/containers/0"), allowed.toArray(String[]::new)));
        inEveryContainer(rule, "fail-sys-admin", container -> adds(container, "SYS_ADMIN"));
        add(rule, "fail-windows", pod -> {
            windows(pod);
            adds(pod.at("/spec/containers/0"), "SYS_ADMIN");
        });
        add(rule, "fail-user-namespace", pod -> {
            spec(pod).put("hostUsers", false);
            adds(pod.at("/spec/containers/0"), "SYS_ADMIN");
        });
        for (String name : List.of("NET_RAW", "chown", "CAP_CHOWN", "ALL")) {
            add(
                    rule,
                    "fail-" + (name.equals("chown") ? "lower-case-chown" : name),
                    pod -> adds(pod.at("/spec/containers/0"), name));
        }

        rule = "capabilities_restricted";
        add(rule, "pass-drop-all", pod -> {});
        add(rule, "pass-net-bind-service", pod -> adds(pod.at("/spec/containers/0"), "NET_BIND_SERVICE"));
        inEveryContainer(rule, "fail-unset", container -> security(container).remove("capabilities"));
        inEveryContainer(rule, "fail-chown", container -> adds(container, "CHOWN"));
        add(rule, "fail-drop-lower-case", pod -> drops(pod.at("/spec/containers/0"), "all"));
        add(rule, "fail-drop-some", pod -> drops(pod.at("/spec/containers/0"), "NET_RAW", "MKNOD"));
        add(rule, "changes-at-1.25-windows", pod -> {
            windows(pod);
            security(pod.at("/spec/containers/0")).remove("capabilities");
        });
        add(rule, "changes-at-1.25-windows-adding", pod -> {
            windows(pod);
            adds(pod.at("/spec/containers/0"), "SYS_ADMIN");
        });
        add(rule, "fail-user-namespace", pod -> {
            spec(pod).put("hostUsers", false);
            security(pod.at("/spec/containers/0")).remove("capabilities");
        });
    }

    private void confinement() {
        String rule = "appArmorProfile";
        add(rule, "pass-unset", pod -> {});
        for (String type : List.of("RuntimeDefault", "Localhost")) {
            add(
                    rule,
                    "pass-" + type,
                    pod -> security(pod.get("spec"))
                            .putObject("appArmorProfile")
                            .put("type", type));
        }
        add(
                rule,
                "fail-unconfined-pod",
                pod -> security(pod.get("spec")).putObject("appArmorProfile").put("type", "Unconfined"));
        add(rule, "fail-empty-profile", pod -> security(pod.get("spec")).putObject("appArmorProfile"));
        add(rule, "fail-unconfined-pod-though-containers-differ", pod -> {
            security(pod.get("spec")).putObject("appArmorProfile").put("type", "Unconfined");
            everyContainer(
                    pod,
                    container ->
                            security(container).putObject("appArmorProfile").put("type", "RuntimeDefault"));
        });
        inEveryContainer(
                rule,
                "fail-unconfined",
                container -> security(container).putObject("appArmorProfile").put("type", "Unconfined"));
        String annotation = "container.apparmor.security.beta.kubernetes.io/";
        for (String value : List.of("", "runtime/default", "localhost/mine")) {
            add(
                    rule,
                    "pass-annotation-" + (value.isEmpty() ? "empty" : value.replace("/", "-")),
                    pod -> annotate(pod, annotation + "main", value));
        }
        add(rule, "fail-annotation", pod -> annotate(pod, annotation + "main", "unconfined"));
        add(rule, "fail-annotation-of-nobody", pod -> annotate(pod, annotation + "nobody", "unconfined"));

        rule = "seLinuxOptions";
        add(rule, "pass-unset", pod -> {});
        add(rule, "pass-level", pod -> selinux(pod.get("spec")).put("level", "s0:c1"));
        add(
                rule,
                "pass-empty",
                pod -> selinux(pod.get("spec")).put("type", "").put("user", "").put("role", ""));
        for (String type : List.of("container_t", "container_init_t", "container_kvm_t")) {
            add(rule, "pass-" + type, pod -> selinux(pod.get("spec")).put("type", type));
        }
        add(rule, "changes-at-1.31-engine", pod -> selinux(pod.get("spec")).put("type", "container_engine_t"));
        add(rule, "fail-type-pod", pod -> selinux(pod.get("spec")).put("type", "spc_t"));
        inEveryContainer(rule, "fail-type", container -> selinux(container).put("type", "spc_t"));
        add(rule, "fail-user", pod -> selinux(pod.at("/spec/containers/0")).put("user", "system_u"));
        add(rule, "fail-role", pod -> selinux(pod.at("/spec/containers/0")).put("role", "sysadm_r"));

        for (String procMount : List.of("procMount", "procMount_restricted")) {
            add(procMount, "pass-unset", pod -> {});
            add(
                    procMount,
                    "pass-default",
                    pod -> security(pod.at("/spec/containers/0")).put("procMount", "Default"));
            inEveryContainer(
                    procMount, "fail-unmasked", container -> security(container).put("procMount", "Unmasked"));
            add(
                    procMount,
                    "fail-empty",
                    pod -> security(pod.at("/spec/containers/0")).put("procMount", ""));
        }
        add("procMount", "changes-at-1.35-user-namespace", pod -> {
            spec(pod).put("hostUsers", false);
            security(pod.at("/spec/containers/0")).put("procMount", "Unmasked");
        });
        add("procMount", "fail-host-users", pod -> {
            spec(pod).put("hostUsers", true);
            security(pod.at("/spec/containers/0")).put("procMount", "Unmasked");
        });
        add("procMount_restricted", "fail-user-namespace", pod -> {
            spec(pod).put("hostUsers", false);
            security(pod.at("/spec/containers/0")).put("procMount", "Unmasked");
        });

        rule = "sysctls";
        add(rule, "pass-unset", pod -> {});
        Map<Integer, List<String>> since = Map.of(
                0,
                List.of(
                        "kernel.shm_rmid_forced",
                        "net.ipv4.ip_local_port_range",
                        "net.ipv4.tcp_syncookies",
                        "net.ipv4.ping_group_range",
                        "net.ipv4.ip_unprivileged_port_start"),
                27,
                List.of("net.ipv4.ip_local_reserved_ports"),
                29,
                List.of(
                        "net.ipv4.tcp_keepalive_time",
                        "net.ipv4.tcp_fin_timeout",
                        "net.ipv4.tcp_keepalive_intvl",
                        "net.ipv4.tcp_keepalive_probes"),
                32,
                List.of("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"),
                37,
                List.of("net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"));
        since.forEach((minor, names) -> names.forEach(name -> add(
                "sysctls", (minor == 0 ? "pass-" : "changes-at-1." + minor + "-") + name, pod -> sysctl(pod, name))));
        add(rule, "fail-kernel.msgmax", pod -> sysctl(pod, "kernel.msgmax"));
        add(rule, "fail-with-slashes", pod -> sysctl(pod, "net/ipv4/tcp_syncookies"));
        add(rule, "fail-one-of-two", pod -> {
            sysctl(pod, "net.ipv4.tcp_syncookies");
            ((ArrayNode) pod.at("/spec/securityContext/sysctls"))
                    .addObject()
                    .put("name", "kernel.msgmax")
                    .put("value", "1");
        });
    }

    private void seccomp() {
        String rule = "seccompProfile_baseline";
        add(rule, "pass-runtime-default", pod -> {});
        add(rule, "pass-unset", pod -> security(pod.get("spec")).remove("seccompProfile"));
        add(rule, "changes-at-1.19-unconfined-pod", pod -> seccomp(pod.get("spec"), "Unconfined"));
        inEveryContainer(rule, "changes-at-1.19-unconfined", container -> seccomp(container, "Unconfined"));
        add(rule, "changes-at-1.19-empty", pod -> seccomp(pod.at("/spec/containers/0"), ""));
        add(rule, "changes-at-1.19-unconfined-windows", pod -> {
            windows(pod);
            seccomp(pod.get("spec"), "Unconfined");
        });
        String onPod = "seccomp.security.alpha.kubernetes.io/pod";
        String onContainer = "container.seccomp.security.alpha.kubernetes.io/";
        for (String value : List.of("runtime/default", "docker/default", "localhost/mine")) {
            add(rule, "pass-annotation-" + value.replace("/", "-"), pod -> annotate(pod, onPod, value));
        }
        add(rule, "changes-at-1.19-annotation-pod", pod -> annotate(pod, onPod, "unconfined"));
        add(rule, "changes-at-1.19-annotation-empty", pod -> annotate(pod, onPod, ""));
        for (String name : List.of("prepare", "sidecar", "main", "debug")) {
            add(rule, "changes-at-1.19-annotation-" + name, pod -> annotate(pod, onContainer + name, "unconfined"));
        }
        add(rule, "pass-annotation-of-nobody", pod -> annotate(pod, onContainer + "nobody", "unconfined"));
        // At every version: by the annotation before 1.19, by the field from then on.
        add(rule, "fail-annotation-and-field", pod -> {
            annotate(pod, onPod, "unconfined");
            seccomp(pod.get("spec"), "Unconfined");
        });

        rule = "seccompProfile_restricted";
        add(rule, "pass-pod", pod -> {});
        add(rule, "pass-containers", pod -> {
            security(pod.get("spec")).remove("seccompProfile");
            everyContainer(pod, container -> seccomp(container, "Localhost"));
        });
        add(rule, "fail-unset", pod -> security(pod.get("spec")).remove("seccompProfile"));
        add(rule, "fail-unconfined-pod", pod -> {
            seccomp(pod.get("spec"), "Unconfined");
            everyContainer(pod, container -> seccomp(container, "RuntimeDefault"));
        });
        CONTAINERS.forEach((kind, place) -> add("seccompProfile_restricted", "fail-unset-" + kind, pod -> {
            security(pod.get("spec")).remove("seccompProfile");
            everyContainer(pod, container -> seccomp(container, "RuntimeDefault"));
            security(pod.at(place)).remove("seccompProfile");
        }));
        add(rule, "fail-empty", pod -> seccomp(pod.at("/spec/containers/0"), ""));
        add(rule, "fail-user-namespace", pod -> {
            spec(pod).put("hostUsers", false);
            security(pod.get("spec")).remove("seccompProfile");
        });
        add(rule, "changes-at-1.25-windows-unconfined", pod -> {
            windows(pod);
            seccomp(pod.at("/spec/containers/0"), "Unconfined");
        });
        inEveryContainer(rule, "fail-unconfined", container -> seccomp(container, "Unconfined"));
        add(rule, "changes-at-1.25-windows", pod -> {
            windows(pod);
            security(pod.get("spec")).remove("seccompProfile");
        });
    }

    private void volumes() {
        add("hostPathVolumes", "pass-none", pod -> {});
        add("hostPathVolumes", "pass-emptyDir", pod -> volume(pod, "emptyDir"));
        add("hostPathVolumes", "fail-var-log", pod -> volume(pod, "hostPath").put("path", "/var/log"));
        add("hostPathVolumes", "fail-no-path", pod -> volume(pod, "hostPath"));
        add("hostPathVolumes", "fail-beside-another-source", pod -> {
            volume(pod, "hostPath").put("path", "/srv");
            ((ObjectNode) pod.at("/spec/volumes/0")).putObject("emptyDir");
        });

        String rule = "restrictedVolumes";
        add(rule, "pass-none", pod -> {});
        add(rule, "pass-hostPath-beside-emptyDir", pod -> {
            volume(pod, "hostPath").put("path", "/srv");
            ((ObjectNode) pod.at("/spec/volumes/0")).putObject("emptyDir");
        });
        add(
                rule,
                "fail-no-source",
                pod -> spec(pod).putArray("volumes").addObject().put("name", "data"));
        for (String type : List.of(
                "configMap",
                "csi",
                "downwardAPI",
                "emptyDir",
                "ephemeral",
                "image",
                "persistentVolumeClaim",
                "projected",
                "secret")) {
            add(rule, "pass-" + type, pod -> volume(pod, type));
        }
        for (String type : List.of(
                "hostPath",
                "gcePersistentDisk",
                "awsElasticBlockStore",
                "gitRepo",
                "nfs",
                "iscsi",
                "glusterfs",
                "rbd",
                "flexVolume",
                "cinder",
                "cephfs",
                "flocker",
                "fc",
                "azureFile",
                "vsphereVolume",
                "quobyte",
                "azureDisk",
                "photonPersistentDisk",
                "portworxVolume",
                "scaleIO",
                "storageos",
                "volumeOfTomorrow")) {
            add(rule, "fail-" + type, pod -> volume(pod, type));
        }
    }

    private void host() {
        add("privileged", "pass-unset", pod -> {});
        add(
                "privileged",
                "pass-false",
                pod -> security(pod.at("/spec/containers/0")).put("privileged", false));
        inEveryContainer(
                "privileged", "fail-true", container -> security(container).put("privileged", true));

        add("hostNamespaces", "pass-unset", pod -> {});
        for (String name : List.of("hostNetwork", "hostPID", "hostIPC")) {
            add("hostNamespaces", "pass-no-" + name, pod -> spec(pod).put(name, false));
            add("hostNamespaces", "fail-" + name, pod -> spec(pod).put(name, true));
        }

        add("hostPorts", "pass-unset", pod -> {});
        add("hostPorts", "pass-0", pod -> port(pod.at("/spec/containers/0"), 0));
        inEveryContainer("hostPorts", "fail-8080", container -> port(container, 8080));
        add("hostPorts", "fail-one-of-two", pod -> {
            port(pod.at("/spec/containers/0"), 0);
            ((ArrayNode) pod.at("/spec/containers/0/ports"))
                    .addObject()
                    .put("containerPort", 9090)
                    .put("hostPort", 9090);
        });

        String rule = "hostProbesAndHostLifecycle";
        add(rule, "pass-unset", pod -> {});
        add(rule, "pass-empty", pod -> probe(pod.at("/spec/containers/0"), "livenessProbe", "httpGet", ""));
        add(rule, "pass-host-header", pod -> {
            probe(pod.at("/spec/containers/0"), "livenessProbe", "httpGet", "");
            ((ObjectNode) pod.at("/spec/containers/0/livenessProbe/httpGet"))
                    .putArray("httpHeaders")
                    .addObject()
                    .put("name", "Host")
                    .put("value", "web.example");
        });
        for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            add(rule, "fail-" + probe, pod -> probe(pod.at("/spec/containers/0"), probe, "httpGet", "127.0.0.1"));
        }
        for (String hook : List.of("postStart", "preStop")) {
            add(
                    rule,
                    "fail-" + hook,
                    pod -> probe(
                            ((ObjectNode) pod.at("/spec/containers/0")).withObjectProperty("lifecycle"),
                            hook,
                            "tcpSocket",
                            "10.0.0.1"));
        }
        inEveryContainer(rule, "fail-host", container -> probe(container, "livenessProbe", "tcpSocket", "localhost"));

        rule = "windowsHostProcess";
        add(rule, "pass-unset", pod -> {});
        add(rule, "pass-false", pod -> hostProcess(pod.get("spec"), false));
        add(rule, "fail-pod", pod -> hostProcess(pod.get("spec"), true));
        add(rule, "fail-pod-though-containers-differ", pod -> {
            hostProcess(pod.get("spec"), true);
            everyContainer(pod, container -> hostProcess(container, false));
        });
        inEveryContainer(rule, "fail-true", container -> hostProcess(container, true));
    }

    private static ObjectNode spec(ObjectNode pod) {
        return (ObjectNode) pod.get("spec");
    }

    private static ObjectNode security(JsonNode holder) {
        return ((ObjectNode) holder).withObjectProperty("securityContext");
    }

    private static void everyContainer(ObjectNode pod, Consumer<ObjectNode> change) {
        CONTAINERS.values().forEach(place -> change.accept((ObjectNode) pod.at(place)));
    }

    private static void windows(ObjectNode pod) {
        spec(pod).putObject("os").put("name", "windows");
    }

    private static void adds(JsonNode container, String... names) {
        ArrayNode list = security(container).withObjectProperty("capabilities").putArray("add");
        List.of(names).forEach(list::add);
    }

    private static void drops(JsonNode container, String... names) {
        ArrayNode list = security(container).withObjectProperty("capabilities").putArray("drop");
        List.of(names).forEach(list::add);
    }

    private static ObjectNode selinux(JsonNode holder) {
        return security(holder).putObject("seLinuxOptions");
    }

    private static void seccomp(JsonNode holder, String type) {
        ObjectNode profile = JsonNodeFactory.instance.objectNode().put("type", type);
        if (type.equals("Localhost")) {
            profile.put("localhostProfile", "mine.json");
        }
        security(holder).set("seccompProfile", profile);
    }

    private static void sysctl(ObjectNode pod, String name) {
        security(pod.get("spec"))
                .putArray("sysctls")
                .addObject()
                .put("name", name)
                .put("value", "1");
    }

    private static void annotate(ObjectNode pod, String key, String value) {
        ((ObjectNode) pod.get("metadata")).withObjectProperty("annotations").put(key, value);
    }

    private static ObjectNode volume(ObjectNode pod, String type) {
        return spec(pod).putArray("volumes").addObject().put("name", "data").putObject(type);
    }

    private static void port(JsonNode container, int hostPort) {
        ((ObjectNode) container)
                .putArray("ports")
                .addObject()
                .put("containerPort", 8080)
                .put("hostPort", hostPort);
    }

    private static void probe(JsonNode holder, String probe, String action, String host) {
        ((ObjectNode) holder)
                .putObject(probe)
                .putObject(action)
                .put("port", 8080)
                .put("host", host);
    }

    private static void hostProcess(JsonNode holder, boolean value) {
        security(holder).putObject("windowsOptions").put("hostProcess", value);
    }
}
