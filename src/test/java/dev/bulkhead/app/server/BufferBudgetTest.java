package dev.bulkhead.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BufferBudgetTest {
    private static final int KIBIBYTE = 1024;
    private static final int MEBIBYTE = 1024 * KIBIBYTE;
    private static final int SIZE = 64 * MEBIBYTE;
    private static final int LARGEST = 32 * MEBIBYTE;

    private final BufferBudget room = new BufferBudget(SIZE, LARGEST);

    /** Takes as much as it gets for reviews of that size, and tells how many. */
    private int fill(int flow, int bytes) {
        int reviews = 0;
        while (take(flow, bytes)) {
            reviews++;
        }
        return reviews;
    }

    private boolean take(int flow, int bytes) {
        return room.share().growTo(bytes, () -> flow);
    }

    @Test
    void greedyFlowLeavesSpaceOfEverySizeToOthers() {
        assertThat(fill(1, 3 * MEBIBYTE)).isPositive();
        assertThat(fill(1, 900 * KIBIBYTE)).isPositive();
        fill(1, 100 * KIBIBYTE);

        assertThat(take(2, 3 * MEBIBYTE)).isTrue();
        assertThat(take(3, 900 * KIBIBYTE)).isTrue();
        assertThat(take(4, 100 * KIBIBYTE)).isTrue();
        assertThat(take(1, 10 * KIBIBYTE)).isTrue();
    }

    @Test
    void severalGreedyFlowsLeaveSpaceForMediumReviews() {
        for (int flow = 1; flow <= 20; flow++) {
            fill(flow, 3 * MEBIBYTE);
            fill(flow, 900 * KIBIBYTE);
        }

        assertThat(take(21, 100 * KIBIBYTE)).isTrue();
    }

    @Test
    void largeReviewsLeaveAnEighthToMediumAndAnotherToSmallOnes() {
        for (int flow = 1; flow < FairQueue.FLOWS; flow++) {
            fill(flow, 3 * MEBIBYTE);
        }
        assertThat(room.taken()).isBetween(SIZE / 2L, SIZE * 3L / 4);
        for (int flow = 1; flow < FairQueue.FLOWS; flow++) {
            fill(flow, 900 * KIBIBYTE);
        }
        assertThat(room.taken()).isBetween(SIZE * 3L / 4, SIZE * 7L / 8);
        fill(1, 10 * KIBIBYTE);
        assertThat(room.taken()).isGreaterThan(SIZE - 10L * KIBIBYTE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, MEBIBYTE, LARGEST})
    void acceptsASingleItemOfAnySize(int bytes) {
        assertThat(take(1, bytes)).isTrue();
    }

    @Test
    void growingIsCountedOnce() {
        BufferBudget.Share share = room.share();
        for (int bytes = KIBIBYTE; bytes <= LARGEST; bytes *= 2) {
            assertThat(share.growTo(bytes, () -> 1)).isTrue();
            assertThat(room.taken()).isEqualTo(bytes);
        }
        share.release();
        share.release();
        assertThat(room.taken()).isZero();
        assertThat(take(1, LARGEST)).isTrue();
    }

    @Property
    void everythingIsReturnedAndTheLimitIsNeverExceeded(
            @ForAll @Size(max = 60) List<@IntRange(min = 1, max = 8 * MEBIBYTE) Integer> sizes) {
        BufferBudget any = new BufferBudget(SIZE, LARGEST);
        List<BufferBudget.Share> shares = new ArrayList<>();
        for (int size : sizes) {
            BufferBudget.Share share = any.share();
            shares.add(share);
            boolean grown = share.growTo(Math.max(1, size / 3), () -> size % 7) && share.growTo(size, () -> size % 7);
            assertThat(any.taken()).isLessThanOrEqualTo(SIZE);
            if (!grown || size % 2 == 0) {
                share.release();
            }
        }
        shares.forEach(BufferBudget.Share::release);
        assertThat(any.taken()).isZero();
        assertThat(any.share().growTo(LARGEST, () -> 1)).isTrue();
    }
}
