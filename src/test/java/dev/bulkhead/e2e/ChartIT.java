package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the chart renders is what the API server takes, to the last field. */
@ExtendWith(Installed.class)
class ChartIT {
    private static final String NAMESPACE = Replica.NAMESPACE;

    private final ControlPlane plane;

    ChartIT(Site site) {
        this.plane = site.plane();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "manifests/install.yaml",
                "src/test/resources/charts/cert-manager.yaml",
                "src/test/resources/charts/secret.yaml",
                "src/test/resources/charts/everything.yaml"
            })
    void everyFieldIsKnown(String rendered) throws IOException {
        String known = Arrays.stream(Files.readString(Path.of(rendered)).split("(?m)^---$", -1))
                // Of operators that are not installed here.
                .filter(document -> !document.contains("apiVersion: monitoring.coreos.com")
                        && !document.contains("apiVersion: cert-manager.io"))
                .collect(Collectors.joining("\n---\n"))
                // Where it would be merged with nothing, and is not evaluated itself.
                .replace("bulkhead-system", "kube-system");

        Run run = plane.kubectlWith(
                known,
                "apply",
                "--server-side",
                "--force-conflicts",
                "--dry-run=server",
                "--validate=strict",
                "-f",
                "-");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("validatingwebhookconfiguration.admissionregistration.k8s.io/bulkhead");
    }

    @Test
    void everybodyWhoMayViewSeesPoliciesAndNobodyElseWritesThem() {
        plane.kubectl("create", "clusterrolebinding", "viewer", "--clusterrole=view", "--user=viewer");
        plane.kubectl("create", "rolebinding", "owner", "-n", "default", "--clusterrole=admin", "--user=owner");

        assertThat(can("viewer", "list", "leastprivilegepolicies.bulkhead.dev")).isEqualTo("yes");
        assertThat(can("viewer", "list", "exemptions.bulkhead.dev")).isEqualTo("yes");
        assertThat(can("owner", "list", "exemptions.bulkhead.dev")).isEqualTo("yes");
        assertThat(can("owner", "create", "exemptions.bulkhead.dev")).isEqualTo("no");
        assertThat(can("owner", "create", "leastprivilegepolicies.bulkhead.dev"))
                .isEqualTo("no");
    }

    /** Policies are cluster-scoped, so a role in one namespace gives no access to them. */
    @Test
    void rolesInANamespaceReadItsExemptionsOnly() {
        plane.kubectl("create", "clusterrolebinding", "reader", "--clusterrole=view", "--user=reader");
        plane.kubectl("create", "rolebinding", "tenant", "-n", "default", "--clusterrole=view", "--user=tenant");

        assertThat(plane.kubectl("get", "leastprivilegepolicies", "--as=reader").exitCode())
                .isZero();
        assertThat(plane.kubectl("get", "exemptions", "-A", "--as=reader").exitCode())
                .isZero();
        assertThat(plane.kubectl("get", "exemptions", "-n", "default", "--as=tenant")
                        .exitCode())
                .isZero();
        assertThat(plane.kubectl("get", "leastprivilegepolicies", "--as=tenant").err())
                .contains("forbidden", "at the cluster scope");
        assertThat(plane.kubectl("get", "exemptions", "-A", "--as=tenant").err())
                .contains("forbidden", "at the cluster scope");
    }

    /** Pods have no node here that would report them as ready. */
    @Test
    void evictionsLeaveAReplicaThatIsReady() {
        ControlPlane.await("Bulkhead's pods", () -> pods().size() == 2);
        pods().forEach(pod -> plane.kubectl(
                "-n",
                NAMESPACE,
                "patch",
                "pod",
                pod,
                "--subresource=status",
                "-p",
                "{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}"));
        awaitHealthy(2);
        List<String> both = pods();

        assertThat(evict(both.get(0)).exitCode()).isZero();
        awaitHealthy(1);

        assertThat(evict(both.get(1)).err()).contains("disruption budget");
        ControlPlane.await("another pod instead", () -> pods().size() == 2);
        assertThat(pods()).contains(both.get(1)).doesNotContain(both.get(0));
    }

    private List<String> pods() {
        List<String> names = new ArrayList<>();
        plane.get("-n", NAMESPACE, "pods", "-l", "app.kubernetes.io/name=bulkhead")
                .path("items")
                .forEach(pod -> names.add(pod.at("/metadata/name").asText()));
        return names;
    }

    private void awaitHealthy(int count) {
        ControlPlane.await(
                "healthy: " + count,
                () -> plane.get("-n", NAMESPACE, "poddisruptionbudget", "bulkhead")
                                .at("/status/currentHealthy")
                                .asInt()
                        == count);
    }

    private Run evict(String pod) {
        return plane.kubectlWith(
                "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"" + pod + "\"}}",
                "create",
                "--raw",
                "/api/v1/namespaces/" + NAMESPACE + "/pods/" + pod + "/eviction",
                "-f",
                "-");
    }

    private String can(String user, String verb, String resource) {
        return plane.kubectl("auth", "can-i", verb, resource, "-n", "default", "--as=" + user)
                .out()
                .strip();
    }
}
