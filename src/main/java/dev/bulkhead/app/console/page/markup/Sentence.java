package dev.bulkhead.app.console.page.markup;

import java.util.ArrayList;
import java.util.List;

/** A sentence in which some words, mostly numbers, are links. */
public record Sentence(List<Part> parts) {
    /**
     * A part of a sentence.
     *
     * @param href empty for plain text
     * @param danger whether it is about something that is denied or reaches the node
     */
    public record Part(String text, String href, boolean danger) {}

    public Sentence {
        parts = List.copyOf(parts);
    }

    public static Sentence of(String text) {
        return new Sentence(List.of(new Part(text, "", false)));
    }

    public Sentence and(String text) {
        return and(new Part(text, "", false));
    }

    public Sentence and(String text, Address address) {
        return and(new Part(text, address.toString(), false));
    }

    /** About what is denied or reaches the node. */
    public Sentence andDanger(String text, Address address) {
        return and(new Part(text, address.toString(), true));
    }

    private Sentence and(Part part) {
        List<Part> more = new ArrayList<>(parts);
        more.add(part);
        return new Sentence(more);
    }
}
