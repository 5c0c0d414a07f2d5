package dev.bulkhead.app.console.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.engine.evaluation.Evaluations;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConsolePagesTest {
    private static final Pattern LINK = Pattern.compile("(?:href|action)=\"(/[^\"]*)\"");
    private static final Viewer ADMIN = new Viewer("ada", true, Set.of(), "token-of-form", Optional.empty());

    private final ConsolePages pages = new ConsolePages(DemoCluster.at(Evaluations.NOW), file -> "/assets/" + file);

    private static PageRequest request(String address, Viewer viewer) {
        URI uri = URI.create(address);
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (String pair : Optional.ofNullable(uri.getRawQuery()).orElse("").split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.computeIfAbsent(decoded(pair.substring(0, equals)), name -> new ArrayList<>())
                        .add(decoded(pair.substring(equals + 1)));
            }
        }
        return new PageRequest(uri.getPath(), query, Map.of(), viewer, false);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private String page(String address) {
        PageAnswer answer = pages.answer(request(address, ADMIN));
        assertThat(answer.status()).as(address).isEqualTo(200);
        return answer.body();
    }

    @Test
    void everyLinkOfEveryPageLeadsToAPage() {
        Deque<String> left = new ArrayDeque<>(List.of("/"));
        Set<String> seen = new TreeSet<>(left);
        while (!left.isEmpty()) {
            String body = page(left.pop());
            Matcher link = LINK.matcher(body);
            while (link.find()) {
                String address = link.group(1).replace("&amp;", "&");
                if (!address.startsWith("/assets/") && !address.equals("/sign-out") && seen.add(address)) {
                    left.push(address);
                }
            }
        }
        assertThat(seen).contains("/workloads", "/workloads/build/Deployment/gitlab-runner");
    }

    @Test
    void overviewSaysFirstHowManyAreContained() {
        assertThat(page("/"))
                .contains(
                        "<h1><a href=\"/workloads?verdict=admitted\">25</a> of <a href=\"/workloads\">42 workloads</a>"
                                + " hold every layer that their policies require. <a href=\"/workloads?verdict=denied\""
                                + " class=\"danger\">17</a> would be denied today.</h1>");
    }

    @Test
    void listIsFilteredByWhatTheAddressSays() {
        String body = page("/workloads?namespace=build&verdict=denied&rule=runtimeSocket");

        assertThat(body).contains("gitlab-runner", "image-prepuller").doesNotContain(">buildkitd<", ">checkout-api<");
        assertThat(page("/workloads?q=CHECKOUT")).contains(">checkout-api<").doesNotContain(">ledger<");
        assertThat(page("/workloads?label=team%3Derp")).contains(">tomcat<").doesNotContain(">ledger<");
        assertThat(page("/workloads?q=nothing-like-it")).contains("No workload matches");
    }

    @Test
    void partOfAPageHasItsFirstLineAndItsListOnly() {
        PageRequest whole = request("/workloads?namespace=build", ADMIN);
        String part = pages.answer(new PageRequest(whole.path(), whole.query(), Map.of(), ADMIN, true))
                .body();

        assertThat(part).contains("<h1>5 of 42", "id=\"list\"").doesNotContain("<html", "<form");
    }

    @Test
    void workloadShowsWhatToChangeAndWhatToExempt() {
        String body = page("/workloads/build/Deployment/gitlab-runner");

        assertThat(body)
                .contains(
                        "<span class=\"l-removed\">-      - name: docker",
                        "<span class=\"l-added\">+          allowPrivilegeEscalation: false",
                        "kind: Exemption",
                        "/spec/template/spec/volumes/0/hostPath");
    }

    @Test
    void secretsAreNotShown() {
        assertThat(page("/workloads/payments/Deployment/ledger"))
                .contains("DATABASE_URL")
                .doesNotContain("correct-horse");
        assertThat(page("/workloads/erp/Deployment/report-mailer")).doesNotContain("Winter2024");
    }

    @Test
    void viewerSeesNothingOfOtherNamespaces() {
        Viewer team = new Viewer("grace", false, Set.of("shop"), "", Optional.empty());
        String overview = pages.answer(request("/", team)).body();
        String list = pages.answer(request("/workloads", team)).body();

        assertThat(overview).contains(">7 workloads</a>").doesNotContain("payments", "gitlab-runner", "jupyterhub");
        assertThat(list).contains("storefront").doesNotContain("payments", "build", "gitlab");
        PageAnswer other = pages.answer(request("/workloads/build/Deployment/gitlab-runner", team));
        PageAnswer none = pages.answer(request("/workloads/nowhere/Deployment/nothing", team));
        assertThat(other.status()).isEqualTo(404);
        assertThat(other.body()).isEqualTo(none.body());
    }

    @Test
    void strangerGetsAFormAndNoNavigation() {
        PageAnswer form = pages.signIn(Optional.of("The token is expired."), "/workloads?layer=host");

        assertThat(form.status()).isEqualTo(401);
        assertThat(form.body())
                .contains("The token is expired.", "value=\"/workloads?layer=host\"")
                .doesNotContain(">Workloads<", "gitlab-runner");
    }
}
