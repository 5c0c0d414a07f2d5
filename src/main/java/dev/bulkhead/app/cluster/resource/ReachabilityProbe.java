package dev.bulkhead.app.cluster.resource;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.policy.document.PolicyReader;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jboss.logging.Logger;

/**
 * Asks the API server to create, as a dry run, an Exemption of a reserved name in Bulkhead's own namespace. Only a
 * replica of Bulkhead rejects it with the nonce that it carries, so a rejection proves that the API server calls the
 * webhook through its Service, trusts its certificate, and receives its answers. Any replica may answer: the request
 * holds all it needs. <p>The reserved name makes it possible to permit this one object only. An Exemption of that name
 * has no effect.
 */
public final class ReachabilityProbe {
    private static final Logger LOG = Logger.getLogger(ReachabilityProbe.class);

    /** The name of the Exemption. */
    public static final String NAME = "bulkhead-reachability-probe";

    /** The annotation with the nonce, in hexadecimal digits. */
    public static final String NONCE = "bulkhead.dev/nonce";

    private static final int NONCE_BYTES = 16;

    private final KubernetesClient client;
    private final String namespace;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private String logged = "";

    public ReachabilityProbe(KubernetesClient client, String namespace, Clock clock) {
        this.client = client;
        this.namespace = namespace;
        this.clock = clock;
    }

    /** The message with which a replica rejects the Exemption that carries this nonce. */
    public static String answerTo(String nonce) {
        return "Bulkhead answers the probe " + nonce;
    }

    /** Whether a call from the API server reaches a replica and returns, now. Waits for the API server. */
    public boolean isAnswered() {
        byte[] bytes = new byte[NONCE_BYTES];
        random.nextBytes(bytes);
        String nonce = HexFormat.of().formatHex(bytes);
        try {
            client.genericKubernetesResources(CustomResources.EXEMPTIONS)
                    .inNamespace(namespace)
                    .withName(NAME)
                    .patch(
                            new PatchContext.Builder()
                                    .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                    .withFieldManager(FieldOwners.OWN_NAME)
                                    .withForce(true)
                                    .withDryRun(List.of("All"))
                                    .build(),
                            client.getKubernetesSerialization()
                                    .convertValue(exemption(nonce), GenericKubernetesResource.class));
            logOnce("no webhook was called for it");
            return false;
        } catch (KubernetesClientException e) {
            String message = String.valueOf(e.getMessage());
            if (message.contains(answerTo(nonce))) {
                logged = "";
                return true;
            }
            logOnce(ApiServerFailure.text(e));
            return false;
        }
    }

    /** The reason for a failure is logged when it changes. */
    private void logOnce(String reason) {
        String lasting = reason.toLowerCase(Locale.ROOT).replaceAll("[0-9a-f]{8,}", "");
        if (!lasting.equals(logged)) {
            logged = lasting;
            LOG.infof("the API server does not reach the webhook yet; this is retried: %s", reason);
        }
    }

    /** A valid Exemption, since the API server checks the schema before it calls webhooks. */
    private ObjectNode exemption(String nonce) {
        ObjectNode exemption = JsonNodeFactory.instance.objectNode();
        exemption.put("apiVersion", PolicyReader.API_VERSION).put("kind", PolicyReader.EXEMPTION_KIND);
        ObjectNode metadata = exemption.putObject("metadata");
        metadata.put("name", NAME).put("namespace", namespace);
        metadata.putObject("annotations").put(NONCE, nonce);
        ObjectNode spec = exemption.putObject("spec");
        spec.put("reason", "tests whether the API server reaches the webhook; never stored")
                .put("owner", "bulkhead")
                .put("expires", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        spec.putObject("match").putArray("namespaces").add(namespace);
        ObjectNode grant = spec.putArray("allow").addObject();
        grant.put("rule", "privileged").putArray("values").add("true");
        return exemption;
    }
}
