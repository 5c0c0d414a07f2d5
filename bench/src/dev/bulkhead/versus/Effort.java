package dev.bulkhead.versus;

import java.util.Arrays;
import java.util.List;

/** How much is measured. */
record Effort(int rounds, int seconds, int warmSeconds, int connections, List<Integer> reviews, int commandSeconds) {
    static Effort ofEnvironment() {
        return new Effort(
                number("ROUNDS"),
                number("SECONDS_PER_ROUND"),
                number("WARM_SECONDS"),
                number("CONNECTIONS"),
                Arrays.stream(System.getenv("REVIEWS").trim().split(" +"))
                        .map(Integer::valueOf)
                        .toList(),
                number("COMMAND_SECONDS"));
    }

    private static int number(String variable) {
        return Integer.parseInt(System.getenv(variable));
    }

    static void progress(String what) {
        System.err.println(what);
    }
}
