package dev.bulkhead.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.policy.LabelSelector.Expression;
import dev.bulkhead.engine.policy.LabelSelector.Operator;
import java.util.AbstractMap;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SelectorIndexTest {
    @Property
    void agreesWithEachSelector(
            @ForAll("selectors") List<LabelSelector> selectors, @ForAll("labels") List<Map<String, String>> asked) {
        SelectorIndex index = new SelectorIndex(selectors);

        // Twice, so that what is remembered is asked as well.
        Stream.concat(asked.stream(), asked.stream()).forEach(labels -> {
            BitSet matching = index.matching(labels);

            for (int i = 0; i < selectors.size(); i++) {
                assertThat(matching.get(i))
                        .as("%s on %s", selectors.get(i), labels)
                        .isEqualTo(selectors.get(i).matches(labels));
            }
        });
    }

    @Provide
    Arbitrary<List<LabelSelector>> selectors() {
        Arbitrary<Expression> expressions = Combinators.combine(
                        Arbitraries.of("a", "b", "c"),
                        Arbitraries.of(Operator.values()),
                        Arbitraries.of("x", "y", "z").set().ofMaxSize(3))
                .as(Expression::new);
        return Combinators.combine(
                        Arbitraries.maps(Arbitraries.of("a", "b", "c"), Arbitraries.of("x", "y"))
                                .ofMaxSize(2),
                        expressions.list().ofMaxSize(3))
                .as(LabelSelector::new)
                .list()
                .ofMaxSize(6);
    }

    @Provide
    Arbitrary<List<Map<String, String>>> labels() {
        return Arbitraries.maps(Arbitraries.of("a", "b", "c", "d", "e", "f"), Arbitraries.of("x", "y", "z", "w", ""))
                .ofMaxSize(5)
                .list()
                .ofMaxSize(8);
    }

    @Test
    void costsTheSameHoweverManySelectorsThereAre() {
        assertThat(stepsOf(10_000)).isEqualTo(stepsOf(10)).isLessThanOrEqualTo(2);
    }

    @Test
    void costDependsOnSelectorsNotOnLabels() {
        Counting labels = new Counting(IntStream.range(0, 10_000)
                .boxed()
                .collect(HashMap::new, (all, i) -> all.put("key" + i, "value"), HashMap::putAll));
        SelectorIndex index = new SelectorIndex(List.of(new LabelSelector(Map.of("tier", "tenant"), List.of())));
        index.matching(labels);
        labels.steps.set(0);

        index.matching(labels);

        assertThat(labels.steps).hasValue(1);
    }

    /** How often labels are looked at that were met before. */
    private static int stepsOf(int selectors) {
        SelectorIndex index = new SelectorIndex(IntStream.range(0, selectors)
                .mapToObj(i -> new LabelSelector(Map.of("team", "team-" + i, "tier", "tenant"), List.of()))
                .toList());
        Counting labels = new Counting(Map.of("team", "team-7"));
        index.matching(labels);
        labels.steps.set(0);
        index.matching(labels);
        return labels.steps.get();
    }

    /** Labels that count how often they are looked at. */
    private static final class Counting extends AbstractMap<String, String> {
        private final Map<String, String> labels;
        private final AtomicInteger steps = new AtomicInteger();

        Counting(Map<String, String> labels) {
            this.labels = labels;
        }

        @Override
        public @Nullable String get(Object key) {
            steps.incrementAndGet();
            return labels.get(key);
        }

        @Override
        public int size() {
            return labels.size();
        }

        @Override
        public Set<Entry<String, String>> entrySet() {
            steps.addAndGet(labels.size());
            return labels.entrySet();
        }
    }
}
