package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.certificate.ClientKeys;
import dev.bulkhead.app.certificate.PemFiles;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real API server that presents a certificate, as docs/configuration.md says how. */
class ClientCertificateIT {
    private static final String CONFIGURATION = """
            apiVersion: apiserver.config.k8s.io/v1
            kind: AdmissionConfiguration
            plugins:
              - name: ValidatingAdmissionWebhook
                configuration: &webhooks
                  apiVersion: apiserver.config.k8s.io/v1
                  kind: WebhookAdmissionConfiguration
                  kubeConfigFile: %s
              - name: MutatingAdmissionWebhook
                configuration: *webhooks
            """;

    private static final String KUBECONFIG = """
            apiVersion: v1
            kind: Config
            users:
              - name: "bulkhead.bulkhead-system.svc:8443"
                user:
                  client-certificate: %s
                  client-key: %s
            """;

    @TempDir
    private Path keys;

    @Test
    void theApiServerIsKnownByItsCertificate() throws Exception {
        Path programs = Installed.programs();
        ClientKeys client = ClientKeys.of("webhook-clients");
        Path authority = PemFiles.write(keys.resolve("ca.crt"), List.of(client.authority()));
        try (Site site = new Site(programs, Installed.CHART, Map.of(), plane -> present(plane, client))) {
            Replica asking = Replica.start(
                    site.plane(),
                    site.directory(),
                    Replica.NAMESPACE,
                    "bulkhead",
                    "bulkhead-asking",
                    Map.of("BULKHEAD_ADMISSION_CLIENT_CA", authority.toString(), "BULKHEAD_LOG_DECISIONS", "all"));
            ControlPlane.await("the replica", asking::isReady);
            List<Replica> others = List.copyOf(site.replicas());
            site.replicas().clear();
            site.replicas().add(asking);
            site.balance();
            others.forEach(Replica::close);

            site.plane().apply("""
                    apiVersion: v1
                    kind: Namespace
                    metadata: {name: shop}
                    ---
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: web, namespace: shop}
                    spec:
                      hostUsers: true
                      containers: [{name: web, image: "registry.example/web:1"}]
                    """);
            Run relabelled = site.plane().kubectl("label", "namespace", "shop", "bulkhead.dev/profile=sandboxed");

            assertThat(relabelled.exitCode()).as(relabelled.err()).isZero();
            // How many it could look at within its second is another matter.
            assertThat(relabelled.err()).as(asking.log()).contains("pods in \"shop\"");
            assertThat(asking.log())
                    .contains("kind=Pod namespace=shop name=web")
                    .doesNotContain("caller=unverified");
            assertThat(asking.metrics()).contains("bulkhead_admission_unverified_total 0.0");
        }
    }

    private void present(ControlPlane plane, ClientKeys client) {
        try {
            Path certificate = PemFiles.write(keys.resolve("client.crt"), List.of(client.certificate()));
            Path key = PemFiles.write(keys.resolve("client.key"), List.of(client.key()));
            Path kubeconfig =
                    Files.writeString(keys.resolve("webhooks.kubeconfig"), KUBECONFIG.formatted(certificate, key));
            Path configuration = Files.writeString(keys.resolve("admission.yaml"), CONFIGURATION.formatted(kubeconfig));
            plane.restartApiServerWith("--admission-control-config-file=" + configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
