package dev.bulkhead.app.cluster.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecentRefusalsTest {
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");

    private final RecentRefusals recent = new RecentRefusals();

    private static ObjectNode event(String namespace, String uid, Instant last, int count) {
        return (ObjectNode) Yaml.tree("""
                metadata:
                  namespace: %s
                  name: web.0123
                  uid: %s
                  annotations: {bulkhead.dev/user: alice, bulkhead.dev/rules: "hostPorts,privileged"}
                involvedObject: {apiVersion: apps/v1, kind: Deployment, namespace: %s, name: web}
                reason: Refused
                message: Bulkhead refuses Deployment "web"
                firstTimestamp: "2026-11-27T11:00:00Z"
                lastTimestamp: "%s"
                count: %d
                """.formatted(namespace, uid, namespace, last, count));
    }

    @Test
    void anEventSaysWhatWasRefusedToWhom() {
        recent.arrived(event("shop", "u-1", NOON, 7));

        assertThat(recent.since(Instant.EPOCH))
                .containsExactly(new Refusal(
                        NOON,
                        NOON.minusSeconds(3600),
                        7,
                        "shop",
                        "Deployment",
                        "web",
                        Optional.of("alice"),
                        List.of("hostPorts", "privileged"),
                        "Bulkhead refuses Deployment \"web\""));
    }

    @Test
    void laterStateOfAnEventReplacesTheEarlierAndADeletedOneIsForgotten() {
        recent.arrived(event("shop", "u-1", NOON, 7));
        recent.arrived(event("shop", "u-1", NOON.plusSeconds(60), 8));
        assertThat(recent.since(Instant.EPOCH)).extracting(Refusal::count).containsExactly(8);

        recent.deleted("shop", "web.0123", "u-1");
        assertThat(recent.since(Instant.EPOCH)).isEmpty();
        assertThat(recent.bytes()).isZero();
    }

    @Test
    void theLatestComeFirstAndThoseBeforeAreLeftOut() {
        recent.arrived(event("shop", "u-1", NOON, 1));
        recent.arrived(event("web", "u-2", NOON.plusSeconds(60), 2));
        recent.arrived(event("shop", "u-3", NOON.minusSeconds(1), 3));

        assertThat(recent.since(NOON)).extracting(Refusal::count).containsExactly(2, 1);
    }

    @Test
    void namespaceWithManyRefusalsHidesNoOther() {
        recent.arrived(event("quiet", "u", NOON.minusSeconds(1), 1));
        for (int i = 0; i < 2 * RecentRefusals.MOST_OF_A_NAMESPACE; i++) {
            recent.arrived(event("noisy", "u-" + i, NOON.plusSeconds(i), i));
        }

        assertThat(recent.since(Instant.EPOCH))
                .hasSize(RecentRefusals.MOST_OF_A_NAMESPACE + 1)
                .extracting(Refusal::namespace)
                .contains("quiet");
        assertThat(recent.since(Instant.EPOCH))
                .as("the latest stay")
                .extracting(Refusal::at)
                .contains(NOON.plusSeconds(2 * RecentRefusals.MOST_OF_A_NAMESPACE - 1));
    }

    @Test
    void bytesAreBounded() {
        RecentRefusals small = new RecentRefusals(20_000);
        small.arrived(event("quiet", "u", NOON, 1));
        for (int i = 0; i < 100; i++) {
            ObjectNode event = event("noisy", "u-" + i, NOON, i);
            event.put("message", "x".repeat(100_000));
            small.arrived(event);
        }

        assertThat(small.bytes()).isBetween(10_000, 20_000);
        assertThat(small.since(Instant.EPOCH)).extracting(Refusal::namespace).contains("quiet");
        assertThat(small.since(Instant.EPOCH))
                .extracting(refusal -> refusal.message().length())
                .allMatch(length -> length <= 1_024);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{reason: Refused}",
                "{reason: Refused, lastTimestamp: 12, involvedObject: {name: web}}",
                "{reason: Refused, lastTimestamp: yesterday, involvedObject: {name: web}}",
                "{reason: Refused, lastTimestamp: '2026-11-27T12:00:00Z', involvedObject: [web]}",
                "{reason: BackOff, lastTimestamp: '2026-11-27T12:00:00Z', involvedObject: {name: web}}"
            })
    void otherEventsAreIgnored(String event) {
        recent.arrived((ObjectNode) Yaml.tree(event));

        assertThat(recent.since(Instant.EPOCH)).isEmpty();
    }

    @Test
    void textsThatSomebodyMadeUpAreLinesOfALimitedLength() {
        ObjectNode event = event("shop", "u", NOON, -5);
        event.put("message", "a\nb\u202e" + "x".repeat(10_000));
        event.withObject("/metadata/annotations")
                .put("bulkhead.dev/user", "eve\u0000" + "x".repeat(10_000))
                .put("bulkhead.dev/rules", "a,,b\n," + "c,".repeat(10_000));
        event.withObject("/involvedObject").put("kind", "<b>\n").put("name", "x".repeat(10_000));
        recent.arrived(event);

        assertThat(recent.since(Instant.EPOCH)).singleElement().satisfies(refusal -> {
            assertThat(refusal.message()).startsWith("a\\u000ab\\u202e").hasSizeLessThanOrEqualTo(1_024);
            assertThat(refusal.user().orElseThrow()).startsWith("eve\\u0000").hasSizeLessThanOrEqualTo(256);
            assertThat(refusal.rules()).startsWith("a", "b", "c").hasSizeLessThanOrEqualTo(64);
            assertThat(refusal.kind()).isEqualTo("<b>\\u000a");
            assertThat(refusal.name()).hasSizeLessThanOrEqualTo(253);
            assertThat(refusal.count()).isEqualTo(1);
        });
    }
}
