package dev.bulkhead.app.cluster.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.cluster.FakeApiServer;
import dev.bulkhead.app.cluster.scan.WantedImages.Puller;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PodPullSecretsTest {
    private static final String DOCKER = "kubernetes.io/dockerconfigjson";

    private final FakeApiServer server = new FakeApiServer();
    private final KubernetesClient client = server.client();

    @AfterEach
    void close() {
        server.close();
    }

    private void secret(String name, String type, String key, String content) {
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace("shop")
                        .withName(name)
                        .endMetadata()
                        .withType(type)
                        .withData(Map.of(
                                key, Base64.getEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8))))
                        .build())
                .create();
    }

    private List<String> contents(Puller puller) {
        return new PodPullSecrets(client)
                .apply(puller).stream()
                        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                        .toList();
    }

    @Test
    void readsThoseOfThePodAndOfItsServiceAccount() {
        secret("one", DOCKER, ".dockerconfigjson", "1");
        secret("two", DOCKER, ".dockerconfigjson", "2");
        secret("token", "Opaque", ".dockerconfigjson", "3");
        secret("other-key", DOCKER, "other", "4");
        client.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withNamespace("shop")
                        .withName("builder")
                        .endMetadata()
                        .addNewImagePullSecret("two")
                        .addNewImagePullSecret("one")
                        .build())
                .create();

        assertThat(contents(new Puller("shop", "builder", List.of("token", "one", "missing", "other-key"), List.of())))
                .containsExactly("1", "2");
        assertThat(contents(new Puller("shop", "", List.of("one"), List.of()))).containsExactly("1");
        assertThat(contents(new Puller("elsewhere", "builder", List.of("one"), List.of())))
                .isEmpty();
    }
}
