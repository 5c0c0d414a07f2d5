package dev.bulkhead.e2e;

/**
 * A pod of which Bulkhead says whether it starts.
 *
 * @param image what its image is like
 * @param known what Bulkhead knows of the image, and the pod says of itself
 * @param namespace whose policy it comes under
 * @param starts what Bulkhead is to say: {@code yes}, {@code no} or {@code unknown}
 * @param content the image, without its name
 * @param reference the image's name; empty for one of its own
 * @param pod what its spec has besides, in flow YAML with a comma before it
 * @param container what its container has besides, in flow YAML with a comma before it
 */
record Prediction(
        String image,
        String known,
        String namespace,
        String starts,
        TestImage content,
        String reference,
        String pod,
        String container) {
    /** A pod whose image Bulkhead knows nothing of. */
    static Prediction unknown(String image, TestImage content) {
        return new Prediction(image, "nothing", "default", "unknown", content, "", "", "");
    }

    Prediction in(String other, String whatIsKnown) {
        return new Prediction(image, whatIsKnown, other, starts, content, reference, pod, container);
    }

    Prediction known(String by) {
        return new Prediction(image, by, namespace, starts, content, reference, pod, container);
    }

    Prediction said(String answer) {
        return new Prediction(image, known, namespace, answer, content, reference, pod, container);
    }

    Prediction named(String other) {
        return new Prediction(image, known, namespace, starts, content, other, pod, container);
    }

    Prediction withPod(String more) {
        return new Prediction(image, known, namespace, starts, content, reference, pod + ", " + more, container);
    }

    Prediction withContainer(String more) {
        return new Prediction(image, known, namespace, starts, content, reference, pod, container + ", " + more);
    }

    String manifest(String name) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %1$s, namespace: %2$s}
                spec:
                  {restartPolicy: Never, terminationGracePeriodSeconds: 0%3$s,
                   containers: [{name: app, image: '%4$s', imagePullPolicy: Never%5$s}]}
                """.formatted(name, namespace, pod, reference(name), container);
    }

    /** The name of the image of the pod of that name. */
    String reference(String name) {
        return reference.isEmpty() ? "localhost/" + name + ":1" : reference;
    }
}
