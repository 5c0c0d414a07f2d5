package dev.bulkhead.app.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.registry.BoundedHttp.UnreachableException;
import dev.bulkhead.app.registry.Credentials.Found;
import dev.bulkhead.app.registry.Credentials.Login;
import dev.bulkhead.engine.text.SafeText;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Gets what a registry wants to see in the header {@code Authorization}. */
final class Authorizer {
    private static final int MOST_OF_TOKEN = 64 << 10;
    private static final int LONGEST_QUOTE = 200;
    private static final String NO_ADDRESS = "which is no HTTPS address";

    private final BoundedHttp http;
    private final Credentials credentials;

    Authorizer(BoundedHttp http, Credentials credentials) {
        this.http = http;
        this.credentials = credentials;
    }

    /**
     * The header's value for reading that repository.
     *
     * @param headers the challenges of the registry
     */
    String authorize(RegistryHost registry, String repository, List<String> headers, Deadline deadline)
            throws RegistryException {
        Challenge challenge = Challenge.of(headers)
                .orElseThrow(() -> new RegistryException(registry.name() + " wants an unknown kind of credentials"));
        Found found = credentials.find(registry.name(), deadline);
        if (challenge.bearer()) {
            return "Bearer " + token(registry, repository, challenge, found, deadline);
        }
        return basic(found.login().orElseThrow(() -> new RegistryException(missing(registry, found.problem()))));
    }

    /** Says that credentials are missing, and why they may be. */
    static String missing(RegistryHost registry, Optional<String> problem) {
        return "it wants credentials, and there are none for " + registry.name()
                + problem.map(why -> " (" + why + ")").orElse("");
    }

    private static String basic(Login login) {
        String pair = login.user() + ":" + login.secret();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private String token(RegistryHost registry, String repository, Challenge challenge, Found found, Deadline deadline)
            throws RegistryException {
        URI realm = realm(registry, challenge, deadline);
        String scope = challenge.parameter("scope").orElse("repository:" + repository + ":pull");
        String query = challenge
                        .parameter("service")
                        .map(service -> "service=" + encoded(service) + "&")
                        .orElse("")
                + "scope=" + encoded(scope);
        HttpResponse<byte[]> answer;
        try {
            answer = http.send(request(realm, query, found.login()), MOST_OF_TOKEN, deadline);
        } catch (SSLException | UnreachableException e) {
            throw new RegistryException("no token from " + BoundedHttp.host(realm) + ": " + e.getMessage(), e);
        }
        if (answer.statusCode() != 200) {
            throw new RegistryException(
                    found.login().isPresent() && answer.statusCode() < 500
                            ? "it refuses the credentials for " + registry.name()
                            : "no token from " + BoundedHttp.host(realm) + ": status " + answer.statusCode());
        }
        JsonNode json = Json.object(answer.body(), "token");
        String token = json.path("token").asText(json.path("access_token").asText(""));
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new RegistryException("no token from " + BoundedHttp.host(realm) + ": the answer has none");
        }
        return token;
    }

    private URI realm(RegistryHost registry, Challenge challenge, Deadline deadline) throws RegistryException {
        String realm = challenge.parameter("realm").orElse("");
        URI uri;
        try {
            uri = URI.create(realm);
        } catch (IllegalArgumentException e) {
            throw new RegistryException(useless(realm, NO_ADDRESS), e);
        }
        Optional<String> objection = uri.getRawFragment() == null
                ? registry.objection(uri, http::addresses, deadline)
                : Optional.of(NO_ADDRESS);
        if (objection.isPresent()) {
            throw new RegistryException(useless(realm, objection.get()));
        }
        return uri;
    }

    private static String useless(String realm, String reason) {
        return "it wants a token from " + SafeText.line(realm, LONGEST_QUOTE) + ", " + reason;
    }

    private static HttpRequest request(URI realm, String query, Optional<Login> login) {
        if (login.filter(Login::identityToken).isPresent()) {
            String form = query + "&grant_type=refresh_token&client_id=bulkhead&refresh_token="
                    + encoded(login.get().secret());
            return HttpRequest.newBuilder(realm)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(form))
                    .build();
        }
        String separator = realm.getRawQuery() == null ? "?" : "&";
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(realm + separator + query));
        login.ifPresent(of -> request.header("Authorization", basic(of)));
        return request.build();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
