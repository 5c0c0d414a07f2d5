package dev.bulkhead.app.console.page;

import dev.bulkhead.engine.rule.Layer;

/** What each layer is about, in a few words. */
final class LayerText {
    private LayerText() {}

    static String meaning(Layer layer) {
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
