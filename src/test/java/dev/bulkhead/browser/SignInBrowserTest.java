package dev.bulkhead.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import dev.bulkhead.app.console.StrangerPages;
import dev.bulkhead.app.console.TestConsole;
import dev.bulkhead.app.console.access.ApiServerReviews;
import dev.bulkhead.app.console.access.ClusterAccess;
import dev.bulkhead.app.console.access.Identity;
import dev.bulkhead.app.console.access.LaptopAccess;
import dev.bulkhead.app.console.access.NamespaceAccess;
import dev.bulkhead.app.console.page.PageAnswer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What only a browser can show: that it keeps the cookies, and from whom. */
@ExtendWith(Chromium.class)
class SignInBrowserTest {
    private static final String TOKEN = "adas-token";

    private static final ApiServerReviews REVIEWS = new ApiServerReviews() {
        @Override
        public Optional<Identity> owner(String token) {
            return token.equals(TOKEN) ? Optional.of(Identity.of("ada", List.of())) : Optional.empty();
        }

        @Override
        public boolean mayListPods(Identity identity, Optional<String> namespace) {
            return namespace.equals(Optional.of("shop"));
        }
    };

    private static final StrangerPages STRANGERS = new StrangerPages() {
        @Override
        public PageAnswer signIn(Optional<String> problem, String next) {
            return PageAnswer.html(
                    200,
                    "<!doctype html><title>Sign in</title><form method=post action=/sign-in>"
                            + "<input type=password name=bearer><input type=hidden name=next value=\"" + next
                            + "\"><button>Sign in</button></form>");
        }

        @Override
        public PageAnswer failure(int status, String title, String sentence) {
            return PageAnswer.html(status, "<!doctype html><title>" + title + "</title>" + sentence);
        }
    };

    private static TestConsole cluster() throws IOException {
        Clock clock = Clock.systemUTC();
        return TestConsole.start(
                new ClusterAccess(
                        new ClusterAccess.Settings(Duration.ofHours(8), Duration.ofHours(1), Optional.empty(), true),
                        REVIEWS,
                        new NamespaceAccess(REVIEWS, () -> List.of("shop", "bank"), clock),
                        clock),
                request -> PageAnswer.html(
                        200,
                        "<!doctype html><title>For " + request.viewer().name() + "</title>"
                                + "<p>" + request.viewer().namespaces() + "</p>"
                                + "<script>document.title = 'inline script ran'</script>"
                                + "<form method=post action=/sign-out><input type=hidden name=token value=\""
                                + request.viewer().formToken() + "\"><button>Sign out</button></form>"),
                STRANGERS);
    }

    /** Browsers take a Secure cookie with a host prefix from localhost without TLS, as kubectl port-forward reaches it. */
    @Test
    void keepsTheSessionOfSomebodyWhoSignsInThroughAPortForward(BrowserContext browser) throws IOException {
        try (TestConsole console = cluster()) {
            String url = "http://localhost:" + console.port();
            Page page = browser.newPage();
            Response first = page.navigate(url + "/workloads");
            assertThat(first.status()).isEqualTo(401);

            page.fill("input[name=bearer]", TOKEN);
            page.click("button");
            assertThat(page.url()).isEqualTo(url + "/workloads");
            assertThat(page.title()).as("no inline script runs").isEqualTo("For ada");
            assertThat(page.textContent("p")).isEqualTo("[shop]");
            assertThat(page.evaluate("document.cookie"))
                    .as("no script reads it")
                    .isEqualTo("");
            assertThat(browser.cookies()).singleElement().satisfies(cookie -> {
                assertThat(cookie.name).isEqualTo("__Host-bulkhead");
                assertThat(cookie.httpOnly).isTrue();
                assertThat(cookie.secure).isTrue();
            });

            page.click("button");
            assertThat(page.title()).isEqualTo("Sign in");
        }
    }

    @Test
    void takesNoFormFromAPageOfAnotherPort(BrowserContext browser) throws IOException {
        try (TestConsole console = cluster();
                TestConsole other =
                        TestConsole.start(new LaptopAccess("other"), request -> PageAnswer.html(200, ""), STRANGERS)) {
            Page page = browser.newPage();
            page.navigate("http://localhost:" + console.port() + "/");
            page.fill("input[name=bearer]", TOKEN);
            page.click("button");

            // Two ports of a host are one site, to which cookies go.
            page.navigate("http://localhost:" + other.port() + "/");
            Object read = page.evaluate(
                    "url => fetch(url, {credentials: 'include'}).then(r => r.text(), e => 'refused')",
                    "http://localhost:" + console.port() + "/");
            assertThat(read).isEqualTo("refused");
            Page form = browser.newPage();
            form.navigate("http://localhost:" + other.port() + "/");
            Object status = form.evaluate(
                    "url => fetch(url, {method: 'POST', mode: 'no-cors', credentials: 'include',"
                            + " headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: 'token=x'})"
                            + ".then(r => r.type, e => 'refused')",
                    "http://localhost:" + console.port() + "/sign-out");
            assertThat(status).isIn("opaque", "refused");
            Response sent = page.navigate("http://localhost:" + console.port() + "/");
            assertThat(sent.status()).as("still signed in").isEqualTo(200);
        }
    }

    @Test
    void opensTheLinkOfALaptopOnce(BrowserContext browser) throws IOException {
        LaptopAccess access = new LaptopAccess("kind");
        try (TestConsole console = TestConsole.start(
                access,
                request -> PageAnswer.html(
                        200, "<!doctype html><title>" + request.viewer().name() + "</title>"),
                STRANGERS)) {
            access.listensOn(console.port(), link -> {});
            String url = "http://127.0.0.1:" + console.port();
            String link = access.link();
            Page page = browser.newPage();
            page.navigate(url + link);
            assertThat(page.url()).isEqualTo(url + "/");
            assertThat(page.title()).isEqualTo("kind");
            assertThat(page.navigate(url + link).status()).isEqualTo(403);
            assertThat(page.navigate(url + "/").status()).isEqualTo(200);
        }
    }
}
