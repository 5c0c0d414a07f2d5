package dev.bulkhead.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.Violation;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whoever writes a pod chooses the names and values that become keys of tables, and with them their hash codes. Tables
 * search a bucket in logarithmic time only where its keys have an order of their own.
 */
class CollidingKeysTest {
    @Test
    void keysFromCallersAreComparable() {
        Stream<Class<?>> keys =
                Stream.concat(Stream.of(Violation.class), Arrays.stream(FindingCollector.class.getDeclaredClasses()));

        assertThat(keys.toList())
                .hasSizeGreaterThan(1)
                .allSatisfy(key -> assertThat(List.of(key.getInterfaces()))
                        .as(key.getName())
                        .contains(Comparable.class));
    }
}
