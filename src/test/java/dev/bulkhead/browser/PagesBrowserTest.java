package dev.bulkhead.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.bulkhead.app.console.page.DemoConsole;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What people do with the pages, in a browser. */
@ExtendWith(Chromium.class)
class PagesBrowserTest {
    private static final List<String> PAGES = List.of(
            "/",
            "/workloads",
            "/workloads?layer=host&namespace=build",
            "/workloads/build/Deployment/gitlab-runner",
            "/workloads/monitoring/DaemonSet/node-exporter",
            "/preview",
            "/preview?profile=restricted",
            "/exemptions",
            "/refusals",
            "/policies",
            "/playground",
            "/sign-in",
            "/nothing/here");

    private static DemoConsole console;

    @BeforeAll
    static void start() throws IOException {
        console = DemoConsole.start();
    }

    @AfterAll
    static void stop() {
        console.close();
    }

    private static Page at(BrowserContext browser, String path) {
        Page page = browser.newPage();
        page.navigate(console.url(path));
        return page;
    }

    @Test
    void fixOfTheWorstWorkloadIsTwoClicksAway(BrowserContext browser) {
        browser.grantPermissions(List.of("clipboard-read", "clipboard-write"));
        Page page = at(browser, "/");

        page.locator(".worst-list a").first().click();
        page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Copy"))
                .first()
                .click();

        assertThat(page.getByText("Copied")).isVisible();
        assertThat((String) page.evaluate("navigator.clipboard.readText()"))
                .contains("  template:", "-          privileged: true");
    }

    @Test
    void previewLeadsToAFileOfExemptions(BrowserContext browser) throws IOException {
        Page page = at(browser, "/");
        page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("Preview")).click();
        page.getByLabel("Enforce", new Page.GetByLabelOptions().setExact(true)).selectOption("restricted");
        page.getByLabel("In", new Page.GetByLabelOptions().setExact(true)).selectOption("shop");
        page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Preview"))
                .click();

        assertThat(page.locator("h1")).containsText("Of 7 workloads, 4 would be denied");
        assertThat(page.url()).contains("/preview?profile=restricted&namespace=shop");
        Download download =
                page.waitForDownload(() -> page.getByText("Download exemptions").click());
        assertThat(download.suggestedFilename()).isEqualTo("exemptions.yaml");
        assertThat(Files.readString(download.path())).contains("kind: Exemption", "namespaces: [shop]");
    }

    @Test
    void refusalsAndUnusedExemptionsAreOneClickAway(BrowserContext browser) {
        Page page = at(browser, "/");
        page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("Refusals"))
                .click();
        assertThat(page.locator("tbody tr").nth(1)).containsText("grace@example.com");
        assertThat(page.locator("tbody tr").nth(1)).containsText("must not set securityContext.privileged=true");

        page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("Exemptions"))
                .click();
        assertThat(page.locator(".cards > li").first()).containsText("fluentd-logs");
        assertThat(page.locator(".cards > li").first()).containsText("unused");
    }

    @Test
    void teamMemberSeesHerNamespacesOnly(BrowserContext browser) throws IOException {
        try (DemoConsole hers = DemoConsole.startFor("shop")) {
            Page page = browser.newPage();
            page.navigate(hers.url("/"));
            assertThat(page.locator("h1")).containsText("7 workloads");
            assertThat(page.locator("body")).not().containsText("gitlab-runner");
            assertThat(page.navigate(hers.url("/workloads/build/Deployment/gitlab-runner"))
                            .status())
                    .isEqualTo(404);
            assertThat(page.locator("h1")).hasText("There is nothing here");
        }
    }

    @Test
    void keyboardAloneFindsAWorkload(BrowserContext browser) {
        Page page = at(browser, "/workloads");
        page.keyboard().press("Tab");
        assertThat(page.getByText("Skip to the content")).isFocused();
        page.keyboard().press("Enter");
        page.keyboard().press("Tab");
        page.keyboard().press("Tab");
        assertThat(page.getByLabel("Search")).isFocused();

        page.keyboard().type("gitlab");

        assertThat(page.locator("h1")).containsText("1 of 42 workloads like that");
        assertThat(page.getByLabel("Search")).isFocused();
        page.waitForURL("**/workloads?q=gitlab**");
        page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("gitlab-runner"))
                .focus();
        page.keyboard().press("Enter");
        assertThat(page.locator("h1")).containsText("gitlab-runner would be denied today");
        page.goBack();
        assertThat(page.getByLabel("Search")).hasValue("gitlab");
    }

    @Test
    void everythingReadsWithoutScript(BrowserContext browser) {
        browser.route("**/*.js", route -> route.abort());
        Page page = at(browser, "/workloads");
        page.getByLabel("Namespace", new Page.GetByLabelOptions().setExact(true))
                .selectOption("erp");
        page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Filter"))
                .click();

        assertThat(page.locator("h1")).containsText("4 of 42 workloads");
        assertThat(page.getByText("Copy")).hasCount(0);
    }

    @Test
    void playgroundAnswersWithLinesAndWhatToWrite(BrowserContext browser) {
        Page page = at(browser, "/playground");
        page.getByLabel("Evaluate by").selectOption("least-privilege");
        page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Check")).click();

        assertThat(page.locator("h1")).hasText("No, it would be denied.");
        assertThat(page.locator(".at-deny").last()).containsText("privileged: true");
        assertThat(page.locator(".l-removed")).containsText("privileged: true");
    }

    @Test
    void nothingIsWiderThanAPhone(BrowserContext browser) {
        Page page = browser.newPage();
        page.setViewportSize(390, 844);
        for (String path : PAGES) {
            page.navigate(console.url(path));
            assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
                    .as(path)
                    .isLessThanOrEqualTo(390);
        }
    }

    @Test
    void pagesAreAccessibleInLightAndDark(BrowserContext browser) {
        Page page = browser.newPage();
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            for (String path : PAGES) {
                page.navigate(console.url(path));
                assertThat(new AxeBuilder(page)
                                .analyze().getViolations().stream()
                                        .filter(violation ->
                                                List.of("serious", "critical").contains(violation.getImpact()))
                                        .map(violation -> violation.getId() + ": "
                                                + violation.getNodes().get(0).getHtml())
                                        .toList())
                        .as("%s %s", path, scheme)
                        .isEmpty();
            }
        }
    }

    @Test
    void noPageBreaksTheSecurityPolicyOrAsksAnotherHost(BrowserContext browser) {
        Page page = browser.newPage();
        List<String> errors = new ArrayList<>();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && !message.text().contains("404")) {
                errors.add(message.text());
            }
        });
        page.onPageError(errors::add);
        page.onRequest(request -> {
            if (!request.url().startsWith(console.url("/"))) {
                errors.add(request.url());
            }
        });
        for (String path : PAGES) {
            page.navigate(console.url(path));
        }
        page.navigate(console.url("/"));
        assertThat(page.locator("#trend canvas")).isVisible();
        assertThat(errors).isEmpty();
    }
}
