package dev.bulkhead.app.cluster.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The API server's webhook configurations, switched between the states that were installed. */
public final class SwitchedWebhooks implements FailClosedSwitch.Switched {
    private final Configurations configurations;

    /** The actual configurations, and the installed ones. */
    interface Configurations {
        /** The name of both kinds. */
        String name();

        /** What was installed, by kind, the mutating one first. Waits for the API server. */
        Map<String, ObjectNode> installed();

        /** The actual configuration, as far as is known. */
        Optional<HasMetadata> present(String kind);

        /** Whether it was installed without its rules and still has none. */
        boolean isPending(HasMetadata configuration);

        boolean isPending();

        List<String> leftToBulkhead(String failurePolicy);

        ObjectNode tree(HasMetadata configuration);

        /**
         * Replaces it, and returns whether it did; false if it is too early to write again. Waits for the API server.
         */
        boolean update(HasMetadata actual, ObjectNode edited);
    }

    private record OfApiServer(InstalledWebhooks expected, WebhookConfigurations webhooks) implements Configurations {
        @Override
        public String name() {
            return webhooks.name();
        }

        @Override
        public Map<String, ObjectNode> installed() {
            return expected.readCurrent();
        }

        @Override
        public Optional<HasMetadata> present(String kind) {
            return webhooks.present(kind);
        }

        @Override
        public boolean isPending(HasMetadata configuration) {
            return expected.isPending(configuration);
        }

        @Override
        public boolean isPending() {
            return expected.isPending();
        }

        @Override
        public List<String> leftToBulkhead(String failurePolicy) {
            return expected.leftToBulkhead(failurePolicy);
        }

        @Override
        public ObjectNode tree(HasMetadata configuration) {
            return webhooks.tree(configuration);
        }

        @Override
        public boolean update(HasMetadata actual, ObjectNode edited) {
            return webhooks.writer().update(actual, edited);
        }
    }

    public SwitchedWebhooks(InstalledWebhooks expected, WebhookConfigurations webhooks) {
        this(new OfApiServer(expected, webhooks));
    }

    public SwitchedWebhooks(Configurations configurations) {
        this.configurations = configurations;
    }

    @Override
    public boolean isPending() {
        return configurations.isPending();
    }

    @Override
    public List<String> leftToBulkhead(String failurePolicy) {
        return configurations.leftToBulkhead(failurePolicy);
    }

    /**
     * Fills in missing rules, and sets {@code Fail} where that was left to Bulkhead and a policy enforces. Each call
     * changes one configuration, the mutating one first: validation without mutation would reject what lacks
     * hardening. If that one cannot be written now, the other is, so that a client that keeps reverting one cannot
     * keep the other from taking effect. Waits for the API server.
     *
     * @return what was done
     * @throws KubernetesClientException when the API server does not answer or refuses, and nothing was done
     * @throws IllegalArgumentException when the ConfigMap cannot be read
     */
    @Override
    public List<String> putInForce(boolean enforces) {
        return editOne((installed, actual) -> configurations.isPending(actual) || enforces
                ? WebhookDiff.inForce(installed, configurations.tree(actual), enforces)
                : configurations.tree(actual));
    }

    /**
     * Sets {@code Ignore} where that was left to Bulkhead, because no policy enforces. Waits for the API server.
     *
     * @return what was done
     * @throws KubernetesClientException when the API server does not answer or refuses, and nothing was done
     * @throws IllegalArgumentException when the ConfigMap cannot be read
     */
    @Override
    public List<String> open() {
        return editOne((installed, actual) -> WebhookDiff.opened(installed, configurations.tree(actual)));
    }

    private interface Editing {
        ObjectNode edit(ObjectNode installed, HasMetadata actual);
    }

    private List<String> editOne(Editing editing) {
        Optional<KubernetesClientException> refused = Optional.empty();
        for (Map.Entry<String, ObjectNode> installed :
                configurations.installed().entrySet()) {
            String kind = installed.getKey();
            Optional<HasMetadata> actual = configurations.present(kind);
            if (actual.isEmpty()) {
                continue;
            }
            ObjectNode edited = editing.edit(installed.getValue(), actual.get());
            Set<String> fields = WebhookDiff.changes(configurations.tree(actual.get()), edited)
                    .keySet();
            try {
                if (!fields.isEmpty() && configurations.update(actual.get(), edited)) {
                    return List.of(describe(kind, fields, edited));
                }
            } catch (KubernetesClientException e) {
                // It may have been edited since it was read, as a client that wants to prevent the write would arrange.
                refused = refused.or(() -> Optional.of(e));
            }
        }
        if (refused.isPresent()) {
            throw refused.get();
        }
        return List.of();
    }

    private String describe(String kind, Set<String> fields, ObjectNode edited) {
        List<String> done = new ArrayList<>();
        for (JsonNode webhook : edited.path("webhooks")) {
            String name = webhook.path("name").asText();
            if (fields.contains(name + "/rules")) {
                done.add("webhook " + name + " is called from now on");
            }
            if (fields.contains(name + "/failurePolicy")) {
                done.add("webhook " + name + ": failurePolicy is "
                        + webhook.path("failurePolicy").asText());
            }
        }
        return kind + " " + configurations.name() + ": " + String.join(", ", done);
    }
}
