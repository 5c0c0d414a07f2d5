package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.Installed.Site;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The console's process in a cluster, with the rights and the settings that the chart gives it. */
@ExtendWith(Installed.class)
class ConsoleIT {
    private final Site site;

    ConsoleIT(Site site) {
        this.site = site;
    }

    @Test
    void becomesReadyOnceItHasReadThePodsAndServesNoWebhook() throws IOException {
        try (Replica console = Replica.start(
                site.plane(), site.directory(), Replica.NAMESPACE, "bulkhead-console", "console", Map.of())) {
            ControlPlane.await("the console", console::isReady);

            assertThat(console.log())
                    .contains("watching what runs")
                    .doesNotContain("ERROR")
                    .doesNotContain("WARN");
            assertThat(console.metrics())
                    .contains("bulkhead_build_info")
                    .doesNotContain("bulkhead_certificate_expiry")
                    .doesNotContain("bulkhead_leader");
            assertThat(console.listens()).as("the webhook's port").isFalse();
        }
    }
}
