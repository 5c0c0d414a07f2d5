package dev.bulkhead.engine.reach;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.reach.Reached.Kind;
import dev.bulkhead.engine.rule.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The worst is first, whatever the order of arrival. */
class ReachOrderTest {
    @Provide
    Arbitrary<List<Reached>> found() {
        Arbitrary<Optional<Escape>> escapes = Combinators.combine(
                        Arbitraries.of(Escape.Target.class),
                        Arbitraries.integers().between(1, 3))
                .as((to, steps) -> new Escape(to, List.of("a", "b", "c").subList(0, steps)))
                .optional();
        return Combinators.combine(
                        Arbitraries.of(Kind.class), Arbitraries.of(Severity.class), Arbitraries.of("x", "y"), escapes)
                .as((kind, severity, value, escape) -> new Reached(
                        kind, severity, Optional.of("c"), "/spec", value, value + severity + escape, escape))
                .list()
                .ofMaxSize(12);
    }

    @Property
    void orderOfArrivalDoesNotMatter(@ForAll("found") List<Reached> found) {
        List<Reached> reversed = new ArrayList<>(found);
        Collections.reverse(reversed);

        assertThat(Reach.of(reversed, true)).isEqualTo(Reach.of(found, true));
    }

    @Property
    void shortestWayToTheWorstTargetIsFirst(@ForAll("found") List<Reached> found) {
        Optional<Escape> worst =
                found.stream().flatMap(item -> item.escape().stream()).sorted().findFirst();

        assertThat(Reach.of(found, true).escape().map(Escape::to)).isEqualTo(worst.map(Escape::to));
        assertThat(Reach.of(found, true).escape().map(escape -> escape.steps().size()))
                .isEqualTo(worst.map(escape -> escape.steps().size()));
    }

    @Test
    void listsAtMostAHundredAndCountsTheRest() {
        StringBuilder pod = new StringBuilder("""
                apiVersion: v1
                kind: Pod
                metadata: {name: p, namespace: shop}
                spec:
                  containers:
                  - name: a
                    image: a
                    securityContext: {privileged: true}
                    envFrom:
                """);
        for (int i = 0; i < 500; i++) {
            pod.append("    - {secretRef: {name: s").append(i).append("}}\n");
        }

        Reach reach = Exposures.reach(Yaml.tree(pod.toString()));

        assertThat(reach.items()).hasSize(Reach.MOST_ITEMS);
        assertThat(reach.omitted()).isEqualTo(501 - Reach.MOST_ITEMS);
        assertThat(reach.escape()).isPresent();
    }

    @Test
    void jsonSaysItAll() {
        Exposure exposure = Exposures.of(Yaml.tree("""
                apiVersion: v1
                kind: Pod
                metadata: {name: p, namespace: shop}
                spec: {containers: [{name: a, image: a, securityContext: {privileged: true}}]}
                """));
        JsonNode json = ReachJson.of(
                new Exposure(exposure.reach(), exposure.hull(), Optional.of(new Neighbours(1, 2, 2, true))));

        assertThat(json.at("/reach/escape/to").asText()).isEqualTo("node");
        assertThat(json.at("/reach/escape/steps/0").asText()).contains("/dev");
        assertThat(json.at("/reach/items/0/path").asText()).isEqualTo("/spec/containers/0/securityContext/privileged");
        assertThat(json.at("/reach/items/0/kind").asText()).isEqualTo("privilege");
        assertThat(json.at("/reach/rightsKnown").asBoolean()).isTrue();
        assertThat(json.at("/hull/layers")).hasSize(8);
        assertThat(json.at("/hull/layers/0/open/0").asText()).isEqualTo("runAsNonRoot");
        assertThat(json.at("/neighbours/message").asText())
                .isEqualTo("shares the kernel of 1 node with 2 other workloads of 2 namespaces");
    }
}
