package dev.bulkhead.app.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SettlingCostTest {
    private final SettlingCost cost = new SettlingCost();
    private long total = 1_000;

    @Test
    void goesOnWhileRoundsGetCheaper() {
        assertThat(rounds(900, 600, 450, 400, 300, 220, 160, 150, 110)).isEqualTo(9);
    }

    @Test
    void settlesAfterRoundsThatAreHardlyCheaper() {
        assertThat(rounds(900, 500, 490, 400, 510, 470, 460)).isEqualTo(4);
    }

    @Test
    void oneExpensiveRoundDoesNotEndIt() {
        assertThat(rounds(900, 950, 600, 650, 450, 800, 300, 290, 280)).isEqualTo(9);
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
