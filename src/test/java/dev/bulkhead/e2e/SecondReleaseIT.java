package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import dev.bulkhead.app.certificate.CertificateAuthority;
import dev.bulkhead.app.certificate.KeyPairAndChain;
import dev.bulkhead.app.certificate.PemFiles;
import dev.bulkhead.e2e.Installed.Site;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A release with a certificate from a Secret of the user's, from its installation to its end. */
@ExtendWith(Installed.class)
class SecondReleaseIT {
    private static final String NAME = "second-bulkhead";
    private static final Duration LIFE = Duration.ofDays(1);

    private final ControlPlane plane;

    @TempDir
    private Path directory;

    SecondReleaseIT(Site site) {
        this.plane = site.plane();
    }

    @Test
    void servesTheUsersCertificateAndLeavesNothingBehindThatBlocks() throws Exception {
        CertificateAuthority authority = CertificateAuthority.create(LIFE, Clock.systemUTC());
        KeyPairAndChain pair = authority.issue(List.of(NAME + ".second.svc"), List.of(), LIFE);
        Path certificate = PemFiles.write(directory.resolve("tls.crt"), pair.chain());
        Path key = PemFiles.write(directory.resolve("tls.key"), List.of(pair.key()));
        Path bundle = PemFiles.write(directory.resolve("ca.crt"), List.of(authority.certificate()));
        new Helm(Installed.CHART)
                .install()
                .withName(NAME)
                .withNamespace("second")
                .createNamespace()
                .withKubeVersion(plane.version())
                .withKubeConfig(plane.kubeconfig())
                .set("service.port", 8443)
                .set("crds.install", false)
                .set("certificates.source", "secret")
                .set("certificates.secretName", "tls")
                .set("profile", "restricted@v1.30")
                .call();
        String address =
                plane.get("-n", "second", "service", NAME).at("/spec/clusterIP").asText();
        Map<String, String> files = Map.of(
                "BULKHEAD_TLS_CERT", certificate.toString(),
                "BULKHEAD_TLS_KEY", key.toString(),
                "BULKHEAD_TLS_CA", bundle.toString());
        try (Balancer balancer = new Balancer(address, 8443);
                Replica replica = Replica.start(plane, directory, "second", NAME, "second-0", files)) {
            ControlPlane.await("the replica", replica::isReady);
            balancer.to(List.of(replica.port()));
            ControlPlane.await(
                    "the bundle",
                    () -> plane.get("validatingwebhookconfiguration", NAME)
                            .at("/webhooks/0/clientConfig/caBundle")
                            .asText()
                            .equals(encoded(bundle)));
            ControlPlane.await(
                    "that both releases evaluate",
                    () -> plane.kubectl(
                                    "-n",
                                    "default",
                                    "run",
                                    "try",
                                    "--image=nginxinc/nginx-unprivileged",
                                    "--privileged",
                                    "--dry-run=server")
                            .err()
                            .contains("policy built-in"));

            Helm.uninstall(NAME)
                    .withNamespace("second")
                    .withKubeConfig(plane.kubeconfig())
                    .call();
        }

        assertThat(plane.kubectl("get", "validatingwebhookconfigurations,mutatingwebhookconfigurations", "-o", "name")
                        .out())
                .doesNotContain(NAME);
        assertThat(plane.kubectl("get", "clusterroles,clusterrolebindings", "-o", "name")
                        .out())
                .doesNotContain(NAME);
        assertThat(plane.kubectl("get", "crd", "exemptions.bulkhead.dev").exitCode())
                .isZero();
        assertThat(plane.kubectl(
                                "-n",
                                "second",
                                "run",
                                "free",
                                "--image=nginxinc/nginx-unprivileged",
                                "--privileged",
                                "--dry-run=server")
                        .err())
                .doesNotContain("failed calling webhook");
    }

    private static String encoded(Path file) {
        try {
            return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
