package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.Installed.Site;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The scan misses nothing, whatever happens to its watches. */
class ScanOutageIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void whatHappensWhileWatchesExpireOrAreTooOldIsSeen() throws IOException {
        try (Site site = new Site(Installed.programs(), Map.of())) {
            ControlPlane plane = site.plane();
            try (Replica console = Replica.start(
                    plane, site.directory(), Replica.NAMESPACE, "bulkhead-console", "console", Map.of())) {
                ControlPlane.await("the console", console::isReady);
                double before = ScanIT.denied(console);
                plane.apply(ScanIT.DEPLOYMENT.formatted("first"));
                ControlPlane.await("the first", PATIENCE, () -> ScanIT.denied(console) == before + 1);

                // Every watch ends after seconds, and a revision that is seconds old is gone.
                console.pause();
                plane.kubectl("-n", "kube-system", "delete", "deployment", "first");
                plane.apply(ScanIT.DEPLOYMENT.formatted("second"));
                plane.apply(ScanIT.DEPLOYMENT.formatted("third"));
                plane.restartApiServerWith("--min-request-timeout=3");
                plane.restartApiServerWith("--etcd-compaction-interval=1s");
                ControlPlane.await("the compaction", () -> compacted(plane));
                console.resume();
                ControlPlane.await("two instead of one", PATIENCE, () -> ScanIT.denied(console) == before + 2);

                plane.kubectl("-n", "kube-system", "delete", "deployment", "second", "third");
                ControlPlane.await("none", PATIENCE, () -> ScanIT.denied(console) == before);
                assertThat(console.isReady()).isTrue();
            }
        }
    }

    /** Whether the first revisions are gone, so that a watch that starts there is answered 410. */
    private static boolean compacted(ControlPlane plane) {
        return plane.kubectl("get", "--raw", "/api/v1/pods?resourceVersion=1&resourceVersionMatch=Exact&limit=1")
                .err()
                .contains("(Expired)");
    }
}
