package dev.bulkhead.app.console.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.MovingClock;
import dev.bulkhead.engine.evaluation.Evaluations;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterAccessTest {
    private static final String SECRET = "a secret of thirty-two characters or more";
    private static final String TOKEN = "adas-token";

    private final MovingClock clock = new MovingClock(Evaluations.NOW);
    private final TestReviews reviews = new TestReviews();
    private final NamespaceAccess namespaces = new NamespaceAccess(reviews, () -> List.of("shop", "bank"), clock);
    private final ClusterAccess access =
            access(Optional.of(new TrustedProxy("X-Forwarded-User", Optional.of("X-Forwarded-Groups"), () -> SECRET)));

    private ClusterAccess access(Optional<TrustedProxy> proxy) {
        return new ClusterAccess(
                new ClusterAccess.Settings(Duration.ofHours(8), Duration.ofHours(1), proxy, true),
                reviews,
                namespaces,
                clock);
    }

    @BeforeEach
    void know() {
        reviews.owners.put(TOKEN, Identity.of("ada", List.of("system:authenticated")));
        reviews.allow("ada", "shop");
    }

    @AfterEach
    void stop() {
        namespaces.close();
    }

    private Access signIn(String token) {
        return access.signIn(Requests.post("/sign-in"), Map.of("bearer", List.of(token)));
    }

    /** Signs in and returns the cookie as a browser sends it. */
    private String cookie() {
        Access.Redirected redirected = (Access.Redirected) signIn(TOKEN);
        String cookie = redirected.cookie().orElseThrow();
        assertThat(cookie).startsWith("__Host-bulkhead=").endsWith("; Path=/; Secure; HttpOnly; SameSite=Strict");
        return cookie.substring(0, cookie.indexOf(';'));
    }

    private Access with(String cookie) {
        return access.of(Requests.get("/", "cookie", cookie));
    }

    private static Viewer viewer(Access access) {
        return ((Access.Granted) access).viewer();
    }

    private static int refusedWith(Access access) {
        return access instanceof Access.Refused refused ? refused.status() : ((Access.SignInNeeded) access).status();
    }

    @Test
    void showsAStrangerTheSignInPageOnly() {
        assertThat(access.of(Requests.get("/"))).isEqualTo(new Access.SignInNeeded(401, Optional.empty()));
        assertThat(with("__Host-bulkhead=guessed")).isInstanceOf(Access.SignInNeeded.class);
    }

    @Test
    void showsWhatTheOwnerOfATokenMaySee() {
        Viewer viewer = viewer(with(cookie()));

        assertThat(viewer.name()).isEqualTo("ada");
        assertThat(viewer.sees("shop")).isTrue();
        assertThat(viewer.sees("bank")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "", " ", "with space", "line\nbreak", "ümlaut"})
    void refusesATokenOfNobody(String token) {
        Access.SignInNeeded again = (Access.SignInNeeded) signIn(token);

        assertThat(again.status()).isEqualTo(401);
        assertThat(again.problem())
                .hasValueSatisfying(
                        problem -> assertThat(problem).doesNotContain("unknown").isNotBlank());
    }

    @Test
    void refusesATokenThatIsTooLong() {
        assertThat(refusedWith(signIn("a".repeat(16 * 1024 + 1)))).isEqualTo(401);
        assertThat(reviews.asked("token")).isZero();
    }

    @Test
    void givesEverySignInAnIdOfItsOwnAndEndsTheSessionBefore() {
        String first = cookie();
        String second = ((Access.Redirected)
                        access.signIn(Requests.post("/sign-in", "cookie", first), Map.of("bearer", List.of(TOKEN))))
                .cookie()
                .orElseThrow();

        assertThat(second).doesNotContain(first);
        assertThat(with(first)).isInstanceOf(Access.SignInNeeded.class);
    }

    @Test
    void endsASessionWhoseTokenIsRevokedWithinAMinute() {
        String cookie = cookie();
        reviews.owners.clear();
        assertThat(with(cookie)).isInstanceOf(Access.Granted.class);

        clock.pass(ClusterAccess.REVIEW_HOLDS);
        assertThat(with(cookie)).isInstanceOf(Access.SignInNeeded.class);

        reviews.owners.put(TOKEN, Identity.of("ada", List.of()));
        assertThat(with(cookie)).as("it does not come back").isInstanceOf(Access.SignInNeeded.class);
        assertThat(ClusterAccess.REVIEW_HOLDS).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void showsNothingWhileTheApiServerDoesNotSayWhoseATokenIs() {
        String cookie = cookie();
        clock.pass(ClusterAccess.REVIEW_HOLDS);
        reviews.down = true;
        assertThat(refusedWith(with(cookie))).isEqualTo(503);
        assertThat(refusedWith(signIn(TOKEN))).isEqualTo(503);

        reviews.down = false;
        assertThat(with(cookie)).as("the session goes on").isInstanceOf(Access.Granted.class);
    }

    @Test
    void followsWhatTheApiServerSaysOfSomebodysGroups() {
        String cookie = cookie();
        reviews.owners.put(TOKEN, Identity.of("ada", List.of("admins")));
        reviews.allow("ada", "*");
        clock.pass(ClusterAccess.REVIEW_HOLDS);

        assertThat(viewer(with(cookie)).everything()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"PT1H, 1", "PT50M, 10"})
    void endsASessionAfterAnHourWithoutARequestAndAfterEightHoursAnyhow(Duration pause, int times) {
        String cookie = cookie();
        for (int i = 1; i < times; i++) {
            clock.pass(pause);
            boolean over = pause.multipliedBy(i).compareTo(Duration.ofHours(8)) >= 0;
            assertThat(with(cookie) instanceof Access.Granted).isEqualTo(!over);
        }
        clock.pass(pause);
        assertThat(with(cookie)).isInstanceOf(Access.SignInNeeded.class);
    }

    @Test
    void endsASessionThatSignsOut() {
        String cookie = cookie();
        Access.Redirected out = (Access.Redirected) access.signOut(Requests.post("/sign-out", "cookie", cookie));

        assertThat(out.cookie().orElseThrow()).contains("Max-Age=0");
        assertThat(with(cookie)).isInstanceOf(Access.SignInNeeded.class);
    }

    @Test
    void keepsFewSessionsOfOnePerson() {
        String first = cookie();
        for (int i = 0; i < 5; i++) {
            cookie();
        }

        assertThat(with(first)).isInstanceOf(Access.SignInNeeded.class);
    }

    private void tryUnknownTokens(int count) {
        for (int i = 0; i < count; i++) {
            assertThat(refusedWith(signIn("unknown-" + i))).isEqualTo(401);
        }
    }

    @Test
    void limitsHowManyTokensAnAddressTriesInAMinute() {
        tryUnknownTokens(ClusterAccess.ATTEMPTS_FROM_ONE);

        assertThat(refusedWith(signIn(TOKEN))).isEqualTo(429);
        assertThat(refusedWith(access.of(Requests.get("/api/v1/workloads", "authorization", "Bearer " + TOKEN))))
                .isEqualTo(429);
        assertThat(reviews.asked("token")).isEqualTo(ClusterAccess.ATTEMPTS_FROM_ONE);

        clock.pass(Duration.ofMinutes(1));
        assertThat(signIn(TOKEN)).isInstanceOf(Access.Redirected.class);
    }

    @Test
    void doesNotCountWhatTheApiServerDoesNotAnswer() {
        reviews.down = true;
        for (int i = 0; i <= ClusterAccess.ATTEMPTS; i++) {
            assertThat(refusedWith(signIn(TOKEN))).isEqualTo(503);
        }

        reviews.down = false;
        assertThat(signIn(TOKEN)).as("once it answers again").isInstanceOf(Access.Redirected.class);
    }

    @Test
    void limitsHowManyTokensAllAddressesTryInAMinute() {
        for (int i = 0; i < ClusterAccess.ATTEMPTS; i++) {
            access.signIn(
                    new ClientRequest("POST", "/sign-in", "192.0.2." + i, Map.of()),
                    Map.of("bearer", List.of("x" + i)));
        }
        assertThat(refusedWith(signIn(TOKEN))).isEqualTo(429);
    }

    @Test
    void countsNoTextThatCannotBeATokenSoThatOthersBehindTheSameAddressCanSignIn() {
        for (int i = 0; i < 2 * ClusterAccess.ATTEMPTS; i++) {
            assertThat(refusedWith(signIn("no token " + i))).isEqualTo(401);
            assertThat(refusedWith(access.of(Requests.get("/api/v1/workloads", "authorization", "Bearer a b"))))
                    .isEqualTo(401);
        }

        assertThat(signIn(TOKEN)).isInstanceOf(Access.Redirected.class);
        assertThat(reviews.asked("token")).isOne();
    }

    @Test
    void countsATokenOfNobodyOnce() {
        for (int i = 0; i < 2 * ClusterAccess.ATTEMPTS; i++) {
            assertThat(refusedWith(signIn("unknown"))).isEqualTo(401);
            assertThat(refusedWith(access.of(Requests.get("/api/v1/workloads", "authorization", "Bearer unknown"))))
                    .isEqualTo(401);
        }

        assertThat(signIn(TOKEN)).isInstanceOf(Access.Redirected.class);
        assertThat(reviews.asked("token")).isEqualTo(2);
    }

    @Test
    void countsNobodyWhoHasAToken() {
        for (int i = 0; i < 2 * ClusterAccess.ATTEMPTS_FROM_ONE; i++) {
            reviews.owners.put("token-" + i, Identity.of("person-" + i, List.of()));
            assertThat(signIn("token-" + i)).isInstanceOf(Access.Redirected.class);
        }
    }

    @Test
    void limitsHowManyNewTokensOnePersonSendsInAMinute() {
        for (int i = 0; i < 600; i++) {
            reviews.owners.put("minted-" + i, Identity.of("mint", List.of()));
            Access answer = access.of(Requests.get("/api/v1/workloads", "authorization", "Bearer minted-" + i));
            if (i < BearerTokens.NEW_OF_ONE_PERSON) {
                assertThat(answer).isInstanceOf(Access.Granted.class);
            } else {
                assertThat(refusedWith(answer)).isEqualTo(429);
            }
        }

        assertThat(reviews.asked("token")).isEqualTo(BearerTokens.NEW_OF_ONE_PERSON + ClusterAccess.ATTEMPTS_FROM_ONE);
        assertThat(access.of(Requests.get("/api/v1/workloads", "authorization", "Bearer minted-0")))
                .as("one that is known")
                .isInstanceOf(Access.Granted.class);
        assertThat(access.signIn(
                        new ClientRequest("POST", "/sign-in", "192.0.2.9", Map.of()), Map.of("bearer", List.of(TOKEN))))
                .as("another person, elsewhere")
                .isInstanceOf(Access.Redirected.class);
        clock.pass(Duration.ofMinutes(1));
        assertThat(access.of(Requests.get("/api/v1/workloads", "authorization", "Bearer minted-599")))
                .isInstanceOf(Access.Granted.class);
    }

    @Test
    void letsAnAdministratorSignInWhateverSessionsTheAccountsOfOneNamespaceHave() {
        String before = cookie();
        String last = "";
        for (int i = 0; i < 5 * 110; i++) {
            String user = "system:serviceaccount:shop:a" + i / 5;
            reviews.owners.put("t" + i, Identity.of(user, List.of()));
            Access.Redirected in = (Access.Redirected) signIn("t" + i);
            last = in.cookie().orElseThrow().replaceFirst(";.*", "");
        }

        assertThat(with(before)).as("who has signed in stays").isInstanceOf(Access.Granted.class);
        assertThat(with(last)).isInstanceOf(Access.Granted.class);
        reviews.owners.put("admins-token", Identity.of("admin", List.of()));
        assertThat(signIn("admins-token")).isInstanceOf(Access.Redirected.class);
        assertThat(with(before)).isInstanceOf(Access.Granted.class);
    }

    @Test
    void goesOnWithATokenThatIsKnownWhateverElseItsAddressSends() {
        ClientRequest request = Requests.get("/api/v1/workloads", "authorization", "Bearer " + TOKEN);
        access.of(request);
        clock.pass(BearerTokens.HOLDS);
        tryUnknownTokens(ClusterAccess.ATTEMPTS_FROM_ONE);

        assertThat(access.of(request)).isInstanceOf(Access.Granted.class);
        assertThat(signIn(TOKEN)).isInstanceOf(Access.Redirected.class);
        assertThat(refusedWith(signIn("another"))).isEqualTo(429);
    }

    @Test
    void knowsFormsOfTheSession() {
        String cookie = cookie();
        ClientRequest post = Requests.post("/playground", "cookie", cookie);

        assertThat(access.isOwnForm(
                        post, Map.of("token", List.of(viewer(with(cookie)).formToken()))))
                .isTrue();
        assertThat(access.isOwnForm(post, Map.of())).isFalse();
        assertThat(access.isOwnForm(
                        post, Map.of("token", List.of(viewer(with(cookie())).formToken()))))
                .as("another session's")
                .isFalse();
    }

    @Test
    void takesAFormThatTheProxyVouchesForWhateverCookieIsLeft() {
        String cookie = cookie();

        assertThat(access.isOwnForm(
                        Requests.post(
                                "/playground",
                                "cookie",
                                cookie,
                                "x-forwarded-user",
                                "ada",
                                TrustedProxy.SECRET_HEADER,
                                SECRET),
                        Map.of("token", List.of(""))))
                .isTrue();
        assertThat(access.isOwnForm(
                        Requests.post("/playground", "cookie", cookie, "x-forwarded-user", "ada"),
                        Map.of("token", List.of(viewer(with(cookie)).formToken()))))
                .as("without the secret")
                .isFalse();
    }

    @Test
    void takesABearerTokenWithARequest() {
        assertThat(viewer(access.of(Requests.get("/api/v1/workloads", "authorization", "Bearer " + TOKEN)))
                        .sees("shop"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer unknown", "Bearer", "Bearer  ", "Basic YWRhOmFkYQ==", "adas-token", ""})
    void takesNoOtherAuthorization(String value) {
        String cookie = cookie();

        assertThat(refusedWith(access.of(Requests.get("/", "authorization", value, "cookie", cookie))))
                .isEqualTo(401);
    }

    /** Browsers send cached Basic credentials along with what another site has them send, and a proxy adds who they are. */
    @Test
    void takesNothingForATokenThatABrowserMaySendForAnotherSite() {
        assertThat(access.isByToken(Requests.post("/", "authorization", "bearer " + TOKEN)))
                .isTrue();
        assertThat(access.isByToken(Requests.post("/", "authorization", "Basic YWRhOmFkYQ==")))
                .isFalse();
        assertThat(access.isByToken(Requests.post("/", "cookie", cookie()))).isFalse();
        for (String header : List.of("x-forwarded-user", "x-forwarded-groups", TrustedProxy.SECRET_HEADER)) {
            assertThat(access.isByToken(Requests.post("/", "authorization", "Bearer " + TOKEN, header, "ada")))
                    .as(header)
                    .isFalse();
        }
    }

    @Test
    void asksAgainWhoseABearerTokenIsWithinAMinute() {
        ClientRequest request = Requests.get("/api/v1/workloads", "authorization", "Bearer " + TOKEN);
        access.of(request);
        access.of(request);
        assertThat(reviews.asked("token")).isOne();

        reviews.owners.clear();
        clock.pass(BearerTokens.HOLDS);
        assertThat(refusedWith(access.of(request))).isEqualTo(401);
        assertThat(BearerTokens.HOLDS).isLessThan(Duration.ofMinutes(1));
    }

    private Access byProxy(String secret, String user, String groups) {
        return access.of(Requests.get(
                "/", "x-forwarded-user", user, "x-forwarded-groups", groups, TrustedProxy.SECRET_HEADER, secret));
    }

    @Test
    void takesANameFromTheProxyThatKnowsTheSecret() {
        Viewer viewer = viewer(byProxy(SECRET, "ada", "a, b"));

        assertThat(viewer.name()).isEqualTo("ada");
        assertThat(viewer.sees("shop")).isTrue();
        assertThat(viewer.sees("bank")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "wrong",
                "a secret of thirty-two characters or mor",
                "a secret of thirty-two characters or more "
            })
    void refusesANameFromAnybodyElse(String secret) {
        assertThat(refusedWith(byProxy(secret, "ada", ""))).isEqualTo(403);
    }

    @Test
    void refusesANameWithoutTheSecretEvenFromSomebodyWhoHasSignedIn() {
        assertThat(refusedWith(access.of(Requests.get("/", "cookie", cookie(), "x-forwarded-user", "root"))))
                .isEqualTo(403);
    }

    @Test
    void letsTheProxyNameNobodyOfTheSystem() {
        reviews.allow("system:admin", "*");
        assertThat(refusedWith(byProxy(SECRET, "system:admin", ""))).isEqualTo(403);
        assertThat(refusedWith(byProxy(SECRET, " System:admin", ""))).isEqualTo(403);

        Identity identity = new TrustedProxy("u", Optional.of("g"), () -> SECRET)
                .identity(Requests.get("/", "u", "ada", "g", "system:masters,dev", TrustedProxy.SECRET_HEADER, SECRET))
                .orElseThrow();
        assertThat(identity.groups()).containsExactlyInAnyOrder("dev", "system:authenticated");
    }

    @Test
    void takesNoSecretThatIsShort() {
        TrustedProxy proxy = new TrustedProxy("u", Optional.empty(), () -> "short");

        assertThat(proxy.identity(Requests.get("/", "u", "ada", TrustedProxy.SECRET_HEADER, "short")))
                .isEmpty();
    }

    @Test
    void ignoresTheHeadersWhereNoProxyIsConfigured() {
        ClusterAccess without = access(Optional.empty());

        assertThat(without.of(Requests.get("/", "x-forwarded-user", "ada", TrustedProxy.SECRET_HEADER, SECRET)))
                .isInstanceOf(Access.SignInNeeded.class);
    }

    @Test
    void refusesOtherNamesOfTheHostWithoutTls() {
        assertThat(access.refusal(Requests.get("/", "host", "attacker.example")))
                .hasValueSatisfying(refused -> assertThat(refused.status()).isEqualTo(421));
    }

    @Test
    void namesNoTokenInWhatItSays() {
        Map<String, Access> answers = new HashMap<>();
        answers.put("granted", with(cookie()));
        answers.put("refused", signIn("unknown-token"));

        assertThat(answers.toString()).doesNotContain(TOKEN).doesNotContain("unknown-token");
    }
}
