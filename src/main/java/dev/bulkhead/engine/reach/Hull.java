package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.rule.Layer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which layers hold an attacker in a workload, as its pods run.
 *
 * @param layers all eight, from the inside out
 */
public record Hull(List<LayerState> layers) {
    public Hull {
        layers = List.copyOf(layers);
    }

    /**
     * A layer.
     *
     * @param open the ids of the rules that the pods violate: what least-privilege warns about, hardens or denies, and for
     *     the layers daemon and sandbox all their rules; the layer holds if there are none
     * @param demanded whether the policies that apply to the workload harden or deny for a rule of this layer; their mode
     *     does not matter
     * @param missing the ids of the rules that these policies demand, that the pods violate and that no exemption excuses
     */
    public record LayerState(Layer layer, List<String> open, boolean demanded, List<String> missing) {
        public LayerState {
            open = List.copyOf(open);
            missing = List.copyOf(missing);
        }

        public boolean holds() {
            return open.isEmpty();
        }
    }

    /** That layer. */
    public LayerState of(Layer layer) {
        return layers.stream()
                .filter(state -> state.layer() == layer)
                .findFirst()
                .orElseThrow();
    }

    /** How many layers hold. */
    public long holding() {
        return layers.stream().filter(LayerState::holds).count();
    }

    /** Whether every layer holds as far as the policies that apply demand it. */
    public boolean holdsAllDemanded() {
        return layers.stream().allMatch(state -> state.missing().isEmpty());
    }

    /** Collects what is found in the pods of a workload. */
    static final class Builder {
        private final Map<Layer, SortedSet<String>> open = new EnumMap<>(Layer.class);
        private final Map<Layer, SortedSet<String>> missing = new EnumMap<>(Layer.class);
        private final SortedSet<Layer> demanded = new TreeSet<>();

        void open(Layer layer, String rule) {
            open.computeIfAbsent(layer, key -> new TreeSet<>()).add(rule);
        }

        void missing(Layer layer, String rule) {
            missing.computeIfAbsent(layer, key -> new TreeSet<>()).add(rule);
        }

        void demanded(Layer layer) {
            demanded.add(layer);
        }

        Hull build() {
            List<LayerState> states = new ArrayList<>();
            for (Layer layer : Layer.values()) {
                states.add(new LayerState(
                        layer,
                        List.copyOf(open.getOrDefault(layer, new TreeSet<>())),
                        demanded.contains(layer),
                        List.copyOf(missing.getOrDefault(layer, new TreeSet<>()))));
            }
            return new Hull(states);
        }
    }
}
