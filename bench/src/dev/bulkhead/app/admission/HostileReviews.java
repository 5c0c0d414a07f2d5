package dev.bulkhead.app.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.document.PolicyReader;
import dev.bulkhead.engine.policy.document.PolicyReader.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Reviews that an attacker could send to make the webhook work much for few bytes: for each list, map and text that a
 * review can hold, one that is as long as the review may be. Each shape is made for a size in bytes.
 */
public final class HostileReviews {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GOOD = "\"securityContext\":{\"allowPrivilegeEscalation\":false,"
            + "\"readOnlyRootFilesystem\":true,\"runAsNonRoot\":true,\"runAsUser\":1000,"
            + "\"capabilities\":{\"drop\":[\"ALL\"]},\"seccompProfile\":{\"type\":\"RuntimeDefault\"}}";
    private static final String CONTAINER = "\"containers\":[{\"name\":\"c\",\"image\":\"x\"}]";

    /** How many items may still be evaluated where there is a bound, from the highest on. */
    private static final int[] MOST_EVALUATED = {10_000, 2_000, 1_999, 1_000};

    /** By which policies a shape is evaluated. */
    enum Under {
        /** The built-in policy alone. */
        BUILT_IN,
        /** Beside it, a thousand exemptions of the workload's namespace that name containers and values. */
        EXEMPTIONS,
        /** A hundred policies that select workloads by their labels. */
        POLICIES
    }

    /**
     * What a review looks like.
     *
     * @param of the review with so many items
     */
    record Shape(Under under, IntFunction<String> of) {}

    private static final Map<String, Shape> SHAPES = new LinkedHashMap<>();

    private HostileReviews() {}

    static {
        lists();
        containers();
        volumes();
        texts();
        values();
        updates();
        rest();
        policies();
    }

    private static void lists() {
        inContainer(
                "capabilities.add, equal",
                n -> "\"securityContext\":{\"capabilities\":{\"add\":[" + repeat(n, i -> "\"A\"") + "]}}");
        inContainer(
                "capabilities.add, different",
                n -> "\"securityContext\":{\"capabilities\":{\"add\":[" + repeat(n, i -> "\"A" + i + "\"") + "]}}");
        inContainer(
                "capabilities.drop",
                n -> "\"securityContext\":{\"capabilities\":{\"drop\":[" + repeat(n, i -> "\"A" + i + "\"") + "]}}");
        inSpec(
                "supplementalGroups, all 0",
                n -> "\"securityContext\":{\"supplementalGroups\":[" + repeat(n, i -> "0") + "]}");
        inSpec(
                "sysctls, equal",
                n -> "\"securityContext\":{\"sysctls\":[" + repeat(n, i -> "{\"name\":\"kernel.x\",\"value\":\"1\"}")
                        + "]}");
        inSpec(
                "sysctls, different",
                n -> "\"securityContext\":{\"sysctls\":["
                        + repeat(n, i -> "{\"name\":\"kernel.x" + i + "\",\"value\":\"1\"}") + "]}");
        inContainer(
                "env, equal credentials",
                n -> "\"env\":[" + repeat(n, i -> "{\"name\":\"PASSWORD\",\"value\":\"canary\"}") + "]");
        inContainer(
                "env, different credentials",
                n -> "\"env\":[" + repeat(n, i -> "{\"name\":\"PASSWORD" + i + "\",\"value\":\"canary" + i + "\"}")
                        + "]");
        inContainer(
                "env, names that are nearly credentials",
                n -> "\"env\":["
                        + repeat(n, i -> "{\"name\":\"PASSWOR_SECRE_TOKE_API_KE_PWD_FILE_" + i + "\",\"value\":\"v\"}")
                        + "]");
        inContainer("envFrom", n -> "\"envFrom\":[" + repeat(n, i -> "{\"secretRef\":{\"name\":\"s\"}}") + "]");
        inContainer(
                "env from Secrets",
                n -> "\"env\":["
                        + repeat(
                                n,
                                i -> "{\"name\":\"A" + i
                                        + "\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"s\",\"key\":\"k\"}}}")
                        + "]");
        inContainer(
                "ports, host ports",
                n -> "\"ports\":[" + repeat(n, i -> "{\"hostPort\":" + (1 + i % 65_535) + "}") + "]");
        inContainer("ports", n -> "\"ports\":[" + repeat(n, i -> "{\"containerPort\":80}") + "]");
        inContainer("command", n -> "\"command\":[" + repeat(n, i -> "\"a\"") + "]");
        inContainer("resizePolicy", n -> "\"resizePolicy\":[" + repeat(n, i -> "{}") + "]");
        inSpec("tolerations", n -> "\"tolerations\":[" + repeat(n, i -> "{\"operator\":\"Exists\"}") + "]");
        inSpec("imagePullSecrets", n -> "\"imagePullSecrets\":[" + repeat(n, i -> "{\"name\":\"a\"}") + "]");
        inSpec(
                "hostAliases",
                n -> "\"hostAliases\":[" + repeat(n, i -> "{\"ip\":\"1.1.1.1\",\"hostnames\":[\"a\"]}") + "]");
        inSpec("nodeSelector", n -> "\"nodeSelector\":{" + repeat(n, i -> "\"k" + i + "\":\"v\"") + "}");
        inSpec("overhead", n -> "\"overhead\":{" + repeat(n, i -> "\"k" + i + "\":\"1\"") + "}");
    }

