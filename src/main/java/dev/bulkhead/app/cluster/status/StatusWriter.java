package dev.bulkhead.app.cluster.status;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.resource.ApiServerFailure;
import dev.bulkhead.app.cluster.resource.CustomResources;
import dev.bulkhead.app.cluster.resource.StatusText;
import dev.bulkhead.app.cluster.watch.ClusterState;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Writes the status of policies and exemptions for the whole cluster. Only the leader does this. */
public final class StatusWriter {
    /** What the API server answers when an object is not as its schema has it. */
    private static final int UNPROCESSABLE = 422;

    private final KubernetesClient client;
    private final ClusterState cluster;
    private final WorkloadCounter workloads;
    private final Set<String> leftOut;
    private final Clock clock;
    private final Map<String, ObjectNode> written = new HashMap<>();

    /**
     * Writes with this client.
     *
     * @param workloads counts the workloads that policies match; only its last result is used
     * @param leftOut the namespaces that the webhook configurations exclude, which are not reported
     */
    public StatusWriter(
            KubernetesClient client,
            ClusterState cluster,
            WorkloadCounter workloads,
            Set<String> leftOut,
            Clock clock) {
        this.client = client;
        this.cluster = cluster;
        this.workloads = workloads;
        this.leftOut = ImmutableCopies.of(leftOut);
        this.clock = clock;
    }

    /**
     * Writes what has changed, for as long as this replica leads.
     *
     * @param leading asked before each write
     * @throws IOException when something could not be written and should be retried
     */
    public void write(BooleanSupplier leading) throws IOException {
        PolicySnapshot declarations = cluster.declarations();
        Census census = Census.of(
                declarations.policies(),
                cluster.knownNamespaces().stream()
                        .filter(namespace -> !leftOut.contains(namespace.name()))
                        .toList());
        Set<String> alive = new HashSet<>();
        List<KubernetesClientException> failures = new ArrayList<>();
        for (PolicyState state : declarations.policyStates()) {
            if (!leading.getAsBoolean()) {
                return;
            }
            alive.add(state.identity().uid());
            write(state.identity(), policies(state.identity()), status(state, census), failures);
        }
        for (ExemptionState state : declarations.exemptionStates()) {
            if (!leading.getAsBoolean()) {
                return;
            }
            alive.add(state.identity().uid());
            write(state.identity(), exemptions(state.identity()), status(state), failures);
        }
        written.keySet().retainAll(alive);
        if (!failures.isEmpty()) {
            throw new IOException(
                    "the status of " + failures.size()
                            + " policies and exemptions could not be written, the first because of: "
                            + ApiServerFailure.text(failures.get(0)),
                    failures.get(0));
        }
    }

    /** Forgets what was written, because another replica may write from now on. */
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
        status.put("unevaluatedNamespaces", census.byNothing().size());
        workloads.count(state.identity().name()).ifPresent(count -> status.put("workloads", count));
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

    private void write(
            Identity identity,
            Resource<GenericKubernetesResource> resource,
            ObjectNode status,
            List<KubernetesClientException> failures) {
        if (status.equals(written.get(identity.uid()))) {
            return;
        }
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.set("status", status);
        try {
            try {
                patch(resource, patch);
            } catch (KubernetesClientException e) {
                if (e.getCode() != UNPROCESSABLE || !removesObsolete(resource, patch)) {
                    throw e;
                }
                patch(resource, patch);
            }
            written.put(identity.uid(), status);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                failures.add(e);
            }
        }
    }

    private static void patch(Resource<GenericKubernetesResource> resource, ObjectNode patch) {
        resource.subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
    }

    /**
     * Has the patch remove what an earlier version wrote in another form, which may be why it was refused; whether there is
     * any.
     */
    private boolean removesObsolete(Resource<GenericKubernetesResource> resource, ObjectNode patch) {
        GenericKubernetesResource stored = resource.get();
        if (stored == null) {
            return false;
        }
        List<String> obsolete = StoredUsage.in(
                        CustomResources.tree(client, stored).path("status"))
                .obsolete();
        // What another replica writes meanwhile is read anew, the next time.
        patch.putObject("metadata").put("resourceVersion", stored.getMetadata().getResourceVersion());
        ObjectNode excused = patch.withObjectProperty("status").withObjectProperty("excused");
        obsolete.forEach(excused::putNull);
        return !obsolete.isEmpty();
    }
}
