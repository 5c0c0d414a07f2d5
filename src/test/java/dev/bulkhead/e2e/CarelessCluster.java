package dev.bulkhead.e2e;

import dev.bulkhead.app.console.page.DemoCluster;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/**
 * A cluster such as many are: teams and their workloads, and Driftwood, all of which ran before Bulkhead was installed.
 * Then came policies, exemptions, and people who were refused something. The console runs as the chart installs it, beside
 * a real API server; only kubelets are played.
 */
final class CarelessCluster implements AutoCloseable {
    private static final Path DRIFTWOOD = Path.of("docs", "driftwood");

    /** What the demo leaves out, since nothing but an API server asks for it. */
    private static final String ACCOUNTS = """
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: prometheus, namespace: monitoring}}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: kube-state-metrics, namespace: monitoring}}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: ingress-nginx, namespace: ingress-nginx}}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: cert-manager, namespace: cert-manager}}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: hub, namespace: data}}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: longhorn, namespace: longhorn-system}}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: ingress-nginx}
            rules:
            - {apiGroups: [""], resources: [secrets, services, endpoints], verbs: [get, list, watch]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: ingress-nginx}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ingress-nginx}
            subjects: [{kind: ServiceAccount, name: ingress-nginx, namespace: ingress-nginx}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: prometheus}
            rules:
            - {apiGroups: [""], resources: [nodes, nodes/metrics, services, endpoints, pods], verbs: [get, list, watch]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: prometheus}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: prometheus}
            subjects: [{kind: ServiceAccount, name: prometheus, namespace: monitoring}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: hub, namespace: data}
            rules:
            - {apiGroups: [""], resources: [pods, persistentvolumeclaims], verbs: [get, list, watch, create, delete]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: hub, namespace: data}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: hub}
            subjects: [{kind: ServiceAccount, name: hub, namespace: data}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: developers, namespace: build}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
            subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: grace@example.com}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: team, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: ada@example.com}]
            """;

    private static final String RESIZER = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: video-resizer, namespace: shop}
            spec:
              selector: {matchLabels: {app: video-resizer}}
              template:
                metadata: {labels: {app: video-resizer}}
                spec:
                  containers:
                  - name: video-resizer
                    image: registry.example.com/shop/resizer:2.0.0
                    securityContext: {capabilities: {add: [SYS_ADMIN]}}
            """;

    private final Site site;
    private final Replica console;

    private CarelessCluster(Site site, Replica console) {
        this.site = site;
        this.console = console;
    }

    static CarelessCluster start(Path programs) throws IOException {
        Instant now = Instant.now();
        Site site = new Site(programs, Installed.CHART, Map.of(), plane -> liveIn(plane, now));
        try {
            ControlPlane plane = site.plane();
            ControlPlane.await(
                    "the policies",
                    () -> plane.kubectlWith(DemoCluster.text("policies.yaml", now), "apply", "-f", "-")
                                    .exitCode()
                            == 0);
            refuse(plane);
            Replica console =
                    Replica.start(plane, site.directory(), Replica.NAMESPACE, "bulkhead-console", "console", Map.of());
            ControlPlane.await("the console", console::isReady);
            return new CarelessCluster(site, console);
        } catch (IOException | RuntimeException | Error e) {
            site.close();
            throw e;
        }
    }

    /** What there was before Bulkhead. */
    private static void liveIn(ControlPlane plane, Instant now) {
        plane.apply(DemoCluster.text("namespaces.yaml", now));
        plane.apply("{apiVersion: v1, kind: Namespace, metadata: {name: driftwood, labels: {team: driftwood}}}");
        plane.apply(ACCOUNTS);
        plane.apply(DemoCluster.text("workloads.yaml", now));
        try {
            plane.apply(Files.readString(DRIFTWOOD.resolve("0-worst-case.yaml")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        new PlayedKubelets(plane).runAll();
    }

    /** What people and controllers tried, until each was told no. */
    private static void refuse(ControlPlane plane) {
        ControlPlane.await("grace's refusal", () -> isRefused(debugShell(plane)));
        for (int i = 0; i < 3; i++) {
            Run run = plane.kubectlWith(
                    RESIZER,
                    "--as=system:serviceaccount:argocd:argocd-application-controller",
                    "--as-group=system:masters",
                    "apply",
                    "-f",
                    "-");
            if (!isRefused(run)) {
                throw new AssertionError("it was not refused: " + run.said());
            }
        }
    }

    private static Run debugShell(ControlPlane plane) {
        return plane.kubectl(
                "--as=grace@example.com",
                "--as-group=system:authenticated",
                "-n",
                "build",
                "run",
                "debug-shell",
                "--image=busybox",
                "--privileged");
    }

    private static boolean isRefused(Run run) {
        return run.err().contains("Bulkhead refuses");
    }

    /** Changes the container of a Deployment that has the Deployment's name, as a strategic merge patch says. */
    void mend(String deployment, String container) {
        String[] name = deployment.split("/", 2);
        String patch = "{\"spec\":{\"template\":{\"spec\":{\"containers\":["
                + container.replaceFirst("\\{", "{\"name\":\"" + name[1] + "\",") + "]}}}}";
        Run run = plane().kubectl("-n", name[0], "patch", "deployment", name[1], "-p", patch);
        if (run.exitCode() != 0) {
            throw new AssertionError(run.said());
        }
        new PlayedKubelets(plane()).runAll();
    }

    ControlPlane plane() {
        return site.plane();
    }

    /** Where a browser on this machine finds a page, as through kubectl port-forward. */
    String url(String path) {
        return "http://localhost:" + console.console() + path;
    }

    @Override
    public void close() throws IOException {
        console.close();
        site.close();
    }
}
