package dev.bulkhead.app.cluster.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import org.junit.jupiter.api.Test;

class WebhookDiffTest {
    private static final String AUTO = "{name: v, rules: [{resources: [pods]}], clientConfig: {}}";
    private static final String FIXED =
            "{name: v, failurePolicy: Fail, rules: [{resources: [pods]}], clientConfig: {}}";
    private static final String WITHOUT_RULES = "{name: v, failurePolicy: Fail, clientConfig: {caBundle: Q0E=}}";
    private static final String OPEN =
            "{name: v, failurePolicy: Ignore, rules: [{resources: [pods]}], clientConfig: {caBundle: Q0E=}}";
    private static final String CLOSED =
            "{name: v, failurePolicy: Fail, rules: [{resources: [pods]}], clientConfig: {caBundle: Q0E=}}";
    private static final String OTHER = "{name: other, failurePolicy: Ignore, clientConfig: {}}";

    private static ObjectNode configuration(String... webhooks) {
        return (ObjectNode) Yaml.tree("{webhooks: [" + String.join(", ", webhooks) + "]}");
    }

    @Test
    void rulesTakeEffectTogetherWithTheirFailurePolicy() {
        assertThat(WebhookDiff.inForce(configuration(AUTO), configuration(WITHOUT_RULES), true))
                .isEqualTo(configuration(CLOSED));
        assertThat(WebhookDiff.inForce(configuration(AUTO), configuration(WITHOUT_RULES), false))
                .isEqualTo(configuration(OPEN));
        assertThat(WebhookDiff.inForce(configuration(FIXED), configuration(WITHOUT_RULES), false))
                .isEqualTo(configuration(CLOSED));
    }

    @Test
    void switchesOnlyAnAutomaticFailurePolicy() {
        assertThat(WebhookDiff.inForce(configuration(AUTO), configuration(OPEN, OTHER), true))
                .isEqualTo(configuration(CLOSED, OTHER));
        assertThat(WebhookDiff.inForce(configuration(FIXED), configuration(OPEN), true))
                .isEqualTo(configuration(OPEN));
        assertThat(WebhookDiff.opened(configuration(AUTO), configuration(CLOSED)))
                .isEqualTo(configuration(OPEN));
        assertThat(WebhookDiff.opened(configuration(FIXED), configuration(CLOSED)))
                .isEqualTo(configuration(CLOSED));
    }

    @Test
    void restoringLeavesBundleAndOpenFailurePolicyAsTheyAre() {
        assertThat(WebhookDiff.restored(configuration(AUTO), configuration(OPEN, OTHER), false))
                .isEqualTo(
                        configuration(
                                "{name: v, rules: [{resources: [pods]}], clientConfig: {caBundle: Q0E=}, failurePolicy: Ignore}"));
        assertThat(WebhookDiff.restored(configuration(FIXED), configuration(OPEN), false))
                .isEqualTo(
                        configuration(
                                "{name: v, failurePolicy: Fail, rules: [{resources: [pods]}], clientConfig: {caBundle: Q0E=}}"));
    }

    @Test
    void restoringKeepsTheMadeConditionWhereOneBelongsThere() {
        String made = "{name: lacks-what-policies-fill-in, expression: 'true'}";
        String webhook = "{name: mutate.bulkhead.dev, failurePolicy: Ignore, clientConfig: {}%s}";
        String installed = webhook.formatted(", matchConditions: [{name: theirs, expression: 'false'}]");
        String edited = webhook.formatted(", matchConditions: [" + made
                + ", {name: theirs, expression: 'edited'}, {name: more, expression: 'false'}]");

        assertThat(WebhookDiff.restored(configuration(installed), configuration(edited), true))
                .isEqualTo(configuration(
                        webhook.formatted(", matchConditions: [{name: theirs, expression: 'false'}, " + made + "]")));
        assertThat(WebhookDiff.restored(configuration(installed), configuration(edited), false))
                .isEqualTo(configuration(installed));
        String reordered = webhook.formatted(", matchConditions: [" + made + ", {name: theirs, expression: 'false'}]");
        assertThat(WebhookDiff.restored(configuration(installed), configuration(reordered), true))
                .isEqualTo(configuration(reordered));
        assertThat(WebhookDiff.restored(
                        configuration(webhook.formatted("")), configuration(webhook.formatted("")), true))
                .isEqualTo(configuration(webhook.formatted("")));
    }

    @Test
    void changesAreNamedByWebhookAndField() {
        assertThat(WebhookDiff.changes(configuration(OPEN), configuration(CLOSED)))
                .containsOnlyKeys("v/failurePolicy");
        assertThat(WebhookDiff.changes(configuration(OPEN), configuration(OPEN, OTHER)))
                .containsOnlyKeys("other/name", "other/failurePolicy");
        assertThat(WebhookDiff.changes(configuration(OPEN), configuration(OPEN)))
                .isEmpty();
    }
}
