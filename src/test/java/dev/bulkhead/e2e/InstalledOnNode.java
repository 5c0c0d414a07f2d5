package dev.bulkhead.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Bulkhead's own image as pods on a real node, as the chart renders it, once for all tests. Where the image was never
 * built, or no node can be, the tests are skipped, but not in CI.
 */
final class InstalledOnNode implements BeforeAllCallback, ParameterResolver {
    private static final String PRIVILEGED = """
            apiVersion: v1
            kind: Pod
            metadata: {name: privileged, namespace: default}
            spec: {containers: [{name: web, image: web, securityContext: {privileged: true}}]}
            """;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** What runs; ended after the last test. */
    static final class Site implements AutoCloseable {
        private final Node node;

        Site(Path image) throws IOException {
            node = Node.start();
            try {
                node.importImage(image);
                install();
                awaitReady();
            } catch (IOException | RuntimeException | Error e) {
                String logs = describe() + node.logs();
                node.close();
                throw new AssertionError(e.getMessage() + "\n" + logs, e);
            }
        }

        private void install() throws IOException {
            ControlPlane plane = node.plane();
            plane.apply("{apiVersion: v1, kind: Namespace, metadata: {name: bulkhead-system}}");
            plane.apply(new Helm(Installed.CHART)
                    .template()
                    .withName("bulkhead")
                    .withNamespace(Replica.NAMESPACE)
                    .withKubeVersion(plane.version())
                    .set("image.pullPolicy", "Never")
                    .set("log.json", false)
                    .call());
        }

        /** Waits until all replicas are ready and none is being replaced, and until what cannot be evaluated is rejected. */
        void awaitReady() {
            ControlPlane.await("the replicas", PATIENCE, () -> {
                JsonNode deployment = node.plane().get("-n", Replica.NAMESPACE, "deployment", "bulkhead");
                int replicas = deployment.at("/spec/replicas").asInt();
                return deployment.at("/status/observedGeneration").asInt()
                                == deployment.at("/metadata/generation").asInt()
                        && deployment.at("/status/updatedReplicas").asInt() == replicas
                        && deployment.at("/status/replicas").asInt() == replicas
                        && deployment.at("/status/availableReplicas").asInt() == replicas;
            });
            ControlPlane.await(
                    "that it is in force",
                    PATIENCE,
                    () -> node.plane()
                            .get("validatingwebhookconfiguration", "bulkhead")
                            .at("/webhooks/0/failurePolicy")
                            .asText()
                            .equals("Fail"));
            // The API server follows its webhook configurations with a delay.
            ControlPlane.await(
                    "that the API server asks it",
                    PATIENCE,
                    () -> node.plane()
                            .kubectlWith(PRIVILEGED, "create", "--dry-run=server", "-f", "-")
                            .err()
                            .contains("Bulkhead refuses"));
        }

        /** The replicas that are not being ended. */
        List<JsonNode> pods() {
            return pods("bulkhead");
        }

        /** The console's pod. */
        JsonNode console() {
            return pods("bulkhead-console").get(0);
        }

        private List<JsonNode> pods(String name) {
            JsonNode pods = node.plane()
                    .get("-n", Replica.NAMESPACE, "pods", "-l", "app.kubernetes.io/name=" + name)
                    .path("items");
            return StreamSupport.stream(pods.spliterator(), false)
                    .filter(pod -> pod.at("/metadata/deletionTimestamp").isMissingNode())
                    .toList();
        }

        Node node() {
            return node;
        }

        /** What became of the pods, and what they wrote last. */
        String describe() {
            ControlPlane plane = node.plane();
            return plane.kubectl("-n", Replica.NAMESPACE, "describe", "pods").said()
                    + plane.kubectl(
                                    "-n",
                                    Replica.NAMESPACE,
                                    "logs",
                                    "-l",
                                    "app.kubernetes.io/name=bulkhead",
                                    "--tail=50")
                            .said();
        }

        @Override
        public void close() throws IOException {
            node.close();
        }
    }

    /** The image's archive; without it the test that asks is skipped, but not in CI. */
    private static Path image() {
        Optional<Path> image = Optional.empty();
        Path directory = Path.of(System.getProperty("e2e.images", "target/image"));
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                image = files.filter(file -> file.getFileName().toString().matches("bulkhead-.*\\.tar"))
                        .findFirst();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        if (image.isEmpty() && Boolean.parseBoolean(System.getenv("BULKHEAD_CI"))) {
            throw new AssertionError("image/build has built no image");
        }
        if (image.isEmpty()) {
            System.err.println("Skipped: there is no image in " + directory + ", image/build builds one.");
        }
        assumeTrue(image.isPresent(), "no image: image/build builds one");
        return image.orElseThrow();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Path image = image();
        context.getRoot().getStore(Namespace.GLOBAL).computeIfAbsent(Site.class, key -> {
            try {
                return new Site(image);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Site.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot().getStore(Namespace.GLOBAL).get(Site.class, Site.class);
    }
}
