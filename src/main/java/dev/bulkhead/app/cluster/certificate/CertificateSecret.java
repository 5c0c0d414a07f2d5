package dev.bulkhead.app.cluster.certificate;

import dev.bulkhead.app.certificate.KeyMaterial;
import dev.bulkhead.app.certificate.UnusableCertificateException;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Reads and writes the Secret that holds the key material. */
final class CertificateSecret {
    private static final Logger LOG = Logger.getLogger(CertificateSecret.class);

    /** The annotation that asks for an early renewal: {@code certificate} or {@code ca}. */
    static final String RENEW = "bulkhead.dev/renew";

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final Clock clock;

    CertificateSecret(KubernetesClient client, String namespace, String name, Clock clock) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
        this.clock = clock;
    }

    /** An informer of it, to be started; what cannot be reached is retried forever. */
    SharedIndexInformer<Secret> informer(ResourceEventHandler<Secret> handler) {
        return client.secrets()
                .inNamespace(namespace)
                .withName(name)
                .runnableInformer(0)
                .addEventHandler(handler)
                .exceptionHandler((started, failure) -> true);
    }

    /** The stored Secret, if there is one. */
    Optional<Secret> read() {
        return Optional.ofNullable(
                client.secrets().inNamespace(namespace).withName(name).get());
    }

    static boolean isEmpty(Optional<Secret> secret) {
        return secret.map(CertificateSecret::dataOf).orElse(Map.of()).isEmpty();
    }

    static boolean holds(Secret secret, KeyMaterial material) {
        return dataOf(secret).equals(material.toData());
    }

    /** The part whose renewal is requested; empty if none is. */
    static String wish(Optional<Secret> secret) {
        return secret.map(stored -> stored.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(RENEW))
                .orElse("");
    }

    /**
     * The material in it.
     *
     * @throws UnusableCertificateException when a part is missing, damaged or not valid now
     */
    KeyMaterial material(Secret secret) throws UnusableCertificateException {
        return KeyMaterial.fromData(dataOf(secret), toString(), clock);
    }

    /** The material in it, if it is usable. */
    Optional<KeyMaterial> usable(Optional<Secret> secret) {
        if (isEmpty(secret)) {
            return Optional.empty();
        }
        try {
            return Optional.of(material(secret.orElseThrow()));
        } catch (UnusableCertificateException e) {
            LOG.warnf("%s; the leader writes it again", e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Writes it, unless it has changed since it was read.
     *
     * @param stored as it was read
     * @return the Secret as written; empty if another writer was faster
     */
    Optional<Secret> fill(Optional<Secret> stored, KeyMaterial material) {
        try {
            return Optional.of(write(stored, material));
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /**
     * Writes it, and removes the request for a renewal.
     *
     * @param stored as it was read
     * @return the Secret as written
     * @throws KubernetesClientException when it has changed since, or cannot be written
     */
    Secret write(Optional<Secret> stored, KeyMaterial material) {
        Map<String, String> encoded = new LinkedHashMap<>();
        material.toData()
                .forEach((key, text) ->
                        encoded.put(key, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
        if (stored.isPresent()) {
            return client.resource(new SecretBuilder(stored.get())
                            .editMetadata()
                            .removeFromAnnotations(RENEW)
                            .endMetadata()
                            .withData(encoded)
                            .build())
                    .lockResourceVersion(stored.get().getMetadata().getResourceVersion())
                    .update();
        }
        return client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .withData(encoded)
                        .build())
                .create();
    }

    private static Map<String, String> dataOf(Secret secret) {
        Map<String, String> data = new LinkedHashMap<>();
        if (secret.getData() != null) {
            secret.getData()
                    .forEach((key, encoded) ->
                            data.put(key, new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8)));
        }
        return data;
    }

    /** Its name in messages. */
    @Override
    public String toString() {
        return "Secret " + namespace + "/" + name;
    }
}