    private static void containers() {
        inSpec("containers, bare", n -> "\"containers\":[" + repeat(n, i -> "{}") + "]");
        inSpec("containers, named", n -> "\"containers\":[" + repeat(n, i -> "{\"name\":\"c" + i + "\"}") + "]");
        inSpec("containers, one name", n -> "\"containers\":[" + repeat(n, i -> "{\"name\":\"c\"}") + "]");
        inSpec(
                "containers, good",
                n -> "\"containers\":[" + repeat(n, i -> "{\"name\":\"c" + i + "\"," + GOOD + "}") + "]");
        inSpec(
                "containers, privileged",
                n -> "\"containers\":["
                        + repeat(n, i -> "{\"name\":\"c" + i + "\",\"securityContext\":{\"privileged\":true}}") + "]");
        inSpec(
                "init containers, sidecars",
                n -> "\"initContainers\":[" + repeat(n, i -> "{\"name\":\"c" + i + "\",\"restartPolicy\":\"Always\"}")
                        + "]");
        inSpec(
                "containers, Windows",
                n -> "\"os\":{\"name\":\"windows\"},\"containers\":["
                        + repeat(
                                n,
                                i -> "{\"name\":\"c" + i
                                        + "\",\"securityContext\":{\"windowsOptions\":{\"hostProcess\":true}}}")
                        + "]");
        inSpec(
                "containers, probes of other hosts",
                n -> "\"containers\":["
                        + repeat(
                                n,
                                i -> "{\"name\":\"c" + i + "\",\"livenessProbe\":{\"httpGet\":{\"host\":\"h" + i
                                        + "\"}}}")
                        + "]");
        both(
                "containers and annotations about them",
                n -> "\"annotations\":{"
                        + repeat(n, i -> "\"container.apparmor.security.beta.kubernetes.io/c" + i + "\":\"unconfined\"")
                        + "}",
                n -> "\"containers\":[" + repeat(n, i -> "{\"name\":\"c" + i + "\"}") + "]");
        both(
                "seccomp annotations about containers",
                n -> "\"annotations\":{"
                        + repeat(n, i -> "\"container.seccomp.security.alpha.kubernetes.io/c" + i + "\":\"unconfined\"")
                        + "}",
                n -> "\"containers\":[" + repeat(n, i -> "{\"name\":\"c" + i + "\"}") + "]");
        both(
                "containers and scratch paths",
                n -> "\"annotations\":{\"bulkhead.dev/scratch\":\"" + repeat(n, i -> "/s" + i) + "\"}",
                n -> "\"containers\":[" + repeat(n, i -> "{\"name\":\"c" + i + "\"}") + "]");
        both(
                "mounts and scratch paths",
                n -> "\"annotations\":{\"bulkhead.dev/scratch\":\"" + repeat(Math.min(n, 31), i -> "/s" + i) + "\"}",
                n -> "\"containers\":[{\"name\":\"c\",\"volumeMounts\":["
                        + repeat(n, i -> "{\"name\":\"v\",\"mountPath\":\"/m" + i + "\"}") + "]}]");
        metadata(
                "scratch paths",
                n -> "\"annotations\":{\"bulkhead.dev/scratch\":\"" + repeat(n, i -> "/s" + i) + "\"}");
    }

