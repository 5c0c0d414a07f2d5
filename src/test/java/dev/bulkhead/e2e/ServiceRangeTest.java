package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ServiceRangeTest {
    /** Another one in each run, since runs of several checkouts share the machine. */
    private static final long SEED = new Random().nextLong();

    @Test
    void noTwoControlPlanesShareAddresses() {
        List<ServiceRange> ranges = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                ranges.add(ServiceRange.claim(new Random(SEED)));
            }

            assertThat(ranges).extracting(ServiceRange::cidr).doesNotHaveDuplicates();
        } finally {
            ranges.forEach(ServiceRange::close);
        }
    }

    @Test
    void aRangeThatWasGivenBackCanBeClaimedAgain() {
        ServiceRange before = ServiceRange.claim(new Random(SEED));
        before.close();

        try (ServiceRange again = ServiceRange.claim(new Random(SEED))) {
            assertThat(again.cidr()).isEqualTo(before.cidr()).matches("127\\.[0-9]+\\.[0-9]+\\.0/24");
        }
    }

    @Test
    void anotherProcessGetsAnotherRange() {
        try (ServiceRange here = ServiceRange.claim(new Random(SEED))) {
            Processes.Run there = Processes.run(
                    Map.of(),
                    "",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Claim.class.getName(),
                    Long.toString(SEED));

            assertThat(there.out().strip())
                    .as(there.err())
                    .matches("127\\.[0-9]+\\.[0-9]+\\.0/24")
                    .isNotEqualTo(here.cidr());
        }
    }

    /** A program that claims a range and says which. */
    static final class Claim {
        private Claim() {}

        public static void main(String[] args) {
            try (ServiceRange range = ServiceRange.claim(new Random(Long.parseLong(args[0])))) {
                System.out.println(range.cidr());
            }
        }
    }
}
