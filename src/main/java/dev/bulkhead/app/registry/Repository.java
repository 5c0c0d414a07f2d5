package dev.bulkhead.app.registry;

import dev.bulkhead.app.registry.BoundedHttp.UnreachableException;
import dev.bulkhead.engine.text.SafeText;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/**
 * Reads from one repository of a registry, until a deadline. Redirects lead to HTTPS only, and take credentials to no
 * other server, not even where that one asks for them.
 */
final class Repository {
    private static final int MOST_REDIRECTS = 5;
    private static final int LONGEST_QUOTE = 200;
    private static final String USER_AGENT = "bulkhead";

    private final RegistryHost registry;
    private final String name;
    private final BoundedHttp http;
    private final Authorizer authorizer;
    private final Deadline deadline;
    private Optional<String> authorization = Optional.empty();

    Repository(RegistryHost registry, String name, BoundedHttp http, Authorizer authorizer, Deadline deadline) {
        this.registry = registry;
        this.name = name;
        this.http = http;
        this.authorizer = authorizer;
        this.deadline = deadline;
    }

    /**
     * What is at that path.
     *
     * @param path below the repository, such as {@code manifests/latest}
     * @param accept the media types that the registry may answer with
     * @param most how many bytes it may have
     */
    byte[] read(String path, String accept, int most) throws RegistryException {
        HttpResponse<byte[]> answer = ask(path, accept, most);
        if (answer.statusCode() == 401 && authorization.isEmpty()) {
            // A challenge of the registry itself: those of other servers ended in an exception.
            authorization = Optional.of(
                    authorizer.authorize(registry, name, answer.headers().allValues("WWW-Authenticate"), deadline));
            answer = ask(path, accept, most);
        }
        if (answer.statusCode() != 200) {
            throw new RegistryException(refusal(answer.statusCode()));
        }
        return answer.body();
    }

    /** An answer of the registry, or of a server to which it redirects, unless that one wants credentials. */
    private HttpResponse<byte[]> ask(String path, String accept, int most) throws RegistryException {
        String below = "/v2/" + name + "/" + path;
        HttpResponse<byte[]> answer = askRegistry(below, accept, most);
        URI origin = registry.uri(below);
        URI uri = origin;
        for (int redirects = 0; isRedirect(answer.statusCode()); redirects++) {
            if (redirects == MOST_REDIRECTS) {
                throw new RegistryException("it redirects more than " + MOST_REDIRECTS + " times");
            }
            uri = location(uri, answer);
            answer = send(request(uri, accept, isSameServer(origin, uri)), most);
        }
        if (answer.statusCode() == 401 && !isSameServer(origin, uri)) {
            throw new RegistryException("the server it redirects to wants credentials");
        }
        return answer;
    }

    private HttpResponse<byte[]> askRegistry(String below, String accept, int most) throws RegistryException {
        Optional<String> unreachable = registry.unreachable();
        if (unreachable.isPresent()) {
            throw new RegistryException(unreachable.get());
        }
        URI uri = registry.uri(below);
        try {
            HttpResponse<byte[]> answer = http.send(request(uri, accept, true), most, deadline);
            return answer.statusCode() == 400 && registry.isPlain()
                    ? tryTls(below, accept, most).orElse(answer)
                    : answer;
        } catch (SSLException e) {
            throw tlsFailure(uri, e);
        } catch (UnreachableException e) {
            registry.markUnreachable(String.valueOf(e.getMessage()));
            throw new RegistryException(String.valueOf(e.getMessage()), e);
        }
    }

    /** What a server answers by HTTPS that may have refused plain HTTP; empty if it does not speak TLS. */
    private Optional<HttpResponse<byte[]>> tryTls(String below, String accept, int most) throws RegistryException {
        URI uri = registry.secureUri(below);
        try {
            HttpResponse<byte[]> answer = http.send(request(uri, accept, true), most, deadline);
            registry.useTls();
            return Optional.of(answer);
        } catch (SSLHandshakeException e) {
            throw tlsFailure(uri, e);
        } catch (SSLException | UnreachableException e) {
            return Optional.empty();
        }
    }

    private HttpResponse<byte[]> send(HttpRequest request, int most) throws RegistryException {
        try {
            return http.send(request, most, deadline);
        } catch (SSLException e) {
            throw tlsFailure(request.uri(), e);
        } catch (UnreachableException e) {
            throw new RegistryException(String.valueOf(e.getMessage()), e);
        }
    }

    private static RegistryException tlsFailure(URI uri, SSLException failure) {
        return new RegistryException(
                "no TLS connection to " + BoundedHttp.host(uri) + ": " + failure.getMessage(), failure);
    }

    private HttpRequest request(URI uri, String accept, boolean authorized) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).header("Accept", accept).header("User-Agent", USER_AGENT);
        if (authorized) {
            authorization.ifPresent(value -> request.header("Authorization", value));
        }
        return request.build();
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private URI location(URI from, HttpResponse<byte[]> answer) throws RegistryException {
        String location = answer.headers().firstValue("Location").orElse("");
        URI uri;
        try {
            uri = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new RegistryException(badRedirect(location, "which is no HTTPS address"), e);
        }
        Optional<String> objection = registry.objection(uri, http::addresses, deadline);
        if (objection.isPresent()) {
            throw new RegistryException(badRedirect(location, objection.get()));
        }
        return uri;
    }

    private static String badRedirect(String location, String reason) {
        return "it redirects to " + SafeText.line(location, LONGEST_QUOTE) + ", " + reason;
    }

    /** Whether the scheme, the host and the port are the same. */
    static boolean isSameServer(URI one, URI other) {
        return one.getScheme().equals(other.getScheme())
                && one.getHost().equalsIgnoreCase(other.getHost())
                && port(one) == port(other);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return uri.getScheme().equals("https") ? 443 : 80;
    }

    private String refusal(int status) {
        return switch (status) {
            case 401 ->
                authorization.isEmpty() || authorization.get().startsWith("Bearer ")
                        ? "there is no such image, or it wants credentials that can read it"
                        : "it refuses the credentials for " + registry.name();
            case 403 -> "it denies access";
            case 404 -> "there is no such image";
            case 429 -> "it takes no more requests for now";
            default -> "it answered with status " + status;
        };
    }
}
