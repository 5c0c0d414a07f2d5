package dev.bulkhead.engine.preview;

import dev.bulkhead.engine.rule.Starts;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that is known about whether a container starts with what is filled in.
 *
 * @param container its name; empty where it is about the whole pod
 * @param sentence what is known, without a full stop
 * @param source where from; empty where it is the lack of knowledge
 * @param starts what it means by itself
 */
public record Evidence(Kind kind, Optional<String> container, String sentence, String source, Starts starts) {
    /** What it was learnt from. */
    public enum Kind {
        /** A rule that hardens noted it, from the pod and what is known of the image. */
        NOTE,
        /** The user as whom the container runs now. */
        RUNNING_USER,
        /** What is known of the image. */
        IMAGE,
        /** Pods of the workload that were hardened already. */
        OWN_PODS,
        /** Pods of other workloads with the same image that were hardened already. */
        OTHER_PODS,
        /** What the container has written to its root file system. */
        ROOT_FILE_SYSTEM;

        /** As reports have it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