    private static void volumes() {
        inSpec(
                "volumes, hostPath, mounted",
                n -> "\"volumes\":["
                        + repeat(n, i -> "{\"name\":\"v" + i + "\",\"hostPath\":{\"path\":\"/srv/" + i + "\"}}")
                        + "],\"containers\":[{\"name\":\"c\",\"volumeMounts\":["
                        + repeat(n, i -> "{\"name\":\"v" + i + "\",\"mountPath\":\"/m/" + i + "\"}") + "]}]");
        inSpec(
                "volumes, one name, mounted",
                n -> "\"volumes\":["
                        + repeat(n, i -> "{\"name\":\"v\",\"hostPath\":{\"path\":\"/srv/" + i + "\"}}")
                        + "],\"containers\":[{\"name\":\"c\",\"volumeMounts\":["
                        + repeat(n, i -> "{\"name\":\"v\",\"mountPath\":\"/m/" + i + "\"}") + "]}]");
        inSpec(
                "volumes, sockets, mounted",
                n -> "\"volumes\":["
                        + repeat(n, i -> "{\"name\":\"v" + i + "\",\"hostPath\":{\"path\":\"/var/run/docker.sock\"}}")
                        + "],\"containers\":[{\"name\":\"c\",\"volumeMounts\":["
                        + repeat(n, i -> "{\"name\":\"v" + i + "\"}") + "]}]");
        inSpec(
                "one volume, mounted often",
                n -> "\"volumes\":[{\"name\":\"v\",\"hostPath\":{\"path\":\"/\"}}],"
                        + "\"containers\":[{\"name\":\"c\",\"volumeMounts\":[" + repeat(n, i -> "{\"name\":\"v\"}")
                        + "]}]");
        inSpec(
                "one volume, mounted often by subPath",
                n -> "\"volumes\":[{\"name\":\"v\",\"hostPath\":{\"path\":\"/\"}}],"
                        + "\"containers\":[{\"name\":\"c\",\"volumeMounts\":["
                        + repeat(n, i -> "{\"name\":\"v\",\"subPath\":\"var/../run/./x" + i + "\"}") + "]}]");
        inSpec(
                "one volume, subPathExpr of variables",
                n -> "\"volumes\":[{\"name\":\"v\",\"hostPath\":{\"path\":\"/\"}}],"
                        + "\"containers\":[{\"name\":\"c\",\"env\":["
                        + repeat(n, i -> "{\"name\":\"A" + i + "\",\"value\":\"run\"}")
                        + "],\"volumeMounts\":["
                        + repeat(n, i -> "{\"name\":\"v\",\"subPathExpr\":\"$(A" + i + ")/x\"}") + "]}]");
        inSpec(
                "one volume, one subPathExpr of many variables",
                n -> "\"volumes\":[{\"name\":\"v\",\"hostPath\":{\"path\":\"/\"}}],"
                        + "\"containers\":[{\"name\":\"c\",\"env\":["
                        + repeat(
                                n,
                                i -> "{\"name\":\"A" + i + "\",\"value\":\"" + "$(A" + (i - 1) + ")$(A" + (i - 1)
                                        + ")\"}")
                        + "],\"volumeMounts\":[{\"name\":\"v\",\"subPathExpr\":\"$(A" + (n - 1) + ")\"}]}]");
        inSpec(
                "volumes and mounts of nothing",
                n -> "\"volumes\":["
                        + repeat(n, i -> "{\"name\":\"v" + i + "\"}")
                        + "],\"containers\":[{\"name\":\"c\",\"volumeMounts\":["
                        + repeat(n, i -> "{\"name\":\"w" + i + "\"}") + "]}]");
        inSpec(
                "volumes, hostPath, of as many containers",
                n -> "\"volumes\":["
                        + repeat(n, i -> "{\"name\":\"v" + i + "\",\"hostPath\":{\"path\":\"/srv/" + i + "\"}}")
                        + "],\"containers\":["
                        + repeat(n, i -> "{\"name\":\"c" + i + "\",\"volumeMounts\":[{\"name\":\"v" + i + "\"}]}")
                        + "]");
        inSpec(
                "volumes of Windows",
                n -> "\"os\":{\"name\":\"windows\"},\"volumes\":["
                        + repeat(
                                n,
                                i -> "{\"name\":\"v" + i + "\",\"hostPath\":{\"path\":\"C:\\\\a\\\\..\\\\b" + i
                                        + "\"}}")
                        + "]");
        inSpec(
                "volumes, projected sources",
                n -> "\"volumes\":[{\"name\":\"v\",\"projected\":{\"sources\":["
                        + repeat(n, i -> "{\"serviceAccountToken\":{}}") + "]}}]");
        inSpec("volumes, empty", n -> "\"volumes\":[" + repeat(n, i -> "{}") + "]");
        inSpec("volumes, csi", n -> "\"volumes\":[" + repeat(n, i -> "{\"csi\":{\"driver\":\"a\"}}") + "]");
        inSpec(
                "volumes, claims",
                n -> "\"volumes\":[" + repeat(n, i -> "{\"persistentVolumeClaim\":{\"claimName\":\"c" + i + "\"}}")
                        + "]");
        inSpec("volumes, nfs", n -> "\"volumes\":[" + repeat(n, i -> "{\"nfs\":{}}") + "]");
        inContainer("volumeDevices", n -> "\"volumeDevices\":[" + repeat(n, i -> "{\"name\":\"v" + i + "\"}") + "]");
        inContainer(
                "mounts, propagation",
                n -> "\"volumeMounts\":[" + repeat(n, i -> "{\"mountPropagation\":\"Bidirectional\"}") + "]");
    }

