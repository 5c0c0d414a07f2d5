package dev.bulkhead.app.console.view;

import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.engine.reach.Hull.LayerState;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Layer;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which layers of a workload hold, as marks show it. */
public record HullMarks(Map<Layer, State> states) {
    /** Whether a layer holds. */
    public enum State {
        HOLDS("holds"),
        FILLED("will hold once its pods are created again"),
        OPEN("is open");

        private final String sentence;

        State(String sentence) {
            this.sentence = sentence;
        }

        /** In words, after the name of the layer. */
        public String sentence() {
            return sentence;
        }

        /** As a class of the style. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static HullMarks of(ScannedWorkload workload) {
        Set<String> filled = new HashSet<>();
        Set<String> notFilled = new HashSet<>();
        for (ReportedFinding finding : workload.report().findings()) {
            (finding.leadsTo(Action.HARDEN) ? filled : notFilled)
                    .add(finding.rule().id());
        }
        filled.removeAll(notFilled);
        Map<Layer, State> states = new EnumMap<>(Layer.class);
        for (LayerState layer : workload.hull().layers()) {
            State open = filled.containsAll(layer.open()) ? State.FILLED : State.OPEN;
            states.put(layer.layer(), layer.holds() ? State.HOLDS : open);
        }
        return new HullMarks(states);
    }

    /** The state of a layer. */
    public State of(Layer layer) {
        return states.getOrDefault(layer, State.HOLDS);
    }

    public boolean isOpen(Layer layer) {
        return of(layer) == State.OPEN;
    }

    /** The layers that do not hold. */
    public List<Layer> open() {
        return states.keySet().stream().filter(this::isOpen).toList();
    }

    /** The state of each layer, as a class of the style. */
    public List<String> marks() {
        return states.values().stream().map(State::label).toList();
    }

    /** The same in words. */
    public String sentence() {
        String open = labels(State.OPEN);
        String filled = labels(State.FILLED);
        return (open.isEmpty() ? "No layer is open" : "Open: " + open)
                + (filled.isEmpty() ? "" : "; will hold once its pods are created again: " + filled);
    }

    private String labels(State state) {
        return states.keySet().stream()
                .filter(layer -> of(layer) == state)
                .map(Layer::label)
                .collect(Collectors.joining(", "));
    }

    /** In how many of these workloads a layer is in that state. */
    public static long count(List<Seen.Row> rows, Layer layer, State state) {
        return rows.stream().filter(row -> row.hull().of(layer) == state).count();
    }

    /** What a layer is about, in a few words. */
    public static String meaning(Layer layer) {
        return switch (layer) {
            case IDENTITY -> "not root";
            case CAPABILITIES -> "no kernel privileges";
            case CONFINEMENT -> "system calls filtered";
            case FILESYSTEM -> "nothing to overwrite";
            case SECRETS -> "no credentials in sight";
            case HOST -> "nothing of the node";
            case DAEMON -> "root is nobody outside";
            case SANDBOX -> "a kernel of its own";
        };
    }
}
