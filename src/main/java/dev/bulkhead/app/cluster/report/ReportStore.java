package dev.bulkhead.app.cluster.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.resource.BoundedRead;
import dev.bulkhead.app.cluster.resource.HttpStatusException;
import dev.bulkhead.app.cluster.resource.PagedList;
import dev.bulkhead.app.cluster.resource.PlainPatch;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reports at the API server. */
final class ReportStore {
    private static final String METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    private static final int MOST_BYTES = 1 << 20;
    private static final Duration WITHIN = Duration.ofSeconds(10);

    private final KubernetesClient client;

    ReportStore(KubernetesClient client) {
        this.client = client;
    }

    /** Whether the cluster has that API. */
    boolean has(ReportApi api) throws IOException {
        try {
            byte[] resources = BoundedRead.get(client, api.path(), "application/json", MOST_BYTES, WITHIN);
            JsonNode list =
                    client.getKubernetesSerialization().unmarshal(new ByteArrayInputStream(resources), JsonNode.class);
            return list.path("resources")
                    .valueStream()
                    .anyMatch(resource -> resource.path("name").asText().equals(api.resource()));
        } catch (HttpStatusException e) {
            if (e.code() == HttpURLConnection.HTTP_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /**
     * The reports that Bulkhead wrote. Reads their metadata only.
     *
     * @param before what is known of them
     */
    Map<ReportId, StoredReport> written(ReportApi api, Map<ReportId, StoredReport> before) throws IOException {
        Map<ReportId, StoredReport> reports = new HashMap<>();
        String selector =
                URLEncoder.encode(ReportDocument.MANAGED_BY + "=" + ReportDocument.SOURCE, StandardCharsets.UTF_8);
        PagedList.forEach(client, api.path() + "/" + api.resource(), "&labelSelector=" + selector, METADATA, item -> {
            JsonNode metadata = item.path("metadata");
            ReportId id = new ReportId(
                    metadata.path("namespace").asText(), metadata.path("name").asText());
            reports.put(id, StoredReport.read(metadata, Optional.ofNullable(before.get(id))));
        });
        return reports;
    }

    /** Creates or replaces a report, and returns it as it then is. */
    JsonNode apply(ReportApi api, ReportId id, ObjectNode report) {
        return PlainPatch.patch(
                client,
                List.of("apis", api.group(), api.version(), "namespaces", id.namespace(), api.resource(), id.name()),
                PlainPatch.Type.APPLY,
                report);
    }

    /** Deletes a report, if it is there. */
    void delete(ReportApi api, ReportId id) {
        client.genericKubernetesResources(api.context())
                .inNamespace(id.namespace())
                .withName(id.name())
                .delete();
    }
}
