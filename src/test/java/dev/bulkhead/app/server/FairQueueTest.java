package dev.bulkhead.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private static final int OVERHEAD = 1_024;

    private static final class Item implements FairQueue.Entry {
        private final String name;
        private final int flow;
        private final int size;

        Item(String name, int flow, int size) {
            this.name = name;
            this.flow = flow;
            this.size = size;
        }

        @Override
        public int flow() {
            return flow;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static List<String> drain(FairQueue<Item> queue) {
        List<String> names = new ArrayList<>();
        for (Optional<Item> next = queue.poll(); next.isPresent(); next = queue.poll()) {
            names.add(next.get().toString());
        }
        return names;
    }

    @Test
    void flowsTakeTurnsHoweverMuchOneSends() {
        FairQueue<Item> queue = new FairQueue<>(1 << 20);
        for (int i = 0; i < 5; i++) {
            queue.add(new Item("a" + i, 1, 100));
        }
        queue.add(new Item("b0", 2, 100));
        queue.add(new Item("c0", 3, 100));
        queue.add(new Item("b1", 2, 100));

        assertThat(drain(queue)).containsExactly("a0", "b0", "c0", "a1", "b1", "a2", "a3", "a4");
    }

    @Test
    void turnsAreCountedInBytes() {
        FairQueue<Item> queue = new FairQueue<>(1 << 20);
        for (int i = 0; i < 3; i++) {
            queue.add(new Item("large" + i, 1, 10 * 1024 - OVERHEAD));
        }
        for (int i = 0; i < 12; i++) {
            queue.add(new Item("small" + i, 2, 2 * 1024 - OVERHEAD));
        }

        assertThat(drain(queue)).startsWith("large0", "small0", "small1", "small2", "small3", "small4");
    }

    @Test
    void inactivityEarnsNoCredit() {
        FairQueue<Item> queue = new FairQueue<>(1 << 20);
        for (int i = 0; i < 100; i++) {
            queue.add(new Item("a", 1, 1_000));
            assertThat(queue.poll()).isPresent();
        }
        for (int i = 0; i < 4; i++) {
            queue.add(new Item("a" + i, 1, 1_000));
            queue.add(new Item("b" + i, 2, 1_000));
        }

        assertThat(drain(queue)).containsSubsequence("b0", "a1", "b2", "a3");
    }

    @Test
    void theFullestFlowIsDisplaced() {
        FairQueue<Item> queue = new FairQueue<>(4 * 2_048);
        for (int i = 0; i < 4; i++) {
            assertThat(queue.add(new Item("a" + i, 1, 1_024))).isEmpty();
        }

        assertThat(queue.add(new Item("b0", 2, 1_024)))
                .extracting(Item::toString)
                .containsExactly("a0");
        assertThat(queue.add(new Item("a4", 1, 1_024)))
                .extracting(Item::toString)
                .containsExactly("a4");
        assertThat(drain(queue)).containsExactlyInAnyOrder("a1", "a2", "a3", "b0");
    }

    @Test
    void acceptsASingleItemOfAnySize() {
        FairQueue<Item> queue = new FairQueue<>(100);

        assertThat(queue.add(new Item("a", 1, 1 << 20))).isEmpty();
        assertThat(drain(queue)).containsExactly("a");
    }

    @Test
    void removedEntriesAreNotServed() {
        FairQueue<Item> queue = new FairQueue<>(1 << 20);
        Item gone = new Item("gone", 1, 1);
        queue.add(gone);
        queue.add(new Item("stays", 1, 1));

        assertThat(queue.remove(gone)).isTrue();
        assertThat(queue.remove(gone)).isFalse();
        assertThat(drain(queue)).containsExactly("stays");
    }

    @Property
    void staysWithinItsBoundAndLosesNothing(
            @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 5_000) Integer> sizes,
            @ForAll @IntRange(min = 1, max = 40_000) int most) {
        FairQueue<Item> queue = new FairQueue<>(most);
        List<Item> displaced = new ArrayList<>();
        long held = 0;
        for (int i = 0; i < sizes.size(); i++) {
            Item item = new Item("i" + i, sizes.get(i) % FairQueue.FLOWS, sizes.get(i));
            held += item.size() + OVERHEAD;
            List<Item> gone = queue.add(item);
            held -= gone.stream().mapToLong(one -> one.size() + OVERHEAD).sum();
            displaced.addAll(gone);
            assertThat(held <= most || queue.size() == 1).isTrue();
        }

        assertThat(drain(queue)).hasSize(sizes.size() - displaced.size());
    }
}
