package dev.bulkhead.app.cluster.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SwitchedWebhooksTest {
    private static final String MUTATING = "MutatingWebhookConfiguration";
    private static final String VALIDATING = "ValidatingWebhookConfiguration";
    private static final String RULES =
            "rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]";

    private final ApiServer apiServer = new ApiServer();
    private final SwitchedWebhooks webhooks = new SwitchedWebhooks(apiServer);

    /** Both configurations, installed without their rules, with a failure policy that is left to the webhook. */
    private static final class ApiServer implements SwitchedWebhooks.Configurations {
        private final KubernetesSerialization serialization = new KubernetesSerialization();
        private final Map<String, HasMetadata> there = new TreeMap<>();
        private final Set<String> tooEarly = new HashSet<>();
        private final Set<String> contested = new HashSet<>();

        private ApiServer() {
            empty(MUTATING);
            empty(VALIDATING);
        }

        /** As somebody does who wants the webhook not to be asked. */
        void empty(String kind) {
            there.put(kind, configuration(kind, "failurePolicy: Ignore"));
        }

        private HasMetadata configuration(String kind, String fields) {
            return serialization.convertValue(tree(kind, fields), WebhookConfigurations.KINDS.get(kind));
        }

        private static ObjectNode tree(String kind, String fields) {
            return (ObjectNode) Yaml.tree("""
                    apiVersion: admissionregistration.k8s.io/v1
                    kind: %s
                    metadata: {name: bulkhead}
                    webhooks: [{name: workloads, %s}]
                    """.formatted(kind, fields));
        }

        boolean hasRules(String kind) {
            return !isPending(present(kind).orElseThrow());
        }

        @Override
        public String name() {
            return "bulkhead";
        }

        @Override
        public Map<String, ObjectNode> installed() {
            return new TreeMap<>(Map.of(MUTATING, tree(MUTATING, RULES), VALIDATING, tree(VALIDATING, RULES)));
        }

        @Override
        public Optional<HasMetadata> present(String kind) {
            return Optional.ofNullable(there.get(kind));
        }

        @Override
        public boolean isPending(HasMetadata configuration) {
            return WebhookDiff.hasAnyWithoutRules(tree(configuration));
        }

        @Override
        public boolean isPending() {
            return there.values().stream().anyMatch(this::isPending);
        }

        @Override
        public List<String> leftToBulkhead(String failurePolicy) {
            return there.entrySet().stream()
                    .filter(entry -> !isPending(entry.getValue()))
                    .flatMap(
                            entry -> WebhookDiff.leftToBulkhead(
                                    tree(entry.getKey(), RULES), tree(entry.getValue()), failurePolicy)
                                    .stream())
                    .toList();
        }

        @Override
        public ObjectNode tree(HasMetadata configuration) {
            return serialization.convertValue(configuration, ObjectNode.class);
        }

        @Override
        public boolean update(HasMetadata actual, ObjectNode edited) {
            String kind = actual.getKind();
            if (contested.contains(kind)) {
                throw new KubernetesClientException(kind + " has been modified");
            }
            if (tooEarly.contains(kind)) {
                return false;
            }
            there.put(kind, serialization.convertValue(edited, WebhookConfigurations.KINDS.get(kind)));
            return true;
        }
    }

    @Test
    void activatesOneConfigurationPerCallTheMutatingOneFirst() {
        assertThat(webhooks.putInForce(true))
                .containsExactly("MutatingWebhookConfiguration bulkhead: webhook workloads is called from now on,"
                        + " webhook workloads: failurePolicy is Fail");
        assertThat(apiServer.hasRules(VALIDATING)).isFalse();

        assertThat(webhooks.putInForce(true)).singleElement().asString().startsWith(VALIDATING);
        assertThat(webhooks.isPending()).isFalse();
        assertThat(webhooks.putInForce(true)).isEmpty();
    }

    @Test
    void emptyingTheMutatingOneDoesNotBlockTheOther() {
        apiServer.tooEarly.add(MUTATING);

        assertThat(webhooks.putInForce(true)).singleElement().asString().startsWith(VALIDATING);

        assertThat(apiServer.hasRules(VALIDATING)).isTrue();
        assertThat(webhooks.leftToBulkhead(WebhookDiff.FAIL)).containsExactly("workloads");
        assertThat(webhooks.putInForce(true)).isEmpty();
    }

    @Test
    void editingTheMutatingOneDoesNotBlockTheOther() {
        apiServer.contested.add(MUTATING);

        assertThat(webhooks.putInForce(true)).singleElement().asString().startsWith(VALIDATING);

        assertThatThrownBy(() -> webhooks.putInForce(true))
                .as("nothing else is left to do")
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining(MUTATING);
    }

    @Test
    void aMissingConfigurationIsSkipped() {
        apiServer.there.remove(MUTATING);

        assertThat(webhooks.putInForce(false)).singleElement().asString().startsWith(VALIDATING);
    }

    @Test
    void opensTheOtherOneWhereOneCannotBeWritten() {
        webhooks.putInForce(true);
        webhooks.putInForce(true);
        apiServer.tooEarly.add(MUTATING);

        assertThat(webhooks.open())
                .containsExactly("ValidatingWebhookConfiguration bulkhead: webhook workloads: failurePolicy is Ignore");
    }
}
