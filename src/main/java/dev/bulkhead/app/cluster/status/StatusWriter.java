package dev.bulkhead.app.cluster.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.resource.CustomResources;
import dev.bulkhead.app.cluster.resource.StatusText;
import dev.bulkhead.app.cluster.watch.ClusterInformers;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.ExemptionState;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Identity;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.PolicyState;
import dev.bulkhead.engine.policy.Census;
import dev.bulkhead.engine.workload.ImmutableCopies;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/**
 * Tells about policies and exemptions in their status. What is true of the whole cluster is the leader's to write; what
 * exemptions excused is written by the replica that saw it, each workload under a key of its own.
 */
public final class StatusWriter {
    private static final Logger LOG = Logger.getLogger(StatusWriter.class);

    /** Listing all pods is dear. */
    private static final Duration COUNT_EVERY = Duration.ofMinutes(1);

    private final KubernetesClient client;
    private final ClusterInformers watch;
    private final Set<String> leftOut;
    private final Clock clock;
    private final Map<String, ObjectNode> written = new HashMap<>();
    private Map<String, Integer> workloads = Map.of();
    private Instant counted = Instant.EPOCH;
    private List<PolicyState> countedFor = List.of();

    /**
     * Writes by that client what is watched.
     *
     * @param leftOut the namespaces that the registration leaves out, so that nothing is said of them
     */
    public StatusWriter(KubernetesClient client, ClusterInformers watch, Set<String> leftOut, Clock clock) {
        this.client = client;
        this.watch = watch;
        this.leftOut = ImmutableCopies.of(leftOut);
        this.clock = clock;
    }

    /** Writes what is not written yet. */
    public void write() throws InterruptedException {
        PolicySnapshot declarations = watch.declarations();
        count(declarations);
        Census census = Census.of(
                declarations.policies(),
                watch.knownNamespaces().stream()
                        .filter(namespace -> !leftOut.contains(namespace.name()))
                        .toList());
        for (PolicyState state : declarations.policyStates()) {
            write(state.identity(), policies(state.identity()), status(state, census));
        }
        for (ExemptionState state : declarations.exemptionStates()) {
            write(state.identity(), exemptions(state.identity()), status(state));
        }
        Set<String> alive = new HashSet<>();
        declarations.policyStates().forEach(state -> alive.add(state.identity().uid()));
        declarations
                .exemptionStates()
                .forEach(state -> alive.add(state.identity().uid()));
        written.keySet().retainAll(alive);
    }

    /** Forgets what was written, since another replica may write from now on. */
    public void forget() {
        written.clear();
    }

    private Resource<GenericKubernetesResource> policies(Identity identity) {
        return client.genericKubernetesResources(CustomResources.POLICIES).withName(identity.name());
    }

    private Resource<GenericKubernetesResource> exemptions(Identity identity) {
        return client.genericKubernetesResources(CustomResources.EXEMPTIONS)
                .inNamespace(identity.namespace())
                .withName(identity.name());
    }

    private ObjectNode status(PolicyState state, Census census) {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.put("observedGeneration", state.identity().generation());
        if (state.problems().isEmpty()) {
            status.put("state", "Active").putNull("message");
        } else {
            status.put("state", "Invalid").put("message", StatusText.of(state.problems()));
        }
        status.put("namespaces", census.byPolicy().getOrDefault(state.identity().name(), 0));
        status.put("builtInNamespaces", census.byFallback().size());
        status.put("unjudgedNamespaces", census.byNothing().size());
        if (workloads.containsKey(state.identity().name())) {
            status.put("workloads", workloads.get(state.identity().name()));
        }
        return status;
    }

    private ObjectNode status(ExemptionState state) {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.put("observedGeneration", state.identity().generation());
        if (!state.problems().isEmpty()) {
            status.put("state", "Invalid").put("message", StatusText.of(state.problems()));
        } else if (!state.honoured()) {
            status.put("state", "NotHonoured")
                    .put(
                            "message",
                            "exemptions in namespace " + state.identity().namespace()
                                    + " have no effect; the platform team names the namespaces where they have");
        } else if (state.inForce()
                .filter(exemption -> clock.instant().isBefore(exemption.expires()))
                .isEmpty()) {
            status.put("state", "Expired").put("message", "it excuses nothing any more");
        } else {
            status.put("state", "Active").putNull("message");
        }
        return status;
    }

    private void write(Identity identity, Resource<GenericKubernetesResource> resource, ObjectNode status) {
        if (status.equals(written.get(identity.uid()))) {
            return;
        }
        if (patch(resource, status)) {
            written.put(identity.uid(), status);
        }
    }

    private boolean patch(Resource<GenericKubernetesResource> resource, JsonNode status) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.set("status", status);
        try {
            resource.subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                LOG.debug("a status could not be written, it is tried again", e);
            }
            return false;
        }
    }

    private void count(PolicySnapshot declarations) throws InterruptedException {
        boolean due = clock.instant().isAfter(counted.plus(COUNT_EVERY))
                || !declarations.policyStates().equals(countedFor);
        if (!due || declarations.policyStates().isEmpty()) {
            return;
        }
        WorkloadCount count = new WorkloadCount(declarations.policies(), watch.knownNamespaces(), watch.cluster());
        try {
            PodMetadata.forEach(client, count::add);
        } catch (IOException e) {
            LOG.debug("the workloads could not be counted", e);
            return;
        }
        Map<String, Integer> counts = count.byPolicy();
        declarations
                .policyStates()
                .forEach(state -> counts.putIfAbsent(state.identity().name(), 0));
        workloads = counts;
        counted = clock.instant();
        countedFor = declarations.policyStates();
    }

    /** Writes what exemptions excused; every replica's to call. */
    public void writeUses(ExemptionUsage uses) {
        uses.take(clock.instant()).forEach((exemption, use) -> {
            int slash = exemption.indexOf('/');
            if (slash < 0) {
                return;
            }
            ObjectNode status = JsonNodeFactory.instance.objectNode();
            status.put("lastUsed", use.last().truncatedTo(ChronoUnit.SECONDS).toString());
            ObjectNode excused = status.putObject("excused");
            use.excused()
                    .forEach((workload, values) -> excused.put(workload, String.join(", ", new TreeSet<>(values))));
            patch(
                    client.genericKubernetesResources(CustomResources.EXEMPTIONS)
                            .inNamespace(exemption.substring(0, slash))
                            .withName(exemption.substring(slash + 1)),
                    status);
        });
    }
}
