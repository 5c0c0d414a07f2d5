package dev.bulkhead.app.cluster.refusal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.refusal.WaitingRefusals.Series;
import dev.bulkhead.app.cluster.resource.EventWriter;
import dev.bulkhead.app.cluster.resource.OutermostController;
import dev.bulkhead.app.cluster.resource.PlainPatch;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes events about refusals. All replicas use one event for refusals that are alike: its name follows from them, and
 * its count is raised as long as the API server keeps it. Used by one thread.
 */
final class RefusalEventWriter {
    /** Replicas that write the same event at the same time repeat the write. */
    private static final int MOST_ATTEMPTS = 5;

    static final int MOST_REMEMBERED = 2_000;

    private final KubernetesClient client;
    private final String pod;
    private final Map<String, Stored> remembered = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Stored> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /** What the event was like when it was read or written last. */
    private record Stored(String version, int count) {
        static Stored of(Event event) {
            return new Stored(event.getMetadata().getResourceVersion(), event.getCount());
        }

        static Stored of(JsonNode event) {
            return new Stored(
                    event.at("/metadata/resourceVersion").asText(),
                    event.path("count").asInt());
        }
    }

    /**
     * Writes as that pod.
     *
     * @param pod the name of Bulkhead's own pod
     */
    RefusalEventWriter(KubernetesClient client, String pod) {
        this.client = client;
        this.pod = pod;
    }

    /**
     * Has the event of these refusals tell of them.
     *
     * @return whether the event is a new one
     * @throws KubernetesClientException when it is not stored
     */
    boolean write(Series series) {
        String namespace = series.object().namespace();
        String name = RefusalEvent.name(series.object());
        List<String> path = List.of("api", "v1", "namespaces", namespace, "events", name);
        String key = namespace + "/" + name;
        for (int attempt = 1; ; attempt++) {
            Optional<Stored> before = Optional.ofNullable(remembered.get(key));
            try {
                remember(key, before.isEmpty() ? Stored.of(create(series)) : raised(path, before.get(), series));
                return before.isEmpty();
            } catch (KubernetesClientException e) {
                boolean changed = e.getCode() == HttpURLConnection.HTTP_CONFLICT
                        || (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND && before.isPresent());
                if (!changed || attempt == MOST_ATTEMPTS) {
                    throw e;
                }
                look(path, key);
            }
        }
    }

    private Event create(Series series) {
        return client.v1()
                .events()
                .inNamespace(series.object().namespace())
                .resource(RefusalEvent.of(series, found(series.object().about()), pod))
                .create();
    }

    /** Without the right to ask, the event is about what is known without asking. */
    private ObjectReference found(OutermostController about) {
        try {
            return about.find(client);
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return about.direct();
            }
            throw e;
        }
    }

    private Stored raised(List<String> path, Stored before, Series series) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("metadata").put("resourceVersion", before.version());
        patch.put("count", (int) Math.min(Integer.MAX_VALUE, (long) before.count() + series.count()))
                .put("lastTimestamp", EventWriter.time(series.last()))
                .put("message", series.message());
        return Stored.of(PlainPatch.patch(client, path, PlainPatch.Type.MERGE, patch));
    }

    /** Reads the event by a patch that changes nothing, which needs no permission to read events. */
    private void look(List<String> path, String key) {
        try {
            remember(
                    key,
                    Stored.of(PlainPatch.patch(
                            client, path, PlainPatch.Type.MERGE, JsonNodeFactory.instance.objectNode())));
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
            remembered.remove(key);
        }
    }

    private void remember(String key, Stored event) {
        remembered.remove(key);
        remembered.put(key, event);
    }
}
