package dev.bulkhead.engine.evaluation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Pods of every make: a plain one with any number of fields set to something safe, unsafe, odd or unknown. */
public final class RandomPods {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> PATHS =
            List.of("/tmp", "/tmp/", "//tmp", "/var/cache", "/var", "/run", "/data", "/tmp/sub", "/etc/x~y");

    private RandomPods() {}

    /** Shrinks towards few changes. */
    static Arbitrary<ObjectNode> any() {
        return Combinators.combine(Arbitraries.longs(), Arbitraries.integers().between(0, 25))
                .as(RandomPods::pod);
    }

    public static ObjectNode pod(long seed, int changes) {
        Random random = new Random(seed);
        ObjectNode pod = JSON.objectNode().put("apiVersion", "v1").put("kind", "Pod");
        pod.putObject("metadata").put("name", "p");
        ObjectNode spec = pod.putObject("spec");
        String[] names = {"a", "b", "c", "d"};
        int containers = 1 + random.nextInt(2);
        int next = 0;
        ArrayNode regular = spec.putArray("containers");
        for (int i = 0; i < containers; i++) {
            regular.addObject().put("name", names[next++]).put("image", "registry.example/app:1");
        }
        if (random.nextInt(3) == 0) {
            ObjectNode init = spec.putArray("initContainers").addObject().put("name", names[next++]);
            if (random.nextBoolean()) {
                init.put("restartPolicy", "Always");
            }
        }
        if (random.nextInt(6) == 0) {
            spec.putArray("ephemeralContainers").addObject().put("name", names[next]);
        }
        IntStream.range(0, changes).forEach(i -> change(random, pod));
        return pod;
    }

    private static void change(Random random, ObjectNode pod) {
        ObjectNode spec = (ObjectNode) pod.get("spec");
        List<ObjectNode> all = ApiServerRules.containers(pod).stream()
                .map(ObjectNode.class::cast)
                .toList();
        ObjectNode container = all.get(random.nextInt(all.size()));
        switch (random.nextInt(30)) {
            case 0 -> security(spec).put("runAsNonRoot", random.nextBoolean());
            case 1 -> security(container).put("runAsNonRoot", random.nextBoolean());
            case 2 -> security(random.nextBoolean() ? spec : container).put("runAsUser", random.nextInt(3) * 1000);
            case 3 -> security(container).put("privileged", random.nextBoolean());
            case 4 -> security(container).put("allowPrivilegeEscalation", random.nextBoolean());
            case 5 -> security(container).put("readOnlyRootFilesystem", random.nextBoolean());
            case 6 ->
                security(container)
                        .withObjectProperty("capabilities")
                        .withArrayProperty("add")
                        .add(pick(random, "CAP_SYS_ADMIN", "SYS_ADMIN", "NET_BIND_SERVICE", "CHOWN", "ALL"));
            case 7 ->
                security(container)
                        .withObjectProperty("capabilities")
                        .withArrayProperty("drop")
                        .add(pick(random, "ALL", "NET_RAW", "all"));
            case 8 -> seccomp(random, security(random.nextBoolean() ? spec : container));
            case 9 -> spec.put(pick(random, "hostNetwork", "hostPID", "hostIPC"), random.nextBoolean());
            case 10 -> spec.put("hostUsers", random.nextBoolean());
            case 11 -> spec.putObject("os").put("name", pick(random, "windows", "linux"));
            case 12 -> volume(random, spec);
            case 13 ->
                container
                        .withArrayProperty("volumeMounts")
                        .addObject()
                        .put("name", "v0")
                        .put("mountPath", pick(random, PATHS.toArray(String[]::new)));
            case 14 ->
                annotations(pod)
                        .put(
                                "bulkhead.dev/scratch",
                                pick(
                                        random,
                                        "/var/cache/nginx,/run",
                                        "/tmp",
                                        "relative",
                                        "/a/../b",
                                        "/x:y",
                                        "",
                                        ",,/q~/r"));
            case 15 ->
                annotations(pod)
                        .put(
                                "seccomp.security.alpha.kubernetes.io/pod",
                                pick(random, "runtime/default", "docker/default", "localhost/my.json", "unconfined"));
            case 16 ->
                annotations(pod)
                        .put(
                                "container.seccomp.security.alpha.kubernetes.io/"
                                        + container.get("name").asText(),
                                pick(random, "runtime/default", "localhost/other.json", "unconfined"));
            case 17 -> security(container).put("procMount", pick(random, "Default", "Unmasked"));
            case 18 -> spec.put("automountServiceAccountToken", random.nextBoolean());
            case 19 -> spec.put("serviceAccountName", pick(random, "default", "robot", ""));
            case 20 -> spec.put("runtimeClassName", pick(random, "gvisor", "kata", "runc"));
            case 21 -> spec.put("shareProcessNamespace", random.nextBoolean());
            case 22 ->
                container
                        .withArrayProperty("env")
                        .addObject()
                        .put("name", pick(random, "DB_PASSWORD", "HOME", "TOKEN_TTL"))
                        .put("value", "hunter2");
            case 23 -> container.put("someFieldOfTomorrow", random.nextInt());
            case 24 -> spec.putObject("some/field~of.tomorrow").put("x", true);
            case 25 -> security(spec).put("fsGroup", random.nextInt(2));
            case 26 -> security(spec).putNull("seccompProfile");
            case 27 -> container.putNull("volumeMounts");
            case 28 ->
                spec.withArrayProperty("volumes")
                        .addObject()
                        .put("name", "bulkhead-scratch-0")
                        .putObject("emptyDir");
            default -> {
                if (random.nextBoolean()) {
                    container
                            .putArray("volumeDevices")
                            .addObject()
                            .put("name", "v1")
                            .put("devicePath", "/dev/xvda");
                } else {
                    security(container).putObject("windowsOptions").put("hostProcess", random.nextBoolean());
                }
            }
        }
    }

    private static void volume(Random random, ObjectNode spec) {
        ArrayNode volumes = spec.withArrayProperty("volumes");
        ObjectNode volume = volumes.addObject().put("name", "v" + volumes.size());
        switch (random.nextInt(5)) {
            case 0 -> volume.putObject("hostPath").put("path", pick(random, "/var/run/docker.sock", "/proc", "/srv"));
            case 1 -> volume.putObject("emptyDir");
            case 2 -> volume.putObject("nfs").put("server", "s").put("path", "/");
            case 3 -> volume.putObject("configMap").put("name", "c");
            default ->
                volume.put("name", "kube-api-access-x" + volumes.size())
                        .putObject("projected")
                        .putArray("sources")
                        .addObject()
                        .putObject("serviceAccountToken")
                        .put("path", "token");
        }
    }

    private static void seccomp(Random random, ObjectNode security) {
        ObjectNode profile = security.putObject("seccompProfile");
        switch (random.nextInt(3)) {
            case 0 -> profile.put("type", "RuntimeDefault");
            case 1 -> profile.put("type", "Localhost").put("localhostProfile", "my.json");
            default -> profile.put("type", "Unconfined");
        }
    }

    private static ObjectNode security(ObjectNode holder) {
        return holder.withObjectProperty("securityContext");
    }

    private static ObjectNode annotations(ObjectNode pod) {
        return ((ObjectNode) pod.get("metadata")).withObjectProperty("annotations");
    }

    private static String pick(Random random, String... values) {
        return values[random.nextInt(values.length)];
    }
}
