package dev.bulkhead.app.registry;

import static dev.bulkhead.app.registry.FakeRegistry.answer;
import static dev.bulkhead.app.registry.FakeRegistry.bytes;
import static dev.bulkhead.app.registry.FakeRegistry.configuration;
import static dev.bulkhead.app.registry.FakeRegistry.entry;
import static dev.bulkhead.app.registry.FakeRegistry.index;
import static dev.bulkhead.app.registry.FakeRegistry.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.registry.Credentials.Found;
import dev.bulkhead.app.registry.Credentials.Login;
import dev.bulkhead.app.registry.FakeRegistry.Request;
import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageKnowledge.Fact;
import dev.bulkhead.engine.image.ImageKnowledge.Paths;
import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.image.ImageUser;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryImagesTest {
    private static final byte[] CONFIGURATION = configuration(Map.of(
            "User", "app:app",
            "Volumes", Map.of("/data", Map.of()),
            "ExposedPorts", Map.of("8080/tcp", Map.of())));
    private static final RegistryImages.Limits PATIENT =
            new RegistryImages.Limits(Duration.ofSeconds(30), Duration.ofSeconds(60), 2);
    private static final RegistryImages.Limits HASTY =
            new RegistryImages.Limits(Duration.ofSeconds(1), Duration.ofSeconds(60), 2);

    private FakeRegistry registry;

    @BeforeEach
    void start() throws IOException {
        registry = FakeRegistry.start();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private static RegistryImages ask(Credentials credentials, RegistryImages.Limits limits, ImageReference... images) {
        return RegistryImages.ask(List.of(images), credentials, limits, count -> {});
    }

    private static ImageKnowledge known(RegistryImages answers, ImageReference image) {
        assertThat(answers.unanswered()).isEmpty();
        return answers.find(image).orElseThrow();
    }

    private static ImageUser user(RegistryImages answers, ImageReference image) {
        return known(answers, image).user().orElseThrow().value();
    }

    private String failure(String image) {
        return failure(Credentials.NONE, PATIENT, image);
    }

    private String failure(Credentials credentials, RegistryImages.Limits limits, String name) {
        ImageReference image = registry.image(name);
        RegistryImages answers = ask(credentials, limits, image);
        assertThat(answers.find(image)).isEmpty();
        assertThat(answers.unanswered()).hasSize(1);
        assertThat(answers.unanswered().get(0).image()).isEqualTo(image);
        return answers.unanswered().get(0).reason();
    }

    private static Credentials login(String user, String secret, boolean identityToken) {
        return (name, deadline) -> new Found(Optional.of(new Login(user, secret, identityToken)), Optional.empty());
    }

    private static String basic(String user, String secret) {
        return "Basic " + Base64.getEncoder().encodeToString(bytes(user + ":" + secret));
    }

    @Test
    void readsTheConfigurationOfAnImage() {
        String digest = registry.push("team/app", "1.2", CONFIGURATION);
        ImageReference image = registry.image("team/app:1.2");

        ImageKnowledge known = known(ask(Credentials.NONE, PATIENT, image), image);

        String source = "its registry, " + registry.name() + ", " + digest.substring(0, 19) + "…";
        assertThat(known)
                .isEqualTo(new ImageKnowledge(
                        Optional.of(new Fact<>(new ImageUser.Named("app", Optional.empty()), source)),
                        Optional.empty(),
                        Optional.of(new Fact<>(Paths.ofVolumes(List.of("/data")), source)),
                        Optional.of(new Fact<>(List.of(8080), source)),
                        Optional.empty()));
    }

    @Test
    void readsByDigestAndByTheDefaultTag() {
        String digest = registry.push("app", "latest", CONFIGURATION);
        ImageReference pinned = registry.image("app:gone@" + digest);
        ImageReference plain = registry.image("app");

        RegistryImages answers = ask(Credentials.NONE, PATIENT, pinned, plain);

        assertThat(known(answers, pinned)).isEqualTo(known(answers, plain));
    }

    @Test
    void reportsHowManyAnswered() {
        registry.push("app", "1", CONFIGURATION);
        List<Integer> counts = new ArrayList<>();

        RegistryImages.ask(
                List.of(registry.image("app:1"), registry.image("app:2"), registry.image("app:1")),
                Credentials.NONE,
                PATIENT,
                counts::add);

        assertThat(counts).containsExactly(1, 2);
        assertThat(registry.requests().stream().map(Request::uri).filter(uri -> uri.endsWith("/manifests/1")))
                .hasSize(1);
    }

    @Test
    void takesLinuxOnAmd64FromAnIndexElseTheFirstForLinux() {
        byte[] windows = configuration(Map.of("User", "ContainerUser"));
        byte[] amd = configuration(Map.of("User", "1000"));
        byte[] arm = configuration(Map.of("User", "2000"));
        List.of(windows, amd, arm).forEach(one -> registry.push("app", "unused", one));
        Map<String, Object> provenance = entry(manifest(windows), "unknown", "unknown");
        registry.on(
                "/v2/app/manifests/both",
                index(List.of(
                        provenance,
                        entry(manifest(windows), "windows", "amd64"),
                        entry(manifest(arm), "linux", "arm64"),
                        entry(manifest(amd), "linux", "amd64"))));
        registry.on("/v2/app/manifests/arm", index(List.of(provenance, entry(manifest(arm), "linux", "arm64"))));
        registry.on("/v2/app/manifests/none", index(List.of(provenance, entry(manifest(windows), "windows", "amd64"))));
        ImageReference both = registry.image("app:both");
        ImageReference onlyArm = registry.image("app:arm");

        RegistryImages answers = ask(Credentials.NONE, PATIENT, both, onlyArm);

        assertThat(user(answers, both)).isEqualTo(new ImageUser.Numeric(1000));
        assertThat(user(answers, onlyArm)).isEqualTo(new ImageUser.Numeric(2000));
        assertThat(failure("app:none")).isEqualTo("there is no image for Linux");
    }

    @Test
    void readsTheFormatsOfDocker() {
        byte[] manifest = bytes(new String(manifest(CONFIGURATION), java.nio.charset.StandardCharsets.UTF_8)
                .replace(FakeRegistry.MANIFEST, "application/vnd.docker.distribution.manifest.v2+json")
                .replace("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"));
        registry.push("app", "unused", CONFIGURATION);
        registry.on("/v2/app/manifests/1", manifest);
        ImageReference image = registry.image("app:1");

        assertThat(user(ask(Credentials.NONE, PATIENT, image), image))
                .isEqualTo(new ImageUser.Named("app", Optional.empty()));
    }

    @Test
    void saysThatThereIsNoSuchImage() {
        assertThat(failure("app:1")).isEqualTo("there is no such image");
    }

    @ParameterizedTest
    @CsvSource({
        "403, it denies access",
        "429, it takes no more requests for now",
        "500, it answered with status 500",
        "204, it answered with status 204",
    })
    void saysWhatTheRegistryRefuses(int status, String reason) {
        registry.on("/v2/app/manifests/1", exchange -> exchange.sendResponseHeaders(status, -1));

        assertThat(failure("app:1")).isEqualTo(reason);
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        ImageReference one = ImageReference.parse("127.0.0.1:" + port + "/one").orElseThrow();
        ImageReference two = ImageReference.parse("127.0.0.1:" + port + "/two").orElseThrow();

        assertThat(ask(Credentials.NONE, PATIENT, one, two).unanswered())
                .extracting(RegistryImages.Unanswered::reason)
                .containsExactly("cannot connect to 127.0.0.1:" + port, "cannot connect to 127.0.0.1:" + port);
    }

    @Test
    void saysThatThereIsNoSuchHost() {
        ImageReference image = ImageReference.parse("registry.invalid/app:1").orElseThrow();

        assertThat(ask(Credentials.NONE, PATIENT, image).unanswered().get(0).reason())
                .isEqualTo("there is no host registry.invalid");
    }

    @Test
    void refusesWhatIsNoAddress() {
        ImageReference image = ImageReference.parse("a:b:c/app:1").orElseThrow();

        assertThat(ask(Credentials.NONE, PATIENT, image).unanswered().get(0).reason())
                .isEqualTo("a:b:c is no address of a registry");
    }

    @Test
    void refusesAManifestWithAnotherDigest() {
        String digest = registry.push("app", "1", CONFIGURATION);
        registry.on("/v2/app/manifests/" + digest, manifest(configuration(Map.of())));

        assertThat(failure("app@" + digest))
                .isEqualTo("the manifest does not have the digest by which it was asked for");
    }

    @Test
    void refusesAConfigurationWithAnotherDigest() {
        registry.push("app", "1", CONFIGURATION);
        registry.on("/v2/app/blobs/" + Digests.of(CONFIGURATION), configuration(Map.of("User", "1000")));

        assertThat(failure("app:1")).isEqualTo("the configuration does not have the digest by which it was asked for");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | the manifest is no JSON object",
                "[] | the manifest is no JSON object",
                "{ | the manifest is no valid JSON",
                "{} | the manifest is of an unknown format",
                "{\"config\":{}} | it is no container image",
                "{\"config\":{\"mediaType\":\"application/vnd.cncf.helm.config.v1+json\"}} | it is no container image",
                "{\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"../../x\"}}"
                        + " | the manifest names something without a digest",
                "{\"manifests\":[]} | there is no image for Linux",
                "{\"manifests\":[1]} | the manifest names something without a digest",
            })
    void refusesWhatIsNoManifest(String body, String reason) {
        registry.on("/v2/app/manifests/1", bytes(body));

        assertThat(failure("app:1")).isEqualTo(reason);
    }

    @Test
    void refusesDeepNesting() {
        registry.on("/v2/app/manifests/1", bytes("{\"a\":" + "[".repeat(100_000)));

        assertThat(failure("app:1")).isEqualTo("the manifest is too deep or has too many parts");
    }

    @Test
    void refusesMillionsOfSmallParts() {
        registry.on("/v2/app/manifests/1", bytes("{\"a\":[" + "{},".repeat(300_000) + "{}]}"));
        registry.on("/v2/large/manifests/1", bytes("{\"a\":[" + "{},".repeat(1_000_000) + "{}]}"));

        assertThat(failure("app:1")).isEqualTo("the manifest is too deep or has too many parts");
        assertThat(failure("large:1")).isEqualTo("the answer is longer than 1048576 bytes");
    }

    @Test
    void errorAboutOneImageIsALineOfIt() {
        registry.push("app", "1", CONFIGURATION);
        wantBasic("/v2/secret/manifests/1", manifest(CONFIGURATION));
        ImageReference image = registry.image("app:1");
        Credentials broken = (name, deadline) -> {
            throw new OutOfMemoryError("made up");
        };

        RegistryImages answers = ask(broken, PATIENT, registry.image("secret:1"), image);

        assertThat(answers.find(image)).isPresent();
        assertThat(answers.unanswered())
                .extracting(RegistryImages.Unanswered::reason)
                .containsExactly("its answer cannot be read");
    }

    @Test
    void readsNoMoreThanTheLimitOfAnEndlessAnswer() {
        registry.on("/v2/app/manifests/1", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            sendForever(exchange.getResponseBody());
        });

        assertThat(failure("app:1")).isEqualTo("the answer is longer than 1048576 bytes");
    }

    @Test
    void readsNoMoreThanTheBeginningOfAnEndlessFailure() {
        registry.on("/v2/app/manifests/1", exchange -> {
            exchange.sendResponseHeaders(503, 0);
            sendForever(exchange.getResponseBody());
        });

        assertThat(failure("app:1")).isEqualTo("it answered with status 503");
    }

    /** Until the other side closes the connection. */
    private static void sendForever(java.io.OutputStream out) throws IOException {
        byte[] some = new byte[64 << 10];
        while (!Thread.currentThread().isInterrupted()) {
            out.write(some);
        }
    }

    @Test
    void waitsForNoAnswerLongerThanTheLimit() {
        CountDownLatch never = new CountDownLatch(1);
        registry.on("/v2/silent/manifests/1", exchange -> await(never));
        registry.on("/v2/slow/manifests/1", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            await(never);
        });

        assertThat(failure(Credentials.NONE, HASTY, "silent:1"))
                .isEqualTo(registry.name() + " did not answer within 1 s");
        assertThat(failure(Credentials.NONE, HASTY, "slow:1"))
                .isEqualTo(registry.name() + " did not answer within 1 s");
    }

    @Test
    void waitsForAllTogetherNoLongerThanTheLimit() {
        CountDownLatch never = new CountDownLatch(1);
        registry.on("/v2/silent/manifests/1", exchange -> await(never));
        registry.push("app", "1", CONFIGURATION);
        RegistryImages.Limits limits = new RegistryImages.Limits(Duration.ofSeconds(60), Duration.ofSeconds(1), 1);

        RegistryImages answers = ask(Credentials.NONE, limits, registry.image("silent:1"), registry.image("app:1"));

        assertThat(answers.unanswered())
                .extracting(RegistryImages.Unanswered::reason)
                .containsExactly("not asked within 1 s", "not asked within 1 s");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void followsARedirectWithoutCredentialsForAnotherServer() throws IOException {
        registry.push("app", "1", CONFIGURATION);
        wantBasic("/v2/app/manifests/1", manifest(CONFIGURATION));
        String blob = "/v2/app/blobs/" + Digests.of(CONFIGURATION);
        try (FakeRegistry storage = FakeRegistry.start()) {
            storage.on("/stored", CONFIGURATION);
            redirect(blob, storage.url("/stored"));
            ImageReference image = registry.image("app:1");

            known(ask(login("user", "secret", false), PATIENT, image), image);

            assertThat(storage.requests()).extracting(Request::authorization).containsExactly(Optional.empty());
        }
        assertThat(registry.requests())
                .filteredOn(request -> request.uri().equals(blob))
                .extracting(Request::authorization)
                .containsExactly(Optional.of(basic("user", "secret")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic realm=\"here\"", "Bearer realm=\"%s\""})
    void sendsNoCredentialsWhereAnotherServerWantsThem(String challenge) throws IOException {
        registry.push("app", "1", CONFIGURATION);
        try (FakeRegistry storage = FakeRegistry.start()) {
            storage.on("/stored", exchange -> {
                exchange.getResponseHeaders().set("WWW-Authenticate", challenge.formatted(storage.url("/token")));
                exchange.sendResponseHeaders(401, -1);
            });
            storage.on("/token", bytes("{\"token\":\"abc\"}"));
            redirect("/v2/app/manifests/1", storage.url("/stored"));

            assertThat(failure(login("user", "secret", false), PATIENT, "app:1"))
                    .isEqualTo("the server it redirects to wants credentials");
            assertThat(storage.requests()).extracting(Request::authorization).containsExactly(Optional.empty());
        }
        assertThat(registry.requests()).extracting(Request::authorization).containsExactly(Optional.empty());
    }

    @Test
    void authorizesItselfWhereTheRegistryRedirectsToItself() {
        registry.push("app", "1", CONFIGURATION);
        redirect("/v2/app/manifests/1", "/elsewhere");
        wantBasic("/elsewhere", manifest(CONFIGURATION));
        ImageReference image = registry.image("app:1");

        known(ask(login("user", "secret", false), PATIENT, image), image);
    }

    private void redirect(String from, String to) {
        registry.on(from, exchange -> {
            exchange.getResponseHeaders().set("Location", to);
            exchange.sendResponseHeaders(307, -1);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://example.invalid/x", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://[", "https:x"})
    void followsNoRedirectToPlainHttpElsewhere(String location) {
        redirect("/v2/app/manifests/1", location);

        assertThat(failure("app:1")).isEqualTo("it redirects to " + location + ", which is no HTTPS address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://10.1.2.3/x", "https://169.254.169.254/latest", "https://[fd00::1]:5000/x"})
    void followsNoRedirectIntoANetworkWhereTheRegistryIsNot(String location) {
        redirect("/v2/app/manifests/1", location);
        registry.on("/v2/realm/manifests/1", exchange -> {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer realm=\"" + location + "\"");
            exchange.sendResponseHeaders(401, -1);
        });

        assertThat(failure("app:1"))
                .isEqualTo(
                        "it redirects to " + location + ", which is an internal address, unlike that of the registry");
        assertThat(failure(login("user", "secret", false), PATIENT, "realm:1"))
                .isEqualTo("it wants a token from " + location
                        + ", which is an internal address, unlike that of the registry");
    }

    @Test
    void followsFewRedirects() {
        redirect("/v2/app/manifests/1", "/v2/app/manifests/1");

        assertThat(failure("app:1")).isEqualTo("it redirects more than 5 times");
        assertThat(registry.requests()).hasSizeLessThan(10);
    }

    private void wantBasic(String path, byte[] body) {
        registry.on(path, exchange -> {
            if (basic("user", "secret").equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                answer(exchange, 200, body);
            } else {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"here\"");
                exchange.sendResponseHeaders(401, -1);
            }
        });
    }

    @Test
    void sendsAPasswordWhereOneIsWanted() {
        registry.push("app", "1", CONFIGURATION);
        wantBasic("/v2/app/manifests/1", manifest(CONFIGURATION));
        ImageReference image = registry.image("app:1");

        known(ask(login("user", "secret", false), PATIENT, image), image);

        assertThat(failure(login("user", "wrong", false), PATIENT, "app:1"))
                .isEqualTo("it refuses the credentials for " + registry.name());
        assertThat(failure("app:1")).isEqualTo("it wants credentials, and there are none for " + registry.name());
    }

    /** Wants a token, which the path /token issues to everybody, or to those with the right password. */
    private void wantToken(String path, byte[] body, String service, boolean forEverybody) {
        registry.on(path, exchange -> {
            if ("Bearer abc.def".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                answer(exchange, 200, body);
            } else {
                exchange.getResponseHeaders()
                        .set(
                                "WWW-Authenticate",
                                "Bearer realm=\"" + registry.url("/token") + "\"" + service
                                        + ",scope=\"repository:app:pull\"");
                exchange.sendResponseHeaders(401, -1);
            }
        });
        registry.on("/token", exchange -> {
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            if (forEverybody || basic("user", "secret").equals(authorization)) {
                answer(exchange, 200, bytes("{\"access_token\":\"abc.def\"}"));
            } else {
                exchange.sendResponseHeaders(401, -1);
            }
        });
    }

    @Test
    void getsATokenWithoutCredentials() {
        registry.push("app", "1", CONFIGURATION);
        wantToken("/v2/app/manifests/1", manifest(CONFIGURATION), ",service=\"a b\"", true);
        ImageReference image = registry.image("app:1");

        known(ask(Credentials.NONE, PATIENT, image), image);

        assertThat(registry.requests())
                .filteredOn(request -> request.uri().startsWith("/token"))
                .containsExactly(
                        new Request("GET", "/token?service=a+b&scope=repository%3Aapp%3Apull", Optional.empty(), ""));
    }

    @Test
    void getsATokenWithAPassword() {
        registry.push("app", "1", CONFIGURATION);
        wantToken("/v2/app/manifests/1", manifest(CONFIGURATION), "", false);
        ImageReference image = registry.image("app:1");

        known(ask(login("user", "secret", false), PATIENT, image), image);

        assertThat(failure(login("user", "wrong", false), PATIENT, "app:1"))
                .isEqualTo("it refuses the credentials for " + registry.name());
        assertThat(failure("app:1")).isEqualTo("no token from " + registry.name() + ": status 401");
    }

    @Test
    void getsATokenWithAnIdentityToken() {
        registry.push("app", "1", CONFIGURATION);
        wantToken("/v2/app/manifests/1", manifest(CONFIGURATION), ",service=\"here\"", true);
        ImageReference image = registry.image("app:1");

        known(ask(login("<token>", "id&1", true), PATIENT, image), image);

        assertThat(registry.requests())
                .filteredOn(request -> request.uri().startsWith("/token"))
                .containsExactly(new Request(
                        "POST",
                        "/token",
                        Optional.empty(),
                        "service=here&scope=repository%3Aapp%3Apull&grant_type=refresh_token&client_id=bulkhead"
                                + "&refresh_token=id%261"));
    }

    @Test
    void sendsCredentialsForATokenByHttpsOnly() {
        registry.on("/v2/app/manifests/1", exchange -> {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer realm=\"http://example.invalid/token\"");
            exchange.sendResponseHeaders(401, -1);
        });

        assertThat(failure(login("user", "secret", false), PATIENT, "app:1"))
                .isEqualTo("it wants a token from http://example.invalid/token, which is no HTTPS address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Negotiate", "Bearer"})
    void refusesAnUnknownChallenge(String challenge) {
        registry.on("/v2/app/manifests/1", exchange -> {
            exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
            exchange.sendResponseHeaders(401, -1);
        });

        assertThat(failure("app:1")).isEqualTo(registry.name() + " wants an unknown kind of credentials");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"token\":\"a\\r\\nHost: b\"}", "{\"token\":\"é\"}"})
    void refusesATokenThatIsNone(String token) {
        wantToken("/v2/app/manifests/1", manifest(CONFIGURATION), "", true);
        registry.on("/token", bytes(token));

        assertThat(failure("app:1")).isEqualTo("no token from " + registry.name() + ": the answer has none");
    }

    @Test
    void showsNoControlCharactersOfARegistry() {
        redirect("/v2/app/manifests/1", "http://\u009b31m");

        assertThat(failure("app:1")).doesNotContain("\u009b").startsWith("it redirects to ");
    }
}
