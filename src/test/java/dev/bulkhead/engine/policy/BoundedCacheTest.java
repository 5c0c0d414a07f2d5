package dev.bulkhead.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BoundedCacheTest {
    private static final int MAX_BYTES = 10_000;

    private final BoundedCache<String, String> cache =
            new BoundedCache<>(MAX_BYTES, (key, value) -> key.length() + value.length());

    @Test
    void computesEachAnswerOnce() {
        AtomicInteger asked = new AtomicInteger();

        for (int i = 0; i < 3; i++) {
            assertThat(cache.get("a", () -> "answer " + asked.incrementAndGet()))
                    .isEqualTo("answer 1");
        }

        assertThat(cache.size()).isEqualTo(1);
    }

    @Test
    void staysWithinItsBound() {
        for (int i = 0; i < 10_000; i++) {
            cache.get("key " + i, () -> "x".repeat(100));
            assertThat(cache.bytes()).isLessThanOrEqualTo(MAX_BYTES);
        }

        assertThat(cache.size()).isLessThan(MAX_BYTES / 100);
    }

    @Test
    void answersButDoesNotKeepWhatIsTooLarge() {
        String large = "x".repeat(MAX_BYTES);

        assertThat(cache.get("a", () -> large)).isSameAs(large);
        assertThat(cache.get(large, () -> "answer")).isEqualTo("answer");

        assertThat(cache.size()).isZero();
        assertThat(cache.bytes()).isZero();
    }

    @Test
    void keepsFrequentlyUsedEntries() {
        AtomicInteger asked = new AtomicInteger();

        for (int i = 0; i < 10_000; i++) {
            cache.get("key " + i, () -> "x".repeat(100));
            cache.get("often", () -> "answer " + asked.incrementAndGet());
        }

        assertThat(asked).hasValue(1);
    }
}