    /** One text that fills the review. */
    private static void texts() {
        String path = "\"volumes\":[{\"name\":\"v\",\"hostPath\":{\"path\":\"";
        inSpec("a hostPath of slashes", n -> path + "/".repeat(n) + "\"}}]");
        inSpec("a hostPath of ..", n -> path + "/a/..".repeat(n) + "\"}}]");
        inSpec("a hostPath of segments", n -> path + "/a".repeat(n) + "\"}}]");
        inSpec(
                "hostPaths of 4,000 characters",
                n -> "\"volumes\":["
                        + repeat(
                                n,
                                i -> "{\"name\":\"v" + i + "\",\"hostPath\":{\"path\":\"" + "/a/..".repeat(800) + "/x"
                                        + i + "\"}}")
                        + "]");
        inContainer("a name", n -> "\"x\":\"" + "a".repeat(n) + "\"");
        inSpec("the container's name", n -> "\"containers\":[{\"name\":\"" + "a".repeat(n) + "\"}]");
        inContainer("a text of escapes", n -> "\"x\":\"" + "\\u0041".repeat(n) + "\"");
        inContainer("a text of other letters", n -> "\"x\":\"" + "é".repeat(n) + "\"");
        inContainer("a text of escapes and other letters", n -> "\"x\":\"" + "é\\n".repeat(n) + "\"");
        inContainer("numbers", n -> "\"x\":[" + repeat(n, i -> "1".repeat(308)) + "]");
        inContainer("small numbers", n -> "\"x\":[" + repeat(n, i -> "1") + "]");
        inContainer("fractions", n -> "\"x\":[" + repeat(n, i -> "1.7976931348623157e+308") + "]");
        inContainer("fractions of 400 digits", n -> "\"x\":[" + repeat(n, i -> "1." + "9".repeat(390)) + "]");
        inContainer("nulls", n -> "\"x\":[" + repeat(n, i -> "null") + "]");
        inContainer("null members", n -> "\"x\":{" + repeat(n, i -> "\"k" + i + "\":null") + "}");
        inContainer("lists in lists", n -> "\"x\":[" + repeat(n, i -> "[".repeat(9_000) + "]".repeat(9_000)) + "]");
        inContainer(
                "objects in objects",
                n -> "\"x\":[" + repeat(n, i -> "{\"a\":".repeat(9_000) + "1" + "}".repeat(9_000)) + "]");
        inContainer("empty objects", n -> "\"x\":[" + repeat(n, i -> "{}") + "]");
        inContainer("unknown members", n -> repeat(n, i -> "\"k" + i + "\":1"));
        inContainer("members with equal hashes", n -> "\"x\":{" + repeat(n, HostileReviews::colliding) + "}");
        inContainer("a duplicate at the end", n -> "\"x\":{" + repeat(n, i -> "\"k" + i + "\":1") + ",\"k0\":1}");
    }

