package dev.bulkhead.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Pods for every class of image there is: with an image that Bulkhead knows nothing of, with one that a policy knows, and
 * with one that stands in, under its name, for an image of the table and behaves as that one does.
 */
final class Predictions {
    static final String STARTED = "started";
    static final String STICKY = "uses no `/tmp` without the sticky bit";

    /** What knows the images of the namespaces below, as a cluster's platform team writes it. */
    static final String POLICIES = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: known}
            spec:
              match: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: known}}}
              images:
                - {match: "localhost/sticky", user: 1000, scratch: [/data], stickyTmp: true}
                - {match: "localhost/*", user: 1000, scratch: [/data]}
            ---
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: with-user}
            spec:
              match: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: with-user}}}
              user: {id: 10001}
            ---
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: on-host}
            spec:
              match: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: on-host}}}
              images:
                - {match: "localhost/*", user: 1000, scratch: [/data]}
              rules: {hostNamespaces: {action: 'off'}, hostPorts: {action: 'off'}}
            ---
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: seen}
            spec:
              match: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: seen}}}
              images:
                - {match: "localhost/wait", user: 1000}
                - {match: "localhost/*", scratch: [/data]}
            """;

    /** The namespace in which the user of an image is known from a container of it that runs elsewhere in the cluster. */
    static final String SEEN = "seen";

    static final List<String> NAMESPACES = List.of("known", "with-user", "on-host", SEEN);

    private static final String NO_USERS = "root:x:0:0:root:/:/bin/sh\n";
    private static final String WAIT = "echo " + STARTED + "; sleep 2147483647";
    private static final String POLICY = "the policy's `images`";
    private static final String TABLE = "the table's `%s`";

    private final Node node;
    private final List<Prediction> all = new ArrayList<>();

    private Predictions(Node node) {
        this.node = node;
    }

    static List<Prediction> of(Node node) throws IOException {
        Predictions predictions = new Predictions(node);
        predictions.addUsers();
        predictions.addPaths();
        predictions.addPorts();
        return List.copyOf(predictions.all);
    }

    /** Pods whose images run, unhardened, in a namespace that Bulkhead leaves alone. */
    static List<Prediction> seen(Node node) throws IOException {
        Predictions predictions = new Predictions(node);
        String elsewhere = "a container that runs, and the policy's `images` without a user";
        // The runtime reports the same content by one name only.
        TestImage content = predictions.running("").file("etc/seen", 0644, "seen\n".getBytes(UTF_8));
        Prediction root = Prediction.unknown("runs as root", content)
                .named("localhost/seen-root:1")
                .in(SEEN, elsewhere);
        Prediction named = Prediction.unknown("its user is a name", content.withUser("app"))
                .named("localhost/seen-name:1")
                .in(SEEN, elsewhere);
        Prediction numeric = Prediction.unknown("its user is a number", content.withUser("1000"))
                .named("localhost/seen-number:1")
                .in(SEEN, elsewhere);
        return List.of(root.said("no"), named.said("yes"), numeric.said("yes"));
    }

    private TestImage running(String script) throws IOException {
        return node.busybox().running("sh", "-c", script + WAIT);
    }

    private static String table(String reference) {
        return TABLE.formatted(reference.replaceAll("^docker.io/(library/)?|:[^:]*$", ""));
    }

    private void add(Prediction prediction) {
        all.add(prediction);
    }

    /** Unknown, and with the user that the policy names for it. */
    private void addBoth(Prediction prediction) {
        add(prediction);
        add(prediction.in("known", POLICY).said("yes"));
    }

    /** What the table knows. */
    private static Prediction standIn(Prediction like, String reference, TestImage content) {
        return new Prediction(like.image(), table(reference), "default", "yes", content, reference, "", "");
    }

    private void addUsers() throws IOException {
        Prediction root = Prediction.unknown("runs as root", running(""));
        addBoth(root);
        add(root.in("with-user", "the policy's `user: {id: 10001}`"));
        String nginx = "docker.io/library/nginx:1";
        Prediction nginxAlike = standIn(
                root,
                nginx,
                running("touch /var/cache/nginx/f /run/f || exit 1; httpd -p 80 -h /etc || exit 1; ")
                        .directory("var", 0755, 0)
                        .directory("var/cache", 0755, 0)
                        .directory("var/cache/nginx", 0755, 0)
                        .directory("run", 0755, 0));
        add(nginxAlike.said("no"));
        add(nginxAlike
                .known(table(nginx) + "; the pod sets `runAsUser` and `runAsGroup` to 101")
                .withContainer("securityContext: {runAsUser: 101, runAsGroup: 101}"));
        add(nginxAlike
                .in("with-user", table(nginx) + "; the policy's `user: {id: 10001}`")
                .said("unknown"));

        Prediction named = Prediction.unknown("its user is a name", running("").withUser("app"));
        addBoth(named);
        add(standIn(
                named,
                "docker.io/library/memcached:1",
                running("")
                        .file("etc/passwd", 0644, (NO_USERS + "memcache:x:11211:11211::/:/bin/sh\n").getBytes(UTF_8))
                        .withUser("memcache")));
        add(standIn(named, "docker.io/fluent/fluentd:1", named.content()).said("no"));

        Prediction numeric =
                Prediction.unknown("its user is a number", running("").withUser("1000"));
        addBoth(numeric);
        add(standIn(
                numeric,
                "docker.io/nginxinc/nginx-unprivileged:1",
                running("touch /tmp/f || exit 1; httpd -p 8080 -h /etc || exit 1; ")
                        .file("etc/passwd", 0644, (NO_USERS + "nginx:x:101:101::/:/bin/sh\n").getBytes(UTF_8))
                        .withUser("101")));
        addBoth(Prediction.unknown(
                "its user is `1000:1000`, which it does not list",
                running("").withUser("1000:1000").file("etc/passwd", 0644, NO_USERS.getBytes(UTF_8))));
    }

    private void addPaths() throws IOException {
        addBoth(Prediction.unknown(
                "writes to `/tmp`", running("touch /tmp/f || exit 1; ").withUser("1000")));

        Prediction elsewhere = Prediction.unknown(
                "writes elsewhere",
                running("touch /data/f || exit 1; ")
                        .directory("data", 0755, 1000)
                        .withUser("1000"));
        addBoth(elsewhere);
        add(standIn(
                elsewhere,
                "docker.io/grafana/grafana:1",
                running("touch /var/lib/grafana/f || exit 1; ")
                        .directory("var", 0755, 0)
                        .directory("var/lib", 0755, 0)
                        .directory("var/lib/grafana", 0777, 472)
                        .withUser("472")));

        Prediction overFiles = Prediction.unknown(
                "writes where it has files",
                running("cat /data/file >/dev/null && touch /data/f || exit 1; ")
                        .directory("data", 0755, 1000)
                        .file("data/file", 0644, "a file\n".getBytes(UTF_8))
                        .withUser("1000"));
        add(overFiles);
        Prediction keycloak = standIn(
                overFiles,
                "quay.io/keycloak/keycloak:1",
                running("cat /opt/keycloak/lib/file >/dev/null && touch /opt/keycloak/lib/f || exit 1; ")
                        .directory("opt", 0755, 0)
                        .directory("opt/keycloak", 0755, 0)
                        .directory("opt/keycloak/lib", 0755, 1000)
                        .file("opt/keycloak/lib/file", 0644, "a file\n".getBytes(UTF_8))
                        .withUser("1000"));
        add(keycloak.said("unknown"));
        add(keycloak.known(
                        keycloak.known() + "; an init container copies the files into a volume that is mounted there")
                .withPod("volumes: [{name: lib, emptyDir: {}}], initContainers: [{name: copy, image: '"
                        + keycloak.reference()
                        + "', imagePullPolicy: Never, command: [cp, -r, /opt/keycloak/lib/., /lib],"
                        + " volumeMounts: [{name: lib, mountPath: /lib}]}]")
                .withContainer("volumeMounts: [{name: lib, mountPath: /opt/keycloak/lib}]"));

        // What Ruby wants of a directory for temporary files.
        Prediction sticky = Prediction.unknown(STICKY, running("""
                        test -k ${TMPDIR:-/tmp} || { echo /tmp is world-writable but not sticky; exit 1; }
                        touch ${TMPDIR:-/tmp}/f || exit 1
                        """).withUser("1000"));
        add(sticky);
        Prediction known = sticky.named("localhost/sticky:1").in("known", POLICY + " with `stickyTmp: true`");
        add(known);
        add(known.known(known.known() + "; the pod sets `TMPDIR` to `/dev/shm`")
                .said("yes")
                .withContainer("env: [{name: TMPDIR, value: /dev/shm}]"));
    }

    private void addPorts() throws IOException {
        Prediction low = Prediction.unknown(
                "listens on port 80", running("httpd -p 80 -h /etc || exit 1; ").withUser("1000"));
        addBoth(low);
        Prediction lowOnHost = new Prediction(
                        "listens on port 80 of the node",
                        POLICY + "; the policy allows `hostNetwork`",
                        "on-host",
                        "unknown",
                        low.content(),
                        "",
                        "",
                        "")
                .withPod("hostNetwork: true");
        add(lowOnHost.withContainer("ports: [{containerPort: 80}]"));
        add(new Prediction(
                        "listens on port 8088 of the node",
                        lowOnHost.known(),
                        "on-host",
                        "yes",
                        running("httpd -p 8088 -h /etc || exit 1; ").withUser("1000"),
                        "",
                        "",
                        "")
                .withPod("hostNetwork: true")
                .withContainer("ports: [{containerPort: 8088}]"));

        TestImage carrying = node.busybox()
                .withBindingProgram("bin/ash", node.busyboxProgram())
                .withUser("65532")
                .running("ash", "-c", WAIT);
        Prediction capability =
                Prediction.unknown("its program carries the file capability `NET_BIND_SERVICE`", carrying);
        add(capability);
        Prediction coredns = standIn(capability, "docker.io/coredns/coredns:1", carrying);
        add(coredns.said("no"));
        add(coredns.known(coredns.known() + "; the pod adds the capability")
                .withContainer("securityContext: {capabilities: {add: [NET_BIND_SERVICE]}}"));
    }
}
