package dev.bulkhead.app.cluster.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Determines who changed a webhook configuration or a policy of the API server's, from its managedFields. */
public final class FieldOwners {
    /** The field manager of Bulkhead: the client's user agent, up to the slash. */
    public static final String OWN_NAME = "bulkhead";

    /** The longest name that the API server accepts. */
    private static final int LONGEST = 128;

    private FieldOwners() {}

    /** A writer of webhook configurations, as far as metrics distinguish them: users can invent names. */
    public enum Kind {
        AKS,
        ARGO_CD,
        CERT_MANAGER,
        FLUX,
        HELM,
        KUBECTL,
        OTHER;

        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        public static Kind of(String name) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.contains("admissionsenforcer") || lower.contains("admissions-enforcer")) {
                return AKS;
            }
            if (lower.startsWith("argocd")) {
                return ARGO_CD;
            }
            if (lower.startsWith("cainjector") || lower.startsWith("cert-manager")) {
                return CERT_MANAGER;
            }
            if (lower.startsWith("kustomize-controller") || lower.startsWith("helm-controller")) {
                return FLUX;
            }
            if (lower.startsWith("helm")) {
                return HELM;
            }
            return lower.startsWith("kubectl") ? KUBECTL : OTHER;
        }
    }

    private record Entry(String name, String time, boolean owns) {}

    /**
     * Who wrote those fields since Bulkhead last wrote; where they have no owner, as after a removal, who wrote
     * anything but a status since then. Empty if unknown: removing a field leaves no trace.
     *
     * @param fields as {@code WEBHOOK/FIELD}
     */
    public static Optional<String> lastOf(JsonNode configuration, Set<String> fields) {
        List<Entry> entries = new ArrayList<>();
        String since = "";
        for (JsonNode managed : configuration.at("/metadata/managedFields")) {
            String name = managed.path("manager").asText();
            if (name.equals(OWN_NAME)) {
                since = managed.path("time").asText();
            } else if (managed.path("subresource").asText().isEmpty()) {
                JsonNode webhooks = managed.path("fieldsV1").path("f:webhooks");
                boolean owns = fields.stream().anyMatch(field -> owns(webhooks, field));
                entries.add(new Entry(name, managed.path("time").asText(), owns));
            }
        }
        String ownTime = since;
        return entries.stream()
                .filter(entry -> entry.time().compareTo(ownTime) >= 0)
                .max(Comparator.comparing(Entry::owns).thenComparing(Entry::time))
                .map(entry ->
                        entry.name().substring(0, Math.min(LONGEST, entry.name().length())));
    }

    private static boolean owns(JsonNode webhooks, String field) {
        int slash = field.lastIndexOf('/');
        JsonNode webhook = webhooks.path("k:{\"name\":\"" + field.substring(0, Math.max(0, slash)) + "\"}");
        return webhook.has("f:" + field.substring(slash + 1));
    }
}
