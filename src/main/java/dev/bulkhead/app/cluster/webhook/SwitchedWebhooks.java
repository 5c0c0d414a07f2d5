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

/** The webhook configurations as the API server has them, switched to what was installed. */
public final class SwitchedWebhooks implements FailClosedSwitch.Switched {
    private final Configurations configurations;

    /** Where the configurations stand, and what was installed. */
    interface Configurations {
        /** Both kinds' name. */
        String name();

        /** What was installed, by kind, the mutating one first. Waits for the API server. */
        Map<String, ObjectNode> installed();

        /** What is there, as far as is known. */
        Optional<HasMetadata> present(String kind);

        /** Whether that was installed without its rules and has none yet. */
        boolean isPending(HasMetadata configuration);

        boolean isPending();

        List<String> leftToTheGate(String failurePolicy);

        ObjectNode tree(HasMetadata configuration);

        /** Replaces it, and returns whether it did; else it is too early. Waits for the API server. */
        boolean update(HasMetadata actual, ObjectNode edited);
    }

    private record OfApiServer(InstalledWebhooks expected, WebhookConfigurations registration)
            implements Configurations {
        @Override
        public String name() {
            return registration.name();
        }

        @Override
        public Map<String, ObjectNode> installed() {
            return expected.readAnew();
        }

        @Override
        public Optional<HasMetadata> present(String kind) {
            return registration.present(kind);
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
        public List<String> leftToTheGate(String failurePolicy) {
            return expected.leftToTheGate(failurePolicy);
        }

        @Override
        public ObjectNode tree(HasMetadata configuration) {
            return registration.tree(configuration);
        }

        @Override
        public boolean update(HasMetadata actual, ObjectNode edited) {
            return registration.writer().update(actual, edited);
        }
    }

    public SwitchedWebhooks(InstalledWebhooks expected, WebhookConfigurations registration) {
        this(new OfApiServer(expected, registration));
    }

    public SwitchedWebhooks(Configurations configurations) {
        this.configurations = configurations;
    }

    @Override
    public boolean isPending() {
        return configurations.isPending();
    }

    @Override
    public List<String> leftToTheGate(String failurePolicy) {
        return configurations.leftToTheGate(failurePolicy);
    }

    /**
     * Fills in the rules of what was installed without, and makes {@code Fail} what was left to the gate while a policy
     * enforces: in one configuration a call, in the mutating one first, since who validates while nobody hardens refuses
     * what lacks hardening. Where that one cannot be written now, in the other: whoever keeps undoing the one must not
     * keep the other from taking effect. Waits for the API server.
     *
     * @return what was done
     * @throws KubernetesClientException when it does not answer or refuses, and nothing was done
     * @throws IllegalArgumentException when what is written down cannot be read
     */
    @Override
    public List<String> putInForce(boolean enforces) {
        return editOne((installed, actual) -> configurations.isPending(actual) || enforces
                ? WebhookDiff.inForce(installed, configurations.tree(actual), enforces)
                : configurations.tree(actual));
    }

    /**
     * Makes {@code Ignore} what was left to the gate, because no policy enforces. Waits for the API server.
     *
     * @return what was done
     * @throws KubernetesClientException when it does not answer or refuses, and nothing was done
     * @throws IllegalArgumentException when what is written down cannot be read
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
                // Edited since it was read, perhaps, as whoever wants to keep it from being written sees to.
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
