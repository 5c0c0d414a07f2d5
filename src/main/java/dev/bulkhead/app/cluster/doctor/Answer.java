package dev.bulkhead.app.cluster.doctor;

import java.util.Optional;

/**
 * What a check says.
 *
 * @param message a sentence without its full stop
 * @param remedy what to do, where there is anything to do
 */
public record Answer(State state, String message, Optional<String> remedy) {
    public static Answer ok(String message) {
        return new Answer(State.OK, message, Optional.empty());
    }

    public static Answer warning(String message, String remedy) {
        return new Answer(State.WARNING, message, Optional.of(remedy));
    }

    public static Answer problem(String message, String remedy) {
        return new Answer(State.PROBLEM, message, Optional.of(remedy));
    }

    public static Answer unknown(String message, String remedy) {
        return new Answer(State.UNKNOWN, message, Optional.of(remedy));
    }
}
