package dev.bulkhead.app.cluster.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.resource.EventRecorder;
import dev.bulkhead.app.cluster.resource.FieldOwners;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Writes the webhook configurations. What another client keeps reverting is written again after longer and longer
 * waits, and that client is reported. Thread-safe: of two concurrent writes, the API server refuses the second.
 */
public final class WebhookWriter {
    private static final Logger LOG = Logger.getLogger(WebhookWriter.class);

    private final KubernetesClient client;
    private final EventRecorder announcements;
    private final WriteBackOff backOff;
    private final Map<FieldOwners.Kind, LongAdder> undone = new ConcurrentHashMap<>();

    public WebhookWriter(KubernetesClient client, EventRecorder announcements, Clock clock) {
        this.client = client;
        this.announcements = announcements;
        this.backOff = new WriteBackOff(clock);
        for (FieldOwners.Kind kind : FieldOwners.Kind.values()) {
            undone.put(kind, new LongAdder());
        }
    }

    ObjectNode tree(HasMetadata configuration) {
        return client.getKubernetesSerialization().convertValue(configuration, ObjectNode.class);
    }

    HasMetadata configuration(String kind, JsonNode tree) {
        return client.getKubernetesSerialization().convertValue(tree, WebhookConfigurations.KINDS.get(kind));
    }

    /**
     * Replaces a configuration, unless it has changed since it was read.
     *
     * @return whether it was replaced; false if it is too early or nothing would change
     * @throws KubernetesClientException when the API server does not answer or refuses
     */
    boolean update(HasMetadata actual, ObjectNode edited) {
        Map<String, JsonNode> changes = WebhookDiff.changes(tree(actual), edited);
        return !changes.isEmpty()
                && write(
                        actual,
                        changes,
                        () -> client.resource(configuration(actual.getKind(), edited))
                                .lockResourceVersion(actual.getMetadata().getResourceVersion())
                                .update());
    }

    /**
     * Creates a configuration that was deleted.
     *
     * @return whether it was created; false if it is too early
     * @throws KubernetesClientException when the API server does not answer or refuses
     */
    boolean create(HasMetadata configuration) {
        Map<String, JsonNode> changes = Map.of("", tree(configuration).path("webhooks"));
        return write(
                configuration, changes, () -> client.resource(configuration).create());
    }

    private boolean write(HasMetadata before, Map<String, JsonNode> changes, Runnable call) {
        Optional<WriteBackOff.Turn> turn = backOff.turn(before.getKind(), changes);
        if (turn.isEmpty()) {
            return false;
        }
        call.run();
        backOff.written(before.getKind(), changes, turn.get());
        if (turn.get().times() > 0) {
            report(before, turn.get());
        }
        return true;
    }

    private void report(HasMetadata before, WriteBackOff.Turn turn) {
        Optional<String> who = FieldOwners.lastOf(tree(before), turn.undone());
        undone.computeIfAbsent(who.map(FieldOwners.Kind::of).orElse(FieldOwners.Kind.OTHER), kind -> new LongAdder())
                .increment();
        String fields = turn.undone().stream()
                .filter(field -> !field.isEmpty())
                .map(field -> field.replaceFirst("(.*)/", "webhook $1: "))
                .sorted()
                .collect(Collectors.joining(", "));
        String message =
                "%s has undone what the leader wrote in %s %s%s; in a row: %d; it was written again and, if undone again, will be after %d s"
                        .formatted(
                                who.map(manager -> "\"" + manager + "\"").orElse("somebody"),
                                before.getKind(),
                                before.getMetadata().getName(),
                                fields.isEmpty() ? ", which was deleted" : " (" + fields + ")",
                                turn.times(),
                                turn.pause().toSeconds());
        LOG.warn(message);
        announcements.warn("WebhooksContested", message);
    }

    /** How often each kind of writer has reverted what this replica wrote. */
    public Map<FieldOwners.Kind, LongAdder> undone() {
        return undone;
    }
}
