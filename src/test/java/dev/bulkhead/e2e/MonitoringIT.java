package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import dev.bulkhead.e2e.Installed.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the chart's alerts and dashboard name is what the processes expose. */
@ExtendWith(Installed.class)
class MonitoringIT {
    private static final Pattern METRIC = Pattern.compile("\\bbulkhead_[a-z_]+(?=[\\[{) ]|$)");

    private final Site site;

    MonitoringIT(Site site) {
        this.site = site;
    }

    private static Set<String> metrics(String expressions) {
        Set<String> names = new TreeSet<>();
        Matcher name = METRIC.matcher(expressions);
        while (name.find()) {
            names.add(name.group());
        }
        return names;
    }

    private static String alerts() {
        String rendered = new Helm(Installed.CHART)
                .template()
                .withName("bulkhead")
                .withNamespace(Replica.NAMESPACE)
                .withKubeVersion("v1.37.0")
                .set("metrics.rules.enabled", "true")
                .call();
        StringBuilder expressions = new StringBuilder();
        rendered.lines()
                .filter(line -> line.strip().startsWith("expr:"))
                .forEach(line -> expressions.append(line).append('\n'));
        return expressions.toString();
    }

    @Test
    void everyMetricOfAlertsAndDashboardIsExposed() throws IOException {
        Set<String> named = metrics(alerts());
        named.addAll(metrics(Files.readString(Installed.CHART.resolve("files/dashboard.json"))));
        assertThat(named).contains("bulkhead_build_info", "bulkhead_scan_workloads");
        // Counters and histograms are there from the first time on.
        site.plane().kubectlWith("""
                        apiVersion: v1
                        kind: Pod
                        metadata: {name: watched, namespace: default}
                        spec: {hostNetwork: true, containers: [{name: app, image: nginxinc/nginx-unprivileged}]}
                        """, "apply", "--dry-run=server", "-f", "-");
        Processes.run(
                Map.of(),
                "",
                "curl",
                "-sk",
                "https://127.0.0.1:" + site.replicas().get(0).port() + "/nowhere");
        try (Replica console = Replica.start(
                site.plane(), site.directory(), Replica.NAMESPACE, "bulkhead-console", "watched", Map.of())) {
            ControlPlane.await("the console", console::isReady);

            Set<String> exposed = new TreeSet<>(metrics(console.metrics()));
            site.replicas().forEach(replica -> exposed.addAll(metrics(replica.metrics())));

            assertThat(exposed).containsAll(named);
        }
    }
}
