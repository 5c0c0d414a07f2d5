package dev.bulkhead.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.console.access.Access;
import dev.bulkhead.app.console.access.ClientRequest;
import dev.bulkhead.app.console.access.ConsoleAccess;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.page.PageAnswer;
import dev.bulkhead.app.console.page.PageRequest;
import dev.bulkhead.app.listener.OwnListener;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleRequestsTest {
    private static final String OWN_PAGE = "Sec-Fetch-Site: same-origin";
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded";
    private static final String ADA = "Cookie: session=ada";

    private final LinkedBlockingQueue<PageRequest> asked = new LinkedBlockingQueue<>();
    private final AtomicInteger looks = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);

    private final ConsoleRequests requests = new ConsoleRequests(
            new ConsoleRequests.Limits(1, 100_000, Duration.ofSeconds(5), Duration.ofSeconds(2)),
            new CookieAccess(),
            this::answer,
            new StrangerPages() {
                @Override
                public PageAnswer signIn(Optional<String> problem, String next) {
                    return PageAnswer.html(200, "sign in, then " + next + problem.orElse(""));
                }

                @Override
                public PageAnswer failure(int status, String title, String sentence) {
                    return PageAnswer.html(status, title);
                }
            },
            new ConsoleAssets(),
            looks::incrementAndGet);

    private final OwnListener listener = OwnListener.create(
            new OwnListener.Options("127.0.0.1", 0, 20, 8192, Optional.empty()), new OwnListener.Handlers() {
                private final ConsoleRequests.Carrier carrier = new ConsoleRequests.Carrier() {
                    @Override
                    public void admit(HttpConnection connection, Viewer viewer) {
                        throw new IllegalStateException("there is no API here");
                    }

                    @Override
                    public void end(HttpServerRequest request, boolean answered, long start) {
                        listener.end(request.connection());
                    }
                };

                @Override
                public void handle(HttpServerRequest request) {
                    requests.handle(request, carrier);
                }

                @Override
                public void refuseUnreadable(HttpServerRequest request) {
                    requests.refuseUnreadable(request, carrier);
                }
            });

    /** Knows who somebody is by a cookie, and a form by the token {@code own}. */
    private static final class CookieAccess implements ConsoleAccess {
        @Override
        public Optional<Access.Refused> refusal(ClientRequest request) {
            return request.isForLoopback() ? Optional.empty() : Optional.of(new Access.Refused(421, "Wrong host", "…"));
        }

        @Override
        public boolean isPlausible(ClientRequest request) {
            return !request.cookies("session").isEmpty();
        }

        @Override
        public Access of(ClientRequest request) {
            if (request.cookies("session").contains("broken")) {
                throw new IllegalStateException("a secret value");
            }
            return request.cookies("session").stream()
                    .findFirst()
                    .<Access>map(name ->
                            new Access.Granted(new Viewer(name, false, Set.of("shop"), "own", Optional.empty())))
                    .orElseGet(() -> new Access.SignInNeeded(401, Optional.empty()));
        }

        @Override
        public boolean isByToken(ClientRequest request) {
            return false;
        }

        @Override
        public Access signIn(ClientRequest request, Map<String, List<String>> form) {
            return form.getOrDefault("bearer", List.of()).contains("good")
                    ? new Access.Redirected("", Optional.of("session=ada"))
                    : new Access.SignInNeeded(401, Optional.of(" no"));
        }

        @Override
        public Access signOut(ClientRequest request) {
            return new Access.Redirected("/", Optional.of("session="));
        }

        @Override
        public boolean isOwnForm(ClientRequest request, Map<String, List<String>> form) {
            return form.getOrDefault("token", List.of()).contains("own");
        }
    }

    private PageAnswer answer(PageRequest request) {
        asked.add(request);
        boolean slow = request.form().getOrDefault("pace", List.of()).contains("slow");
        switch (slow ? "/slow" : request.path()) {
            case "/broken" -> throw new IllegalStateException("a secret value");
            case "/worse" -> throw new NoClassDefFoundError("a secret value");
            case "/slow" -> {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            case "/file" -> {
                return PageAnswer.yaml("a\"\r\nb.yaml", "x: 1");
            }
            case "/long" -> {
                return PageAnswer.html(200, "long ".repeat(1000));
            }
            default -> {}
        }
        return PageAnswer.html(200, "page of " + request.viewer().name());
    }

    @BeforeEach
    void listen() throws IOException {
        listener.listen();
    }

    @AfterEach
    void stop() {
        release.countDown();
        listener.close(Duration.ofSeconds(1));
        requests.close();
    }

    private RawExchange get(String target, String... headers) throws IOException {
        return RawExchange.send(listener.port(), "GET", target, "", headers);
    }

    private RawExchange post(String target, String body, String... headers) throws IOException {
        return RawExchange.send(listener.port(), "POST", target, body, headers);
    }

    @Test
    void givesAPageWithStrictHeaders() throws IOException {
        RawExchange page = get("/workloads?ns=shop&ns=b%20c", ADA);

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body()).isEqualTo("page of ada");
        assertThat(page.header("content-security-policy"))
                .contains("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                        + " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
        assertThat(page.header("cache-control")).contains("no-store");
        assertThat(page.header("x-content-type-options")).contains("nosniff");
        assertThat(page.header("x-frame-options")).contains("DENY");
        assertThat(page.header("referrer-policy")).contains("same-origin");
        assertThat(page.header("cross-origin-opener-policy")).contains("same-origin");
        assertThat(page.header("cross-origin-resource-policy")).contains("same-origin");
        assertThat(page.header("content-type")).contains("text/html; charset=utf-8");
        assertThat(asked.remove().query()).containsEntry("ns", List.of("shop", "b c"));
        assertThat(looks).hasValue(1);
    }

    @Test
    void sendsAStrangerToTheSignInPageWithTheSameHeaders() throws IOException {
        RawExchange page = get("/workloads?ns=shop");

        assertThat(page.status()).isEqualTo(401);
        assertThat(page.body()).isEqualTo("sign in, then /workloads?ns=shop");
        assertThat(page.header("content-security-policy")).isPresent();
        assertThat(page.header("cache-control")).contains("no-store");
        assertThat(asked).isEmpty();
        assertThat(looks).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/workloads", "/assets/console.css", "/sign-in", "/api/v1/workloads"})
    void refusesAnotherNameOfTheHostEverywhere(String path) throws IOException {
        assertThat(get(path, ADA, "Host: attacker.example").status()).isEqualTo(421);
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Sec-Fetch-Site: cross-site, 403",
        "Sec-Fetch-Site: same-site, 403",
        "Sec-Fetch-Site: none, 403",
        "Origin: https://attacker.example, 403",
        "Origin: null, 403",
        "X-Nothing: 1, 403",
        "Sec-Fetch-Site: same-origin, 200",
    })
    void takesAFormFromItsOwnPagesOnly(String header, int status) throws IOException {
        assertThat(post("/playground", "token=own&manifest=a", ADA, FORM, header)
                        .status())
                .isEqualTo(status);
        assertThat(asked).hasSize(status == 200 ? 1 : 0);
    }

    @Test
    void takesAFormWithTheTokenOfTheSessionOnly() throws IOException {
        assertThat(post("/playground", "manifest=a", ADA, FORM, OWN_PAGE).status())
                .isEqualTo(403);
        assertThat(post("/playground", "token=other&manifest=a", ADA, FORM, OWN_PAGE)
                        .status())
                .isEqualTo(403);
        assertThat(post("/sign-out", "", ADA, FORM, OWN_PAGE, "Content-Length: 0")
                        .status())
                .isEqualTo(403);
        assertThat(asked).isEmpty();
    }

    @Test
    void handsTheFieldsOfAFormOn() throws IOException {
        String manifest = "kind: Pod\nümlaut: \"&=+\"";
        post(
                "/playground",
                "token=own&manifest=" + URLEncoder.encode(manifest, StandardCharsets.UTF_8),
                ADA,
                FORM,
                OWN_PAGE);

        assertThat(asked.remove().form()).containsEntry("manifest", List.of(manifest));
    }

    @Test
    void signsInAndGoesOnToAPathOfItsOwn() throws IOException {
        RawExchange in = post("/sign-in", "bearer=good&next=%2Fworkloads%3Fns%3Dshop", FORM, OWN_PAGE);

        assertThat(in.status()).isEqualTo(303);
        assertThat(in.header("location")).contains("/workloads?ns=shop");
        assertThat(in.header("set-cookie")).contains("session=ada");
        assertThat(post("/sign-in", "bearer=bad", FORM, OWN_PAGE).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//attacker.example",
                "https://attacker.example",
                "/\\attacker.example",
                "javascript:alert(1)",
                "/a\r\nSet-Cookie: x=1",
                ""
            })
    void goesOnToNoOtherAddress(String next) throws IOException {
        RawExchange in =
                post("/sign-in", "bearer=good&next=" + URLEncoder.encode(next, StandardCharsets.UTF_8), FORM, OWN_PAGE);

        assertThat(in.header("location")).contains("/");
    }

    @Test
    void signsOut() throws IOException {
        RawExchange out = post("/sign-out", "token=own", ADA, FORM, OWN_PAGE);

        assertThat(out.status()).isEqualTo(303);
        assertThat(out.header("set-cookie")).contains("session=");
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /, 405",
        "PUT, /playground, 405",
        "POST, /workloads, 405",
        "OPTIONS, /, 405",
        "HEAD, /, 200",
    })
    void answersWhatAPageHasToBeAskedWith(String method, String path, int status) throws IOException {
        RawExchange answer = RawExchange.send(listener.port(), method, path, "", ADA, OWN_PAGE);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("allow").isPresent()).isEqualTo(status == 405);
        if (method.equals("HEAD")) {
            assertThat(answer.body()).isEmpty();
            assertThat(answer.header("content-length")).contains("11");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/%", "/%zz", "//attacker.example/", "http://localhost/", "/%00", "/a%0ab", "/%ff", "/?a=%"})
    void refusesAnAddressThatIsNotWrittenProperly(String target) throws IOException {
        assertThat(get(target, ADA).status()).isEqualTo(400);
        assertThat(asked).isEmpty();
    }

    @Test
    void refusesAnAddressThatIsTooLong() throws IOException {
        assertThat(get("/?" + "a".repeat(9000), ADA).status()).isEqualTo(400);
        assertThat(get("/?" + "a&".repeat(201), ADA).status()).isEqualTo(400);
    }

    @Test
    void refusesAFormThatIsTooLargeAndAnythingElse() throws IOException {
        String large = "token=own&manifest=" + "a".repeat(100_000);
        assertThat(post("/playground", large, ADA, FORM, OWN_PAGE).status()).isEqualTo(413);
        assertThat(post("/playground", "token=own&manifest=" + "a".repeat(40_000), FORM, OWN_PAGE)
                        .status())
                .as("of a stranger")
                .isEqualTo(413);
        assertThat(post("/playground", "{}", ADA, "Content-Type: application/json", OWN_PAGE)
                        .status())
                .isEqualTo(415);
        assertThat(post("/playground", "a", ADA, FORM, OWN_PAGE, "Content-Encoding: gzip")
                        .status())
                .isEqualTo(415);
    }

    @Test
    void countsTheMemoryOfAFormUntilItsEvaluationHasEnded() throws Exception {
        String large = "token=own&manifest=" + "a".repeat(90_000);
        Thread first = new Thread(() -> {
            try {
                RawExchange unused = post("/playground", large + "&pace=slow", ADA, FORM, OWN_PAGE);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        first.start();
        assertThat(asked.poll(10, TimeUnit.SECONDS)).isNotNull();

        RawExchange second = post("/playground", large, ADA, FORM, OWN_PAGE);
        release.countDown();
        first.join();

        assertThat(second.status()).isEqualTo(503);
        assertThat(second.header("retry-after")).isPresent();
        assertThat(asked).isEmpty();
        assertThat(post("/playground", large, ADA, FORM, OWN_PAGE).status()).isEqualTo(200);
    }

    @Test
    void compressesWhatIsLong() throws IOException {
        RawExchange compressed = get("/long", ADA, "Accept-Encoding: gzip, br");
        assertThat(compressed.bytes().length()).isLessThan(1000);
        assertThat(compressed.body()).isEqualTo("long ".repeat(1000));
        assertThat(compressed.header("vary").orElse("")).contains("Accept-Encoding");

        assertThat(get("/long", ADA).header("content-encoding")).isEmpty();
        assertThat(get("/", ADA, "Accept-Encoding: gzip").header("content-encoding"))
                .isEmpty();
    }

    @Test
    void offersAFileUnderASafeName() throws IOException {
        RawExchange file = get("/file", ADA);

        assertThat(file.header("content-disposition")).contains("attachment; filename=\"a___b.yaml\"");
        assertThat(file.header("content-type")).contains("application/yaml; charset=utf-8");
    }

    private static void assertProblem(RawExchange answer, int status) throws IOException {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("content-type")).contains("application/problem+json");
        assertThat(answer.header("cache-control")).contains("no-store");
        assertThat(answer.header("content-security-policy")).isPresent();
        assertThat(new ObjectMapper().readTree(answer.body()).get("status").asInt())
                .isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/%2e%2e/webjars/htmx.org/2.0.4/dist/htmx.min.js",
                "/api/x/../v1/check",
                "/api/v1/chec%6B",
                "/api//v1/rules",
            })
    void handsNoOtherSpellingOnToTheApi(String target) throws IOException {
        assertProblem(get(target, ADA), 404);
        assertProblem(post(target, "{}", ADA, OWN_PAGE, "Content-Type: application/json"), 404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api", "/api/openapi", "/api/v1/workloads?q=a", "/api/v1/nothing"})
    void answersAStrangerWithAProblem(String target) throws IOException {
        RawExchange answer = get(target);

        assertProblem(answer, 401);
        assertThat(answer.header("www-authenticate")).contains("Bearer");
        assertThat(RawExchange.send(listener.port(), "DELETE", target, "").status())
                .isEqualTo(401);
        assertThat(looks).hasValue(0);
    }

    @Test
    void saysThatAGivenTokenIsNotKnown() throws IOException {
        RawExchange answer = get("/api/v1/workloads", "Authorization: Bearer unknown");

        assertProblem(answer, 401);
        assertThat(answer.header("www-authenticate")).contains("Bearer error=\"invalid_token\"");
        assertThat(answer.body()).doesNotContain("unknown");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sec-Fetch-Site: cross-site", "Origin: https://attacker.example", "X-Nothing: 1"})
    void takesAManifestWithACookieFromItsOwnPagesOnly(String header) throws IOException {
        assertProblem(post("/api/v1/check", "a: 1", ADA, header), 403);
        assertProblem(post("/api/v1/check", "a: 1", ADA, header, "Content-Type: application/json"), 403);
    }

    @Test
    void answersAProblemWhateverIsWrongWithARequestForTheApi() throws IOException {
        assertProblem(get("/api/v1/workloads", "Host: attacker.example"), 421);
        assertProblem(get("/api/v1/workloads?q=%"), 400);
        assertProblem(get("/api/v1/workloads", "Cookie: session=broken"), 500);
        assertThat(get("/api/v1/workloads", "Cookie: session=broken").body()).doesNotContain("secret");
        assertProblem(get("/?" + "a".repeat(9000), ADA), 400);
    }

    @Test
    void readsTheBodyOfARequestThatItDoesNotHandOn() throws IOException {
        String body = "a".repeat(200_000);
        String first = "POST /api/v1/check HTTP/1.1\r\nHost: localhost\r\nCookie: session=broken\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(first.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: session=ada\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.UTF_8));
            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answers).startsWith("HTTP/1.1 500 ").contains("HTTP/1.1 200 ", "page of ada");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/broken", "/worse"})
    void saysNothingOfAFault(String path) throws IOException {
        RawExchange broken = get(path, ADA);

        assertThat(broken.status()).isEqualTo(500);
        assertThat(broken.body()).doesNotContain("secret");
        assertThat(broken.header("content-security-policy")).isPresent();
    }

    @Test
    void givesUpAPageThatTakesTooLongAndMakesOthersAfterwards() throws IOException {
        assertThat(get("/slow", ADA).status()).isEqualTo(503);
        assertThat(get("/", ADA).status()).isEqualTo(200);
    }

    @Test
    void servesFilesWhileNoPageCanBeMade() throws Exception {
        Thread slow = new Thread(() -> {
            try {
                RawExchange unused = get("/slow", ADA);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        slow.start();
        assertThat(asked.poll(10, TimeUnit.SECONDS)).isNotNull();

        RawExchange file = get(new ConsoleAssets().address("console.css"), "Accept-Encoding: gzip");
        release.countDown();
        slow.join();

        assertThat(file.status()).isEqualTo(200);
        assertThat(file.header("cache-control")).contains("public, max-age=31536000, immutable");
        assertThat(file.header("content-type")).contains("text/css; charset=utf-8");
        assertThat(file.header("content-encoding")).contains("gzip");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/assets/console.css",
                "/assets/console.0000000000000000.css",
                "/assets/../console.css",
                "/assets/",
                "/webjars/htmx.org/2.0.4/dist/htmx.min.js",
                "/META-INF/resources/webjars/htmx.org/2.0.4/package.json"
            })
    void servesNoOtherFile(String path) throws IOException {
        assertThat(get(path).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "HX-Request: true, X-Nothing: 1, true",
        "HX-Request: true, HX-History-Restore-Request: true, false",
        "HX-Request: true, HX-Boosted: true, false",
        "X-Nothing: 1, X-Nothing: 2, false",
    })
    void knowsWhetherAPartOfAPageIsWanted(String one, String other, boolean fragment) throws IOException {
        RawExchange unused = get("/", ADA, one, other);

        assertThat(asked.remove().fragment()).isEqualTo(fragment);
    }
}