    /** Values of a variable that look like what secretsInEnv looks for. */
    private static void values() {
        value("URLs", "a://b:c@d/");
        value("colons of URLs", "://:");
        value("logins of URLs", "://a:a");
        value("ats of URLs", "@//");
        value("slashes of logins", "/a@//b");
        value("private keys", "-----BEGIN PRIVATE KEY-----");
        value("beginnings of private keys", "-----BEGIN ");
        value("private keys in Base64", "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t");
        value("tokens", "AKIA-sk-xoxb-ghp_glpat-");
        value("beginnings of tokens", "-sk-");
        value("web tokens", "eyJhbGciOiJIUzI1NiJ9.eyJ.");
        value("bearers", "Bearer ");
        value("basic logins", "Basic dXNlcjpwYXNz ");
        value("connection strings", "Password=;pwd=;AccountKey=;");
        value("equals", "a=b&");
        value("Azure secrets", "aQ~b8Q~");
        value("stand-ins", "${a}$(b){{c}}<d>");
        value("open stand-ins", "${{(<");
        value("spaces", " ");
        value("Base64", "QUJDREVG");
        value("JSON", "{\\\"password\\\":\\\"a\\\",");
        value("quotes", "\\\"'");
        value("data URLs", "data:a;base64,");
        value("Oracle logins", "jdbc:oracle:a/b@");
        inContainer(
                "a variable's name of words", n -> "\"env\":[{\"name\":\"" + "A_".repeat(n) + "\",\"value\":\"v\"}]");
        inContainer(
                "a variable's name of humps",
                n -> "\"env\":[{\"name\":\"" + "passwordTokenTtl".repeat(n) + "\",\"value\":\"v\"}]");
        inContainer("an argument of options", n -> "\"args\":[\"" + "--password=a ".repeat(n) + "\"]");
    }

    private static void value(String title, String part) {
        inContainer("a value of " + title, n -> "\"env\":[{\"name\":\"A\",\"value\":\"" + part.repeat(n) + "\"}]");
    }

    private static void updates() {
        update(
                "update of a Deployment, renamed containers",
                "Deployment",
                n -> deployment(n, "old"),
                n -> deployment(n, "new"));
        update(
                "update of a Deployment, same containers",
                "Deployment",
                n -> deployment(n, "c"),
                n -> deployment(n, "c"));
        update(
                "update of a Deployment, one name",
                "Deployment",
                n -> template(repeat(n, i -> "{\"name\":\"c\"}")),
                n -> template(repeat(n, i -> "{\"name\":\"c\",\"x\":1}")));
        update(
                "update of a Deployment, added capabilities",
                "Deployment",
                n -> template("{\"name\":\"c\",\"securityContext\":{\"capabilities\":{\"add\":["
                        + repeat(n, i -> "\"A" + i + "\"") + "]}}}"),
                n -> template("{\"name\":\"c\",\"securityContext\":{\"capabilities\":{\"add\":["
                        + repeat(n, i -> "\"B" + i + "\"") + "]}}}"));
        update(
                "update of a Deployment, hostPath volumes",
                "Deployment",
                n -> "\"spec\":{\"template\":{\"spec\":{" + CONTAINER + ",\"volumes\":["
                        + repeat(n, i -> "{\"name\":\"v" + i + "\",\"hostPath\":{\"path\":\"/a" + i + "\"}}") + "]}}}",
                n -> "\"spec\":{\"template\":{\"spec\":{" + CONTAINER + ",\"volumes\":["
                        + repeat(n, i -> "{\"name\":\"w" + i + "\",\"hostPath\":{\"path\":\"/b" + i + "\"}}") + "]}}}");
        update("update of a pod, other images", "Pod", n -> pod(n, "\"image\":\"a\""), n -> pod(n, "\"image\":\"b\""));
        update(
                "update of a pod, ephemeral containers",
                "Pod/ephemeralcontainers",
                n -> "\"spec\":{" + CONTAINER + "}",
                n -> "\"spec\":{" + CONTAINER + ",\"ephemeralContainers\":["
                        + repeat(n, i -> "{\"name\":\"e" + i + "\"," + GOOD + "}") + "]}");
        update(
                "update of a pod, bare ephemeral containers",
                "Pod/ephemeralcontainers",
                n -> "\"spec\":{" + CONTAINER + ",\"ephemeralContainers\":["
                        + repeat(n, i -> "{\"name\":\"e" + i + "\"}") + "]}",
                n -> "\"spec\":{" + CONTAINER + ",\"ephemeralContainers\":["
                        + repeat(n, i -> "{\"name\":\"f" + i + "\"}") + "]}");
        update(
                "update of a pod, ephemeral containers of one name",
                "Pod/ephemeralcontainers",
                n -> "\"spec\":{" + CONTAINER + ",\"ephemeralContainers\":[" + repeat(n, i -> "{\"name\":\"e\"}")
                        + "]}",
                n -> "\"spec\":{" + CONTAINER + ",\"ephemeralContainers\":["
                        + repeat(n, i -> "{\"name\":\"e\",\"x\":1}") + "]}");
        update(
                "update of a pod, labels",
                "Pod",
                n -> "\"metadata\":{\"labels\":{" + repeat(n, i -> "\"a" + i + "\":\"b\"") + "}},\"spec\":{" + CONTAINER
                        + "}",
                n -> "\"metadata\":{\"labels\":{" + repeat(n, i -> "\"a" + i + "\":\"c\"") + "}},\"spec\":{" + CONTAINER
                        + "}");
        update(
                "update of a namespace, labels",
                "Namespace",
                n -> "\"metadata\":{\"labels\":{" + repeat(n, i -> "\"a" + i + "\":\"b\"") + "}}",
                n -> "\"metadata\":{\"labels\":{" + repeat(n, i -> "\"a" + i + "\":\"c\"") + "}}");
    }

