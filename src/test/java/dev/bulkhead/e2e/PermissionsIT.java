package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.certificate.KeyMaterial;
import dev.bulkhead.e2e.Installed.Site;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Bulkhead itself may do in its cluster, and what it does there. */
@ExtendWith(Installed.class)
class PermissionsIT {
    private static final String GATE = "--as=system:serviceaccount:bulkhead-system:bulkhead";

    private final Site site;
    private final ControlPlane plane;

    PermissionsIT(Site site) {
        this.site = site;
        this.plane = site.plane();
    }

    @ParameterizedTest
    @CsvSource({
        "yes, bulkhead-system, get secrets/bulkhead-certificate",
        "yes, bulkhead-system, update secrets/bulkhead-certificate",
        "yes, bulkhead-system, watch secrets/bulkhead-certificate",
        "yes, bulkhead-system, create secrets",
        "yes, bulkhead-system, update leases.coordination.k8s.io/bulkhead",
        "yes, default, list namespaces",
        "yes, default, list pods",
        "yes, default, watch exemptions.bulkhead.dev",
        "yes, default, patch exemptions.bulkhead.dev --subresource=status",
        "yes, default, update validatingwebhookconfigurations/bulkhead",
        "yes, default, delete validatingwebhookconfigurations/bulkhead",
        "yes, bulkhead-system, watch configmaps/bulkhead",
        "yes, bulkhead-system, create events",
        "yes, bulkhead-system, watch configmaps/bulkhead-images",
        "no, bulkhead-system, patch configmaps/bulkhead-images",
        "no, bulkhead-system, get configmaps/other",
        "no, bulkhead-system, update configmaps/bulkhead",
        "no, bulkhead-system, get secrets/other",
        "no, bulkhead-system, list secrets",
        "no, bulkhead-system, delete secrets/bulkhead-certificate",
        "no, bulkhead-system, update leases.coordination.k8s.io/other",
        "no, bulkhead-system, create pods",
        "no, bulkhead-system, patch deployments.apps/bulkhead",
        "no, default, get secrets/bulkhead-certificate",
        "no, default, create secrets",
        "no, default, create leases.coordination.k8s.io",
        "yes, default, watch persistentvolumes",
        "yes, default, create events",
        "yes, default, patch events",
        "yes, default, get deployments.apps",
        "no, default, get events",
        "no, default, list deployments.apps",
        "no, default, create persistentvolumes",
        "no, default, get persistentvolumeclaims",
        "no, default, get pods",
        "no, default, watch pods",
        "no, default, create pods",
        "no, default, delete pods",
        "no, default, create pods --subresource=exec",
        "no, default, get configmaps",
        "no, default, update namespaces",
        "no, default, get nodes",
        "no, default, update exemptions.bulkhead.dev",
        "no, default, create exemptions.bulkhead.dev",
        "no, default, create leastprivilegepolicies.bulkhead.dev",
        "no, default, update leastprivilegepolicies.bulkhead.dev",
        "no, default, update validatingwebhookconfigurations/other",
        "no, default, delete validatingwebhookconfigurations/other",
        "no, default, create validatingwebhookconfigurations",
        "no, default, create clusterrolebindings",
        "yes, bulkhead-system, create exemptions.bulkhead.dev/bulkhead-reachability-probe",
        "no, bulkhead-system, create exemptions.bulkhead.dev",
        "no, bulkhead-system, patch exemptions.bulkhead.dev/other",
        "no, default, patch exemptions.bulkhead.dev/bulkhead-reachability-probe",
        "no, default, update validatingadmissionpolicies.admissionregistration.k8s.io/bulkhead-own-rights",
        "no, default, delete validatingadmissionpolicies.admissionregistration.k8s.io/bulkhead-own-rights",
        "no, default, delete validatingadmissionpolicybindings.admissionregistration.k8s.io/bulkhead-own-rights",
        "no, default, list validatingadmissionpolicies.admissionregistration.k8s.io",
        "no, default, create validatingadmissionpolicies.admissionregistration.k8s.io/bulkhead-second-layer-deny-1",
        "no, default, create mutatingadmissionpolicies.admissionregistration.k8s.io/bulkhead-second-layer-harden",
        "no, default, impersonate users",
        "no, default, create serviceaccounts --subresource=token",
    })
    void mayDoWhatItMustAndNothingElse(String answer, String namespace, String call) {
        String[] words = ("auth can-i -n " + namespace + " " + GATE + " " + call).split(" ");

        assertThat(plane.kubectl(words).out().strip()).isEqualTo(answer);
    }

