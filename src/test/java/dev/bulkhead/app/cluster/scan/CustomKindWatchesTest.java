package dev.bulkhead.app.cluster.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.workload.CustomKind;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CustomKindWatchesTest {
    private static CustomKind kind(String group) {
        return CustomKind.parse(group + "/Rollout=/spec/template").orElseThrow();
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void kindThatCannotBeAskedAboutKeepsNoOtherFromBeingLookedFor() throws InterruptedException {
        ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
        CustomKindDiscovery discovery = new CustomKindDiscovery(path -> {
            asked.add(path);
            if (path.contains("broken")) {
                throw new IOException("HTTP status 500");
            }
            return Optional.empty();
        });
        try (CustomKindWatches watches = new CustomKindWatches(
                List.of(kind("broken.example"), kind("absent.example")),
                discovery,
                served -> {
                    throw new AssertionError(served + " is not served");
                },
                Clock.systemUTC())) {
            assertThat(watches.hasSynced()).as("before anything was asked").isFalse();
            watches.start();
            while (!watches.hasSynced()) {
                Thread.sleep(10);
            }
            assertThat(asked).contains("apis/broken.example", "apis/absent.example");
        }
    }
}
