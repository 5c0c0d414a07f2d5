package dev.bulkhead.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByLabelOptions;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.AriaRole;
import dev.bulkhead.browser.Chromium;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What people do with the console, in a browser, on the scan of a cluster. */
@ExtendWith(Chromium.class)
class ConsoleJourneysIT {
    private static final List<String> PAGES = List.of(
            "/",
            "/workloads",
            "/workloads?layer=host&namespace=build",
            "/workloads/driftwood/Deployment/web",
            "/workloads/monitoring/DaemonSet/node-exporter",
            "/preview?profile=restricted",
            "/exemptions",
            "/refusals",
            "/policies",
            "/playground");

    private static CarelessCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = CarelessCluster.start(Installed.programs());
    }

    @AfterAll
    static void stop() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
    }

    private static Page signedIn(BrowserContext browser, String token) {
        Page page = browser.newPage();
        page.navigate(cluster.url("/"));
        page.getByLabel("Kubernetes token").fill(token);
        page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Sign in"))
                .click();
        assertThat(page.getByRole(AriaRole.HEADING, new GetByRoleOptions().setLevel(1)))
                .containsText("workload");
        return page;
    }

    private static void open(Page page, String link) {
        page.getByRole(AriaRole.NAVIGATION)
                .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(link))
                .click();
    }

    private static Locator driftwood(Page page) {
        return page.locator(".worst-list a").filter(new Locator.FilterOptions().setHasText("driftwood"));
    }

    @Test
    void fixOfTheWorstWorkloadIsTwoClicksAway(BrowserContext browser) {
        browser.grantPermissions(List.of("clipboard-read", "clipboard-write"));
        Page page = signedIn(browser, ControlPlane.ADMIN);
        assertThat(driftwood(page)).containsText("root on the node");

        driftwood(page).click();
        page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Copy"))
                .first()
                .click();

        assertThat(page.getByText("Copied")).isVisible();
        assertThat((String) page.evaluate("navigator.clipboard.readText()"))
                .contains(
                        "-          path: /var/run/docker.sock",
                        "-          privileged: true",
                        "+          privileged: false");
    }

    @Test
    void previewLeadsToExemptionsThatTheClusterAccepts(BrowserContext browser) throws IOException {
        Page page = signedIn(browser, ControlPlane.ADMIN);
        open(page, "Preview");
        page.getByLabel("Enforce", new GetByLabelOptions().setExact(true)).selectOption("restricted");
        page.getByLabel("In", new GetByLabelOptions().setExact(true)).selectOption("erp");
        page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Preview"))
                .click();
        assertThat(page.locator("h1")).containsText("would be denied");
        assertThat(page.locator("#denied")).isVisible();

        Download download =
                page.waitForDownload(() -> page.getByText("Download exemptions").click());
        String proposed = Files.readString(download.path());
        cluster.plane()
                .apply(proposed.replaceAll("(?m)^(  reason:).*", "$1 \"moves to the new platform in spring\"")
                        .replaceAll("(?m)^(  owner:).*", "$1 erp@example.com"));

        String preview = page.url();
        ControlPlane.await("a preview in which none is denied", () -> {
            page.navigate(preview);
            return page.locator("#denied").count() == 0;
        });
        open(page, "Exemptions");
        assertThat(page.locator(".cards")).containsText("erp@example.com");
    }

    @Test
    void whoWasRefusedAndWhyIsOneClickAway(BrowserContext browser) {
        Page page = signedIn(browser, ControlPlane.ADMIN);
        page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("grace@example.com"))
                .click();

        assertThat(page.locator("h1")).containsText("in the last hour");
        Locator row = page.locator("tbody tr")
                .filter(new Locator.FilterOptions().setHasText("debug-shell"))
                .first();
        assertThat(row).containsText("grace@example.com");
        assertThat(row).containsText("privileged");
        assertThat(page.locator("tbody")).not().containsText("video-resizer");
        page.getByText("Show all").first().click();
        assertThat(page.locator("tbody")).containsText("argocd-application-controller");
    }

    @Test
    void unusedExemptionComesFirst(BrowserContext browser) {
        Page page = signedIn(browser, ControlPlane.ADMIN);
        open(page, "Exemptions");

        Locator unused = page.locator(".cards > li").first();
        assertThat(unused).containsText("fluentd-logs");
        assertThat(unused).containsText("nothing that runs now: it can go");
        assertThat(page.locator(".cards > li")
                        .filter(new Locator.FilterOptions().setHasText("Listens on the node's ports")))
                .containsText("would be denied without it");
    }

    @Test
    void teamMemberSeesHerNamespaceOnly(BrowserContext browser) {
        Page page = signedIn(browser, ControlPlane.ADA);
        assertThat(page.locator("h1")).containsText("7 workloads");
        for (String path : PAGES) {
            Response answer = page.navigate(cluster.url(path));
            assertThat(answer.status()).as(path).isIn(200, 404);
            assertThat(page.locator("body")).not().containsText("gitlab-runner");
            assertThat(page.locator("body")).not().containsText("docker.sock");
        }
        assertThat(page.navigate(cluster.url("/workloads/driftwood/Deployment/web"))
                        .status())
                .isEqualTo(404);
        assertThat(page.locator("h1")).hasText("There is nothing here");
    }

    @Test
    void strangerSeesTheSignInPageOnly(BrowserContext browser) {
        Page page = browser.newPage();
        for (String path : PAGES) {
            assertThat(page.navigate(cluster.url(path)).status()).as(path).isEqualTo(401);
            assertThat(page.locator("h1")).hasText("Sign in");
            assertThat(page.locator("body")).not().containsText("driftwood");
        }
        page.getByLabel("Kubernetes token").fill("guessed");
        page.keyboard().press("Enter");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("does not know this token");
    }

    @Test
    void keyboardAloneSignsInAndCopiesAFix(BrowserContext browser) {
        browser.grantPermissions(List.of("clipboard-read", "clipboard-write"));
        Page page = browser.newPage();
        page.navigate(cluster.url("/workloads"));
        tabTo(page, page.getByLabel("Kubernetes token"));
        page.keyboard().type(ControlPlane.ADMIN);
        page.keyboard().press("Enter");
        assertThat(page).hasURL(cluster.url("/workloads"));

        tabTo(page, page.getByLabel("Search"));
        page.keyboard().type("gitlab");
        assertThat(page.locator("h1")).containsText("1 of ");
        tabTo(page, page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("gitlab-runner")));
        page.keyboard().press("Enter");
        assertThat(page.locator("h1")).containsText("gitlab-runner would be denied today");
        tabTo(
                page,
                page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Copy"))
                        .first());
        page.keyboard().press("Enter");
        assertThat((String) page.evaluate("navigator.clipboard.readText()")).contains("docker.sock");

        page.keyboard().press("Shift+Tab");
        tabBackTo(page, page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Sign out")));
        page.keyboard().press("Enter");
        assertThat(page.locator("h1")).hasText("Sign in");
    }

    private static void tabTo(Page page, Locator target) {
        press(page, "Tab", target);
    }

    private static void tabBackTo(Page page, Locator target) {
        press(page, "Shift+Tab", target);
    }

    private static void press(Page page, String key, Locator target) {
        for (int i = 0; i < 80; i++) {
            if (Boolean.TRUE.equals(target.evaluate("element => element === document.activeElement"))) {
                return;
            }
            page.keyboard().press(key);
        }
        throw new AssertionError("the keyboard does not lead to " + target);
    }

    @Test
    void phoneShowsEveryPageWithinItsWidth(BrowserContext browser) {
        Page page = signedIn(browser, ControlPlane.ADMIN);
        page.setViewportSize(390, 844);
        for (String path : PAGES) {
            page.navigate(cluster.url(path));
            assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
                    .as(path)
                    .isLessThanOrEqualTo(390);
        }
        page.navigate(cluster.url("/"));
        driftwood(page).click();
        assertThat(page.locator("#diff")).isVisible();
    }

    /** Those that show most of what a cluster has; PagesBrowserTest has every page checked. */
    @Test
    void pagesAreAccessible(BrowserContext browser) {
        Page page = signedIn(browser, ControlPlane.ADMIN);
        for (String path : List.of("/", "/workloads/driftwood/Deployment/web", "/refusals", "/policies")) {
            page.navigate(cluster.url(path));
            assertThat(new AxeBuilder(page)
                            .analyze().getViolations().stream()
                                    .filter(violation ->
                                            List.of("serious", "critical").contains(violation.getImpact()))
                                    .map(violation -> violation.getId() + ": "
                                            + violation.getNodes().get(0).getHtml())
                                    .toList())
                    .as(path)
                    .isEmpty();
        }
    }
}
