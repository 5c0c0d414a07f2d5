package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.bulkhead.browser.Chromium;
import dev.bulkhead.browser.Screenshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Takes the screenshots of the documentation, on the scan of a cluster; CONTRIBUTING.md has the command. */
@ExtendWith(Chromium.class)
class ConsoleScreenshots {
    private static final Path DIRECTORY = Path.of("docs/screenshots");
    private static final int MOST_BYTES = 150_000;

    /** By namespace and name: what is changed in the container of that name. */
    private static final Map<String, String> MENDED = new TreeMap<>(Map.of(
            "payments/fraud-scoring", "{\"securityContext\":{\"runAsUser\":10001}}",
            "payments/ledger", "{\"env\":[{\"name\":\"DATABASE_URL\",\"$patch\":\"delete\"}]}",
            "data/airflow", "{\"env\":[{\"name\":\"AIRFLOW__CORE__FERNET_KEY\",\"$patch\":\"delete\"}]}"));

    @Test
    void take(BrowserContext browser) throws IOException, InterruptedException {
        Files.createDirectories(DIRECTORY);
        try (CarelessCluster cluster = CarelessCluster.start(Installed.programs())) {
            cluster.plane()
                    .kubectl("create", "clusterrolebinding", "ada", "--clusterrole=view", "--user=ada@example.com");
            mendSome(cluster);
            Page page = browser.newPage();
            page.navigate(cluster.url("/"));
            page.getByLabel("Kubernetes token").fill(ControlPlane.ADA);
            page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Sign in"))
                    .click();
            page.waitForLoadState();
            Camera camera = new Camera(page, cluster);
            camera.take("/", 1180, 900, ColorScheme.LIGHT, "overview");
            camera.take("/", 1180, 900, ColorScheme.DARK, "overview-dark");
            camera.take("/workloads", 1180, 780, ColorScheme.LIGHT, "workloads");
            camera.take("/workloads/driftwood/Deployment/web", 1180, 960, ColorScheme.LIGHT, "workload");
            camera.take("/preview?profile=least-privilege", 1180, 860, ColorScheme.LIGHT, "preview");
            camera.take("/exemptions", 1180, 760, ColorScheme.LIGHT, "exemptions");
            camera.take("/", 390, 844, ColorScheme.LIGHT, "phone");
        }
    }

    /** Takes minutes, so that the trend has some samples. */
    private static void mendSome(CarelessCluster cluster) throws InterruptedException {
        for (Map.Entry<String, String> mended : MENDED.entrySet()) {
            TimeUnit.SECONDS.sleep(61);
            cluster.mend(mended.getKey(), mended.getValue());
        }
        TimeUnit.SECONDS.sleep(20);
    }

    private record Camera(Page page, CarelessCluster cluster) {
        void take(String path, int width, int height, ColorScheme scheme, String name) throws IOException {
            page.setViewportSize(width, height);
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            page.navigate(cluster.url(path));
            page.waitForLoadState();
            Path file = DIRECTORY.resolve(name + ".png");
            Screenshot.write(page.screenshot(), file);
            assertThat(Files.size(file)).as(name).isLessThan(MOST_BYTES);
        }
    }
}
