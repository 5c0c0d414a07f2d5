package dev.bulkhead.app.cluster.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WebhookConditionsTest {
    private static final String MADE = "{name: lacks-what-policies-fill-in, expression: '%s'}";
    private static final String THEIRS = "{name: theirs, expression: 'false'}";

    private static ObjectNode configuration(String conditions) {
        return (ObjectNode) Yaml.tree("{webhooks: [{name: mutate.bulkhead.dev%s}, {name: mutate-mode.bulkhead.dev}]}"
                .formatted(conditions.isEmpty() ? "" : ", matchConditions: [" + conditions + "]"));
    }

    @Test
    void theConditionIsAddedToItsWebhookAlone() {
        assertThat(WebhookConditions.with(configuration(""), Optional.of("a")))
                .isEqualTo(configuration(MADE.formatted("a")));
        assertThat(WebhookConditions.with(configuration(THEIRS), Optional.of("a")))
                .isEqualTo(configuration(THEIRS + ", " + MADE.formatted("a")));
    }

    @Test
    void theConditionIsReplacedInItsPlaceAndRemoved() {
        String both = MADE.formatted("a") + ", " + THEIRS;

        assertThat(WebhookConditions.with(configuration(both), Optional.of("b")))
                .isEqualTo(configuration(MADE.formatted("b") + ", " + THEIRS));
        assertThat(WebhookConditions.with(configuration(both), Optional.empty()))
                .isEqualTo(configuration(THEIRS));
        assertThat(WebhookConditions.with(configuration(MADE.formatted("a")), Optional.empty()))
                .isEqualTo(configuration(""));
    }
}
