package dev.bulkhead.app.cluster.scan.node;

import dev.bulkhead.app.cluster.resource.PagedList;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How much containers have written to their root file systems, by the kubelets of their nodes. They are asked straight, not by
 * the API server's proxy, for which the right to run commands in every pod would be needed.
 *
 * <p>A kubelet learns the token by which it is asked. So it is asked by one of an account that may do nothing else, for a few
 * minutes.
 */
public final class NodeStatistics {
    /** The shortest that the API server issues. */
    private static final long TOKEN_SECONDS = 600;

    private static final int MOST_NODES = 5_000;

    private final KubernetesClient client;
    private final Account account;
    private final KubeletClient kubelets;

    /**
     * The account by which kubelets are asked.
     *
     * @param namespace of the ServiceAccount
     */
    public record Account(String namespace, String name) {}

    /**
     * What kubelets said.
     *
     * @param written the bytes by the pod's uid and the container's name, of those that have written more than the runtime
     *     itself
     * @param problems what could not be read, in a sentence each
     */
    public record Reading(Map<String, Map<String, Long>> written, List<String> problems) {}

    /**
     * Asks nothing yet.
     *
     * @param authorities the CAs of the kubelets' serving certificates, in PEM form
     * @param within how long all kubelets together may take
     * @throws IOException when there are no certificates in it
     */
    public NodeStatistics(KubernetesClient client, Account account, byte[] authorities, Duration within)
            throws IOException {
        this.client = client;
        this.account = account;
        this.kubelets = new KubeletClient(KubeletTrust.in(authorities), within);
    }

    /**
     * Asks every kubelet.
     *
     * @throws IOException when nodes cannot be listed, or there is no token to ask with
     */
    public Reading read() throws IOException {
        List<KubeletAddress> addresses = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        PagedList.forEach(client, "api/v1/nodes", "", "application/json", node -> {
            if (addresses.size() < MOST_NODES) {
                KubeletAddress.of(node)
                        .ifPresentOrElse(
                                addresses::add,
                                () -> problems.add(
                                        "node " + node.at("/metadata/name").asText() + " has no InternalIP"));
            }
        });
        if (addresses.isEmpty()) {
            return new Reading(Map.of(), problems);
        }
        KubeletClient.Answers answers = kubelets.ask(addresses, token());
        problems.addAll(answers.problems());
        return new Reading(answers.written(), problems);
    }

    private String token() throws IOException {
        TokenRequest request = new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(TOKEN_SECONDS)
                .endSpec()
                .build();
        return Optional.ofNullable(client.serviceAccounts()
                        .inNamespace(account.namespace())
                        .withName(account.name())
                        .tokenRequest(request))
                .map(answer -> answer.getStatus().getToken())
                .orElseThrow(() -> new IOException("there is no ServiceAccount " + account.namespace() + "/"
                        + account.name() + " to ask kubelets with"));
    }
}
