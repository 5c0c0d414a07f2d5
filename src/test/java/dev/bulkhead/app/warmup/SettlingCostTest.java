package dev.bulkhead.app.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SettlingCostTest {
    private final SettlingCost cost = new SettlingCost();
    private long total = 1_000;

    @Test
    void goesOnWhileRoundsGetCheaper() {
        assertThat(rounds(900, 600, 450, 330, 240, 170, 120)).isEqualTo(7);
    }

    @Test
    void settlesAfterARoundThatIsHardlyCheaper() {
        assertThat(rounds(900, 500, 300, 290, 150)).isEqualTo(4);
    }

    @Test
    void settlesAfterARoundThatIsMoreExpensive() {
        assertThat(rounds(900, 950, 600)).isEqualTo(2);
    }

    /** How many rounds there are until it is settled, or all. */
    private int rounds(long... costs) {
        assertThat(cost.settledAt(total)).isFalse();
        int done = 0;
        for (long each : costs) {
            total += each;
            done++;
            if (cost.settledAt(total)) {
                break;
            }
        }
        return done;
    }
}
