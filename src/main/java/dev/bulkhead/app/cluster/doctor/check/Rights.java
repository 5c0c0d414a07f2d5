package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.ConsolePlace;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Listed;
import dev.bulkhead.app.cluster.doctor.Place;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A service account of the installation may do what it has to. */
final class Rights implements Check {
    private final String id;
    private final Source source;
    private final Function<Place, Optional<String>> account;
    private final BiFunction<String, String, Answer> missing;

    private Rights(
            String id,
            Source source,
            Function<Place, Optional<String>> account,
            BiFunction<String, String, Answer> missing) {
        this.id = id;
        this.source = source;
        this.account = account;
        this.missing = missing;
    }

    /** The webhook's account. */
    static Rights ofGate() {
        return new Rights("rights", Source.RIGHTS, place -> Optional.of(place.account()), Answer::problem);
    }

    /** The account of the process that scans what runs, on which admission does not depend. */
    static Rights ofConsole() {
        return new Rights(
                "console-rights",
                Source.CONSOLE_RIGHTS,
                place -> place.console().map(ConsolePlace::account),
                Answer::warning);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        Place place = facts.place();
        Set<String> refused = new TreeSet<>();
        for (JsonNode review : facts.all(source)) {
            if (!review.at("/status/allowed").asBoolean()) {
                refused.add(right(review.at("/spec/resourceAttributes")));
            }
        }
        Optional<String> name = account.apply(place);
        if (name.isEmpty()) {
            return Answer.ok("not installed: it has no account");
        }
        return refused.isEmpty()
                ? Answer.ok("its account may do all that it has to")
                : missing.apply(
                        "system:serviceaccount:" + place.home() + ":" + name.get() + " may not " + Listed.of(refused),
                        "restore the chart's roles and bindings: helm upgrade " + place.name());
    }

    private static String right(JsonNode attributes) {
        String subresource = attributes.path("subresource").asText();
        String group = attributes.path("group").asText();
        return attributes.path("verb").asText() + " "
                + attributes.path("resource").asText()
                + (group.isEmpty() ? "" : "." + group)
                + (subresource.isEmpty() ? "" : "/" + subresource);
    }
}