    private static void rest() {
        metadata("labels", n -> "\"labels\":{" + repeat(n, i -> "\"k" + i + "\":\"v\"") + "}");
        metadata("annotations", n -> "\"annotations\":{" + repeat(n, i -> "\"k" + i + "\":\"v\"") + "}");
        metadata("an annotation", n -> "\"annotations\":{\"k\":\"" + "a".repeat(n) + "\"}");
        metadata(
                "runtimes' annotations",
                n -> "\"annotations\":{" + repeat(n, i -> "\"io.katacontainers.config.hypervisor.k" + i + "\":\"v\"")
                        + "}");
        metadata(
                "ownerReferences",
                n -> "\"ownerReferences\":["
                        + repeat(n, i -> "{\"controller\":true,\"kind\":\"ReplicaSet\",\"name\":\"a" + i + "\"}")
                        + "]");
        metadata("finalizers", n -> "\"finalizers\":[" + repeat(n, i -> "\"a\"") + "]");
        metadata("managedFields", n -> "\"managedFields\":[" + repeat(n, i -> "{\"fieldsV1\":{\"f:spec\":{}}}") + "]");
        add(
                "members of the request",
                Under.BUILT_IN,
                n -> review(
                        "Pod",
                        "CREATE",
                        "\"spec\":{" + CONTAINER + "}",
                        "",
                        repeat(n, i -> "\"k" + i + "\":{}") + ","));
        add(
                "groups of the user",
                Under.BUILT_IN,
                n -> review(
                        "Pod",
                        "CREATE",
                        "\"spec\":{" + CONTAINER + "}",
                        "",
                        "\"x\":{\"groups\":[" + repeat(n, i -> "\"g" + i + "\"") + "]},"));
    }

    private static void policies() {
        add(
                "many exemptions, volumes",
                Under.EXEMPTIONS,
                n -> review(
                        "Pod",
                        "CREATE",
                        "\"spec\":{\"volumes\":["
                                + repeat(
                                        n, i -> "{\"name\":\"v" + i + "\",\"hostPath\":{\"path\":\"/data/" + i + "\"}}")
                                + "],\"containers\":[{\"name\":\"c0\",\"volumeMounts\":["
                                + repeat(n, i -> "{\"name\":\"v" + i + "\"}") + "]}]}",
                        "",
                        ""));
        add(
                "many exemptions, containers",
                Under.EXEMPTIONS,
                n -> review(
                        "Pod",
                        "CREATE",
                        "\"spec\":{\"containers\":["
                                + repeat(n, i -> "{\"name\":\"c" + i + "\",\"securityContext\":{\"privileged\":true}}")
                                + "]}",
                        "",
                        ""));
        add(
                "many exemptions, capabilities",
                Under.EXEMPTIONS,
                n -> review(
                        "Pod",
                        "CREATE",
                        "\"spec\":{\"containers\":[{\"name\":\"c0\",\"securityContext\":{\"capabilities\":{\"add\":["
                                + repeat(n, i -> "\"A" + i + "\"") + "]}}}]}",
                        "",
                        ""));
        add(
                "many exemptions, one volume of many containers",
                Under.EXEMPTIONS,
                n -> review(
                        "Pod",
                        "CREATE",
                        "\"spec\":{\"volumes\":["
                                + repeat(n, i -> "{\"name\":\"v\",\"hostPath\":{\"path\":\"/data/1\"}}")
                                + "],\"containers\":["
                                + repeat(n, i -> "{\"name\":\"c" + i + "\",\"volumeMounts\":[{\"name\":\"v\"}]}")
                                + "]}",
                        "",
                        ""));
        add(
                "many policies, labels",
                Under.POLICIES,
                n -> review(
                        "Pod",
                        "CREATE",
                        "\"metadata\":{\"labels\":{" + repeat(n, i -> "\"k" + i + "\":\"v\"") + "}},\"spec\":{"
                                + CONTAINER + "}",
                        "",
                        ""));
        add(
                "many policies, containers",
                Under.POLICIES,
                n -> review(
                        "Pod",
                        "CREATE",
                        "\"metadata\":{\"labels\":{\"k0\":\"v\",\"k1\":\"v\",\"k2\":\"v\",\"k3\":\"v\"}},\"spec\":{\"containers\":["
                                + repeat(n, i -> "{\"name\":\"c" + i + "\"}") + "]}",
                        "",
                        ""));
    }

