package dev.bulkhead.engine.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ImmutableCopiesTest {
    private static final int FEW = 250;
    private static final int TIMES = 8;

    /** Far above what logarithms and the tables' growth take, far below the square, which is {@link #TIMES} again. */
    private static final int TOLERANCE = 2;

    /** A key as somebody chooses it who wants work to be done: all have one hash. What compares them is counted. */
    private record Key(int number, AtomicLong comparisons) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            comparisons.incrementAndGet();
            return Integer.compare(number, other.number);
        }

        @Override
        public boolean equals(Object other) {
            comparisons.incrementAndGet();
            return other instanceof Key key && key.number == number;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    private static Map<Key, String> keys(int count, AtomicLong comparisons) {
        Map<Key, String> keys = new HashMap<>();
        IntStream.range(0, count).forEach(i -> keys.put(new Key(i, comparisons), ""));
        return keys;
    }

    private static long ofMap(long count) {
        AtomicLong comparisons = new AtomicLong();
        Map<Key, String> keys = keys((int) count, comparisons);
        comparisons.set(0);
        Map<Key, String> copy = ImmutableCopies.of(keys);
        assertThat(keys.keySet().stream().allMatch(copy::containsKey)).isTrue();
        assertThat(copy.entrySet().containsAll(keys.entrySet())).isTrue();
        return comparisons.get();
    }

    private static long ofSet(long count) {
        AtomicLong comparisons = new AtomicLong();
        Set<Key> keys = keys((int) count, comparisons).keySet();
        comparisons.set(0);
        Set<Key> copy = ImmutableCopies.of(keys);
        assertThat(copy.containsAll(keys)).isTrue();
        return comparisons.get();
    }

    private static long ofLibrarysMap(long count) {
        AtomicLong comparisons = new AtomicLong();
        Map<Key, String> keys = keys((int) count, comparisons);
        comparisons.set(0);
        assertThat(Map.copyOf(keys)).hasSize((int) count);
        return comparisons.get();
    }

    private static double growth(LongUnaryOperator comparisons) {
        return (double) comparisons.applyAsLong(FEW * TIMES) / comparisons.applyAsLong(FEW);
    }

    @Test
    void keysOfTheSameHashCostALogarithmEach() {
        assertThat(growth(ImmutableCopiesTest::ofMap)).isLessThan(TIMES * TOLERANCE);
        assertThat(growth(ImmutableCopiesTest::ofSet)).isLessThan(TIMES * TOLERANCE);
    }

    @Test
    void theLibrarysOwnCopiesAreQuadratic() {
        // What is measured above can fail; and once this does, these copies are no longer needed.
        assertThat(growth(ImmutableCopiesTest::ofLibrarysMap)).isGreaterThan(TIMES * TOLERANCE);
    }

    @Test
    void keepsTheOrder() {
        assertThat(ImmutableCopies.of(new LinkedHashSet<>(List.of("b", "a", "c"))))
                .containsExactly("b", "a", "c");
        Map<String, Integer> map = new LinkedHashMap<>();
        map.put("b", 1);
        map.put("a", 2);
        assertThat(ImmutableCopies.of(map)).containsExactly(Map.entry("b", 1), Map.entry("a", 2));
    }

    @Test
    void copiesAreImmutable() {
        Set<String> set = new HashSet<>(Set.of("a"));
        Map<String, Integer> map = new HashMap<>(Map.of("a", 1));
        Set<String> copyOfSet = ImmutableCopies.of(set);
        Map<String, Integer> copyOfMap = ImmutableCopies.of(map);

        set.add("b");
        map.put("b", 2);

        assertThat(copyOfSet).containsExactly("a");
        assertThat(copyOfMap).containsOnlyKeys("a");
        assertThatThrownBy(() -> copyOfSet.add("c")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> copyOfMap.put("c", 3)).isInstanceOf(UnsupportedOperationException.class);
    }
}
