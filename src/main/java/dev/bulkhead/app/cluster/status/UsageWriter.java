package dev.bulkhead.app.cluster.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.crd.Exemption;
import dev.bulkhead.app.cluster.resource.ApiServerFailure;
import dev.bulkhead.app.cluster.resource.CustomResources;
import dev.bulkhead.app.cluster.status.ExemptionUsage.Excused;
import dev.bulkhead.app.cluster.status.ExemptionUsage.Use;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Writes the usage of exemptions into their status. Every replica adds what it saw to what others wrote; only the most
 * recent workloads are kept, so that a status never exceeds what the API server stores.
 */
public final class UsageWriter {
    private static final Comparator<Map.Entry<String, Excused>> NEWEST_FIRST = Comparator.comparing(
                    (Map.Entry<String, Excused> entry) -> entry.getValue().last())
            .reversed()
            .thenComparing(Map.Entry::getKey);

    private final KubernetesClient client;
    private final Clock clock;

    public UsageWriter(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /**
     * Writes what was recorded, at most once a minute for each exemption. What cannot be written is put back.
     *
     * @throws IOException when something was put back
     */
    public void write(ExemptionUsage uses) throws IOException {
        Map<String, Use> left = new LinkedHashMap<>(uses.take(clock.instant()));
        Optional<RuntimeException> failure = Optional.empty();
        try {
            for (Map.Entry<String, Use> use : List.copyOf(left.entrySet())) {
                try {
                    write(use.getKey(), use.getValue());
                    left.remove(use.getKey());
                } catch (KubernetesClientException e) {
                    failure = failure.or(() -> Optional.of(e));
                }
            }
        } finally {
            left.forEach(uses::putBack);
        }
        if (failure.isPresent()) {
            throw new IOException(
                    "the usage of " + left.size() + " exemptions could not be written, the first because of: "
                            + ApiServerFailure.text(failure.get()),
                    failure.get());
        }
    }

    /** The exemption no longer exists, so there is nothing to write. */
    private void write(String exemption, Use use) {
        int slash = exemption.indexOf('/');
        if (slash < 0) {
            return;
        }
        Resource<GenericKubernetesResource> resource = client.genericKubernetesResources(CustomResources.EXEMPTIONS)
                .inNamespace(exemption.substring(0, slash))
                .withName(exemption.substring(slash + 1));
        GenericKubernetesResource stored = resource.get();
        if (stored == null) {
            return;
        }
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        // If another replica has written meanwhile, its status is read again the next time.
        patch.putObject("metadata").put("resourceVersion", stored.getMetadata().getResourceVersion());
        patch.set("status", status(CustomResources.tree(client, stored).path("status"), use));
        try {
            resource.subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
        }
    }

    /** The changes to a status: null removes an entry. */
    private static ObjectNode status(JsonNode before, Use use) {
        Map<String, Excused> all = StoredUsage.in(before).entries();
        use.excused().forEach((workload, excused) -> all.merge(workload, excused, UsageWriter::both));
        List<Map.Entry<String, Excused>> entries = new ArrayList<>(all.entrySet());
        entries.sort(NEWEST_FIRST);
        Map<String, Excused> kept = new LinkedHashMap<>();
        entries.stream().limit(Exemption.MOST_EXCUSED).forEach(entry -> kept.put(entry.getKey(), entry.getValue()));

        ObjectNode status = JsonNodeFactory.instance.objectNode();
        Instant last = StoredUsage.instant(before.path("lastUsed"))
                .filter(known -> known.isAfter(use.last()))
                .orElse(use.last());
        status.put("lastUsed", text(last));
        ObjectNode excused = status.putObject("excused");
        before.path("excused").fieldNames().forEachRemaining(workload -> {
            if (!kept.containsKey(workload)) {
                excused.putNull(workload);
            }
        });
        use.excused().keySet().stream().filter(kept::containsKey).forEach(workload -> {
            Excused entry = all.getOrDefault(workload, new Excused(last, new TreeSet<>()));
            ObjectNode node = excused.putObject(workload).put("lastUsed", text(entry.last()));
            entry.values().forEach(node.putArray("values")::add);
        });
        return status;
    }

    private static Excused both(Excused before, Excused now) {
        TreeSet<String> values = new TreeSet<>(now.values());
        before.values().stream()
                .limit(Math.max(0, Exemption.MOST_VALUES - values.size()))
                .forEach(values::add);
        return new Excused(before.last().isAfter(now.last()) ? before.last() : now.last(), values);
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
