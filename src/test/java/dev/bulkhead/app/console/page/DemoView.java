package dev.bulkhead.app.console.page;

import dev.bulkhead.app.cluster.scan.ScanView;
import java.time.Instant;

/** The demo cluster as a scan sees it, with more workloads than a page of the list has, and some with markup in their names. */
public final class DemoView {
    /** How many workloads it has besides, in the namespace {@code batch}. */
    public static final int MORE = 120;

    /** The name of a workload in the namespace {@code build}. */
    public static final String MARKUP = "<script>alert(1)<.script>&\"";

    private DemoView() {}

    /** As it is at that time. */
    public static ScanView at(Instant now) {
        StringBuilder workloads = new StringBuilder(DemoCluster.text("workloads.yaml", now));
        for (int i = 0; i < MORE; i++) {
            workloads.append(deployment("batch", "many-" + i + ".v1.2"));
        }
        workloads.append(deployment("build", "'" + MARKUP + "'"));
        return new TestView(DemoCluster.evaluated(
                workloads.toString(),
                DemoCluster.text("namespaces.yaml", now),
                DemoCluster.text("policies.yaml", now),
                now));
    }

    private static String deployment(String namespace, String name) {
        return """

                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %s, namespace: %s}
                spec:
                  template:
                    spec:
                      containers: [{name: app, image: example.com/app}]
                """.formatted(name, namespace);
    }
}
