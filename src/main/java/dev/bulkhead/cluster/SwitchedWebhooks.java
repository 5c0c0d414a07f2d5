package dev.bulkhead.cluster;

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
final class SwitchedWebhooks implements FailClosedSwitch.Switched {
    private final ExpectedRegistration expected;
    private final Registration registration;

    SwitchedWebhooks(ExpectedRegistration expected, Registration registration) {
        this.expected = expected;
        this.registration = registration;
    }

    @Override
    public boolean isPending() {
        return expected.isPending();
    }

    @Override
    public List<String> leftToTheGate(String failurePolicy) {
        return expected.leftToTheGate(failurePolicy);
    }

    /**
     * Fills in the rules of what was installed without, and makes {@code Fail} what was left to the gate while a policy
     * enforces: in one configuration a call, in the mutating one first, since who validates while nobody hardens refuses
     * what lacks hardening. Waits for the API server.
     *
     * @return what was done
     * @throws KubernetesClientException when it does not answer or refuses
     * @throws IllegalArgumentException when what is written down cannot be read
     */
    @Override
    public List<String> putInForce(boolean enforces) {
        return editOne((installed, actual) -> expected.isPending(actual) || enforces
                ? Webhooks.inForce(installed, registration.tree(actual), enforces)
                : registration.tree(actual));
    }

    /**
     * Makes {@code Ignore} what was left to the gate, because no policy enforces. Waits for the API server.
     *
     * @return what was done
     * @throws KubernetesClientException when it does not answer or refuses
     * @throws IllegalArgumentException when what is written down cannot be read
     */
    @Override
    public List<String> open() {
        return editOne((installed, actual) -> Webhooks.opened(installed, registration.tree(actual)));
    }

    private interface Editing {
        ObjectNode edit(ObjectNode installed, HasMetadata actual);
    }

    private List<String> editOne(Editing editing) {
        for (Map.Entry<String, ObjectNode> installed : expected.readAnew().entrySet()) {
            Optional<HasMetadata> actual = registration.present(installed.getKey());
            if (actual.isEmpty()) {
                continue;
            }
            ObjectNode edited = editing.edit(installed.getValue(), actual.get());
            Set<String> fields =
                    Webhooks.changes(registration.tree(actual.get()), edited).keySet();
            if (!fields.isEmpty()) {
                return registration.writer().update(actual.get(), edited)
                        ? List.of(describe(installed.getKey(), fields, edited))
                        : List.of();
            }
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
        return kind + " " + registration.name() + ": " + String.join(", ", done);
    }
}
