package dev.bulkhead.app.console.page;

import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Layer;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Which layers of a workload hold. */
record Hull(Map<Layer, State> states) {
    /** Whether a layer holds. */
    enum State {
        HOLDS("holds"),
        FILLED("will hold once its pods are created again"),
        OPEN("is open");

        private final String sentence;

        State(String sentence) {
            this.sentence = sentence;
        }

        String sentence() {
            return sentence;
        }
    }

    static Hull of(ScannedWorkload workload) {
        Map<Layer, State> states = new EnumMap<>(Layer.class);
        for (Layer layer : Layer.values()) {
            states.put(layer, State.HOLDS);
        }
        for (ReportedFinding finding : workload.report().findings()) {
            State state =
                    finding.action() == Action.HARDEN && finding.exemption().isEmpty() ? State.FILLED : State.OPEN;
            states.merge(finding.rule().layer(), state, (one, other) -> one.compareTo(other) > 0 ? one : other);
        }
        return new Hull(states);
    }

    State of(Layer layer) {
        return states.getOrDefault(layer, State.HOLDS);
    }

    boolean isOpen(Layer layer) {
        return of(layer) == State.OPEN;
    }

    /** The layers that do not hold. */
    List<Layer> open() {
        return states.keySet().stream().filter(this::isOpen).toList();
    }

    /** The state of each layer, as a class of the style. */
    public List<String> marks() {
        return states.values().stream()
                .map(state -> state.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** The same in words. */
    public String sentence() {
        String open = labels(State.OPEN);
        String filled = labels(State.FILLED);
        return (open.isEmpty() ? "No layer is open" : "Open: " + open)
                + (filled.isEmpty() ? "" : "; held once its pods are created again: " + filled);
    }

    private String labels(State state) {
        return states.keySet().stream()
                .filter(layer -> of(layer) == state)
                .map(Layer::label)
                .collect(Collectors.joining(", "));
    }
}