    @Test
    void extraRightsAreListedHere() {
        List<String> granted = new ArrayList<>(grantedTo(GATE));
        granted.removeAll(grantedTo("--as=system:serviceaccount:bulkhead-system:default"));

        assertThat(granted)
                .containsExactlyInAnyOrder(
                        "configmaps [] [bulkhead] [get list watch]",
                        "configmaps [] [bulkhead-images] [get list watch]",
                        "cronjobs.batch [] [] [get]",
                        "deployments.apps [] [] [get]",
                        "events [] [] [create patch]",
                        "exemptions.bulkhead.dev [] [] [get list watch]",
                        "exemptions.bulkhead.dev [] [bulkhead-reachability-probe] [create patch]",
                        "exemptions.bulkhead.dev/status [] [] [patch]",
                        "leases.coordination.k8s.io [] [] [create]",
                        "leases.coordination.k8s.io [] [bulkhead] [get update patch]",
                        "leastprivilegepolicies.bulkhead.dev [] [] [get list watch]",
                        "leastprivilegepolicies.bulkhead.dev/status [] [] [patch]",
                        "mutatingwebhookconfigurations.admissionregistration.k8s.io [] [bulkhead] [get list watch update delete]",
                        "namespaces [] [] [get list watch]",
                        "persistentvolumes [] [] [list watch]",
                        "pods [] [] [list]",
                        "runtimeclasses.node.k8s.io [] [] [get list watch]",
                        "secrets [] [] [create]",
                        "secrets [] [bulkhead-certificate] [get list watch update]",
                        "validatingwebhookconfigurations.admissionregistration.k8s.io [] [bulkhead] [get list watch update delete]");
    }

    private List<String> grantedTo(String whom) {
        return plane.kubectl("auth", "can-i", "--list", "-n", "bulkhead-system", "--no-headers", whom)
                .out()
                .lines()
                .map(line -> line.replaceAll("\\s+", " ").strip())
                .toList();
    }

    @Test
    void oneReplicaLeadsAndBothServeTheSameCertificate() {
        ControlPlane.await("a leader", () -> leaders() == 1);
        JsonNode lease = plane.get("-n", "bulkhead-system", "lease", "bulkhead");
        assertThat(lease.at("/spec/holderIdentity").asText()).startsWith("bulkhead-");
        assertThat(expiries()).hasSize(1);
    }

    private long leaders() {
        return site.replicas().stream()
                .filter(replica -> replica.metrics().contains("bulkhead_leader 1.0"))
                .count();
    }

    private List<String> expiries() {
        return site.replicas().stream()
                .map(replica -> replica.metrics()
                        .lines()
                        .filter(line -> line.startsWith("bulkhead_certificate_expiry"))
                        .findFirst()
                        .orElse(""))
                .distinct()
                .toList();
    }

    @Test
    void newKeyMaterialReachesReplicasAndWebhooksWithoutARestart() {
        List<String> names = List.of(
                "bulkhead.bulkhead-system.svc",
                "bulkhead.bulkhead-system.svc.cluster.local",
                "bulkhead.bulkhead-system",
                "bulkhead");
        KeyMaterial fresh = KeyMaterial.create(names, Clock.systemUTC());
        List<String> before = expiries();
        StringBuilder secret = new StringBuilder(
                "apiVersion: v1\nkind: Secret\nmetadata: {name: bulkhead-certificate, namespace: bulkhead-system}\ndata:\n");
        fresh.toData()
                .forEach((key, text) -> secret.append("  ")
                        .append(key)
                        .append(": ")
                        .append(Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)))
                        .append('\n'));

        plane.apply(secret.toString(), "--server-side", "--force-conflicts");

        ControlPlane.await(
                "the new certificate",
                () -> expiries().size() == 1 && !expiries().equals(before));
        String bundle = Base64.getEncoder().encodeToString(fresh.bundle().getBytes(StandardCharsets.UTF_8));
        ControlPlane.await(
                "the new bundle",
                () -> plane.get("validatingwebhookconfiguration", "bulkhead")
                        .at("/webhooks/0/clientConfig/caBundle")
                        .asText()
                        .equals(bundle));
        ControlPlane.await(
                "that Bulkhead is asked",
                () -> plane.kubectl(
                                "-n",
                                "default",
                                "run",
                                "try",
                                "--image=nginxinc/nginx-unprivileged",
                                "--privileged",
                                "--dry-run=server")
                        .err()
                        .contains("Bulkhead refuses Pod"));
    }

    @Test
    void aDeletedSecretIsFilledAgainWithWhatIsServed() {
        JsonNode before = plane.get("-n", "bulkhead-system", "secret", "bulkhead-certificate")
                .path("data");

        plane.kubectl("-n", "bulkhead-system", "delete", "secret", "bulkhead-certificate");

        ControlPlane.await(
                "the Secret",
                () -> plane.kubectl("-n", "bulkhead-system", "get", "secret", "bulkhead-certificate")
                                .exitCode()
                        == 0);
        assertThat(plane.get("-n", "bulkhead-system", "secret", "bulkhead-certificate")
                        .path("data"))
                .isEqualTo(before);
    }

    @Test
    void anEditedCaBundleIsRestored() {
        plane.kubectl(
                "patch",
                "validatingwebhookconfiguration",
                "bulkhead",
                "--type=json",
                "-p",
                "[{\"op\":\"remove\",\"path\":\"/webhooks/0/clientConfig/caBundle\"}]");

        ControlPlane.await(
                "the bundle",
                () -> plane.get("validatingwebhookconfiguration", "bulkhead")
                        .at("/webhooks/0/clientConfig/caBundle")
                        .isTextual());
    }
}
