package dev.bulkhead.app.cluster.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.export.MutateCondition;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;

/**
 * Keeps the condition in the mutating webhook under which the API server calls it, in step with the policies; without it every
 * pod is sent. Where a policy begins to fill in more, pods that lack just that are not sent until the API server has the new
 * condition, and the validating webhook denies them: nothing is admitted that would not be otherwise.
 */
public final class SparedCalls implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SparedCalls.class);
    private static final String KIND = "MutatingWebhookConfiguration";

    private final WebhookConfigurations webhooks;
    private final Optional<OtherWebhooks> others;
    private final BiConsumer<String, String> announce;
    private Optional<Made> made = Optional.empty();

    /** The condition for policies and what the cluster has, as far as it depends on that. */
    private record Made(PolicySet policies, ClusterCapabilities cluster, MutateCondition condition) {
        boolean isFor(PolicySet otherPolicies, ClusterCapabilities otherCluster) {
            return policies == otherPolicies
                    && cluster.minor() == otherCluster.minor()
                    && cluster.runtimeClasses().equals(otherCluster.runtimeClasses());
        }
    }

    /**
     * Changes nothing before it is called.
     *
     * @param others the webhooks of others; empty where no call is to be spared
     * @param announce is called with a reason and what was done
     */
    public SparedCalls(
            WebhookConfigurations webhooks, Optional<OtherWebhooks> others, BiConsumer<String, String> announce) {
        this.webhooks = webhooks;
        this.others = others;
        this.announce = announce;
    }

    public void start() {
        others.ifPresent(OtherWebhooks::start);
    }

    /**
     * Writes the condition where it is not the right one. Only the leader calls this, when it knows all policies; waits for the
     * API server.
     *
     * @throws KubernetesClientException when the API server does not answer or refuses
     */
    public void keep(PolicySet policies, ClusterCapabilities cluster) {
        if (others.isPresent() && !others.get().isKnown()) {
            return;
        }
        Optional<String> later = others.flatMap(OtherWebhooks::later);
        Optional<MutateCondition> wanted =
                others.isPresent() && later.isEmpty() ? Optional.of(condition(policies, cluster)) : Optional.empty();
        Optional<HasMetadata> actual = webhooks.present(KIND);
        if (actual.isEmpty()) {
            return;
        }
        ObjectNode there = webhooks.tree(actual.get());
        ObjectNode edited = WebhookConditions.with(there.deepCopy(), wanted.map(MutateCondition::expression));
        if (!edited.equals(there) && webhooks.writer().update(actual.get(), edited)) {
            String done = wanted.map(SparedCalls::describe)
                    .orElseGet(() -> "every pod is sent to /mutate"
                            + later.map(other -> ", because webhook " + other + " may change pods after Bulkhead")
                                    .orElse(""));
            LOG.info(done);
            announce.accept(wanted.isPresent() ? "CallsSpared" : "CallsNotSpared", done);
        }
    }

    private static String describe(MutateCondition condition) {
        return condition.rules().isEmpty()
                ? "no pod is sent to /mutate, because no policy fills in anything"
                : "pods are sent to /mutate only if they may lack what these rules fill in: "
                        + String.join(", ", condition.rules());
    }

    /** The capabilities are made anew for every request; what is not compared does not matter to conditions. */
    private MutateCondition condition(PolicySet policies, ClusterCapabilities cluster) {
        Made now = made.filter(before -> before.isFor(policies, cluster))
                .orElseGet(() -> new Made(policies, cluster, MutateCondition.of(policies, cluster)));
        made = Optional.of(now);
        return now.condition();
    }

    @Override
    public void close() {
        others.ifPresent(OtherWebhooks::close);
    }
}