    private static String repeat(int n, IntFunction<String> item) {
        return IntStream.range(0, n).mapToObj(item).collect(Collectors.joining(","));
    }

    /** Different names of one hash: two letters that hash alike, in all combinations. */
    private static String colliding(int i) {
        StringBuilder name = new StringBuilder();
        for (int bit = 0; bit < 16; bit++) {
            name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return "\"" + name + "\":1";
    }

    private static String pod(int n, String more) {
        return "\"spec\":{\"containers\":[" + repeat(n, i -> "{\"name\":\"c" + i + "\"," + more + "}") + "]}";
    }

    private static String deployment(int n, String name) {
        return template(repeat(n, i -> "{\"name\":\"" + name + i + "\"}"));
    }

    private static String template(String containers) {
        return "\"spec\":{\"template\":{\"spec\":{\"containers\":[" + containers + "]}}}";
    }

    private static void inContainer(String title, IntFunction<String> member) {
        inSpec(title, n -> "\"containers\":[{\"name\":\"c\",\"image\":\"x\"," + member.apply(n) + "}]");
    }

    private static void inSpec(String title, IntFunction<String> members) {
        add(title, Under.BUILT_IN, n -> {
            String own = members.apply(n);
            String spec = own.contains("\"containers\":[") ? own : own + "," + CONTAINER;
            return review("Pod", "CREATE", "\"spec\":{" + spec + "}", "", "");
        });
    }

    private static void metadata(String title, IntFunction<String> member) {
        both(title, member, n -> CONTAINER);
    }

    private static void both(String title, IntFunction<String> metadata, IntFunction<String> spec) {
        add(
                title,
                Under.BUILT_IN,
                n -> review(
                        "Pod",
                        "CREATE",
                        "\"metadata\":{" + metadata.apply(n) + "},\"spec\":{" + spec.apply(n) + "}",
                        "",
                        ""));
    }

    private static void update(String title, String kind, IntFunction<String> old, IntFunction<String> now) {
        add(title, Under.BUILT_IN, n -> review(kind, "UPDATE", now.apply(n), old.apply(n), ""));
    }

    private static void add(String title, Under under, IntFunction<String> of) {
        if (SHAPES.put(title, new Shape(under, of)) != null) {
            throw new IllegalStateException("there are two shapes " + title);
        }
    }

    private static String review(String kind, String operation, String object, String old, String more) {
        String[] parts = kind.split("/");
        String group = parts[0].equals("Deployment") ? "apps" : "";
        String type = "\"apiVersion\":\"" + (group.isEmpty() ? "v1" : "apps/v1") + "\",\"kind\":\"" + parts[0] + "\",";
        return "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"u\","
                + "\"kind\":{\"group\":\"" + group + "\",\"version\":\"v1\",\"kind\":\"" + parts[0] + "\"},"
                + (parts.length > 1 ? "\"subResource\":\"" + parts[1] + "\"," : "")
                + "\"namespace\":\"driftwood\",\"name\":\"p\",\"operation\":\"" + operation + "\","
                + "\"userInfo\":{\"username\":\"system:serviceaccount:kube-system:replicaset-controller\"}," + more
                + "\"object\":{" + type + object + "}"
                + (old.isEmpty() ? "" : ",\"oldObject\":{" + type + old + "}") + "}}";
    }

    /** The titles of all shapes. */
    static List<String> titles() {
        return List.copyOf(SHAPES.keySet());
    }

    /**
     * A review of that shape, of about so many bytes; of fewer where so many containers or volumes would not be
     * evaluated at all, since a review that is rejected at once is not the worst.
     */
    static byte[] review(String title, int bytes) {
        IntFunction<String> of = SHAPES.get(title).of();
        int few = bytes(of.apply(16)).length;
        double each = (bytes(of.apply(64)).length - few) / 48.0;
        int n = (int) ((bytes - few) / each) + 16;
        byte[] review = bytes(of.apply(n));
        // Numbers grow longer the more there are of them.
        if (review.length > 1.05 * bytes) {
            n = (int) ((double) n * bytes / review.length);
            review = bytes(of.apply(n));
        }
        for (int most : MOST_EVALUATED) {
            if (n > most && isTooLong(review)) {
                review = bytes(of.apply(most));
            }
        }
        return review;
    }

    private static boolean isTooLong(byte[] review) {
        byte[] answer = Samples.reviews()
                .answer(AdmissionService.Path.VALIDATE, review, Samples::builtIn)
                .body();
        return new String(answer, StandardCharsets.UTF_8).contains("expected at most ");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** By which policies that shape is evaluated. */
    static PolicySet policies(String title) throws IOException {
        return switch (SHAPES.get(title).under()) {
            case BUILT_IN -> Samples.builtIn();
            case EXEMPTIONS -> policies(1, 1_000);
            case POLICIES -> policies(100, 0);
        };
    }

    private static PolicySet policies(int policies, int exemptions) throws IOException {
        Instant now = Instant.now();
        List<Policy> all = new ArrayList<>();
        List<Exemption> excused = new ArrayList<>();
        for (int i = 0; i < policies; i++) {
            Reading reading = read(
                    "{\"apiVersion\":\"bulkhead.dev/v1alpha1\",\"kind\":\"LeastPrivilegePolicy\",\"metadata\":{\"name\":\"p"
                            + i + "\"},\"spec\":{"
                            + (policies == 1
                                    ? ""
                                    : "\"match\":{\"workloadSelector\":{\"matchExpressions\":[" + "{\"key\":\"k" + i
                                            + "\",\"operator\":\"Exists\"}]}}")
                            + "}}",
                    now);
            all.add(((Reading.OfPolicy) reading).policy());
        }
        for (int i = 0; i < exemptions; i++) {
            Reading reading = read(
                    "{\"apiVersion\":\"bulkhead.dev/v1alpha1\",\"kind\":\"Exemption\",\"metadata\":{\"name\":\"e" + i
                            + "\",\"namespace\":\"bulkhead-system\"},\"spec\":{\"reason\":\"r\",\"owner\":\"o\",\"expires\":\""
                            + now.plus(Duration.ofDays(30))
                            + "\",\"match\":{\"namespaces\":[\"driftwood\"],\"containers\":[\"c" + i
                            + "\"]},\"allow\":[{\"rule\":\"hostPathVolumes\",\"values\":[\"/data/" + i
                            + "\"]},{\"rule\":\"privileged\",\"values\":[\"*\"]},{\"rule\":\"capabilities_restricted\",\"values\":[\"A"
                            + i + "\"]}]}}",
                    now);
            excused.add(((Reading.OfExemption) reading).exemption());
        }
        return new PolicySet(all, excused);
    }

    private static Reading read(String document, Instant now) throws IOException {
        JsonNode tree = JSON.readTree(document);
        Reading reading = PolicyReader.read(tree, now, Duration.ofDays(365));
        if (reading instanceof Reading.Refused) {
            throw new IllegalStateException(reading + ": " + document);
        }
        return reading;
    }

    /** Writes a review of each shape, of so many bytes, into a directory: for tests over the wire. */
    public static void main(String[] args) throws IOException {
        Path directory = Files.createDirectories(Path.of(args[0]));
        for (String title : titles()) {
            Files.write(
                    directory.resolve(title.replaceAll("[^A-Za-z0-9]+", "-") + ".json"),
                    review(title, Integer.parseInt(args[1])));
        }
    }
}
