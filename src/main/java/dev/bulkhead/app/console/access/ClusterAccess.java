package dev.bulkhead.app.console.access;

import dev.bulkhead.app.console.access.BearerTokens.Owner;
import dev.bulkhead.app.console.access.NamespaceAccess.Seen;
import dev.bulkhead.app.console.access.Sessions.Session;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * People of a cluster: by a token of the cluster, with which they sign in or which they send with each request, or by a
 * proxy that is trusted. Each sees the namespaces in which this person may list pods.
 */
public final class ClusterAccess implements ConsoleAccess {
    private static final Logger LOG = Logger.getLogger(ClusterAccess.class);

    /** Browsers keep such a cookie from subdomains and from connections that are not secure. */
    static final String COOKIE = "__Host-bulkhead";

    private static final String ATTRIBUTES = "; Path=/; Secure; HttpOnly; SameSite=Strict";

    /** After that the API server is asked again whose a token is: one that is revoked ends its session that soon. */
    static final Duration REVIEW_HOLDS = Duration.ofSeconds(45);

    private static final int LONGEST_TOKEN = 16 * 1024;
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=:-]{1," + LONGEST_TOKEN + "}");
    private static final String BEARER = "bearer ";

    /** Unknown tokens in a minute. Many people can have one address: that of a proxy, or of their office. */
    static final int ATTEMPTS_FROM_ONE = 120;

    static final int ATTEMPTS = 600;

    private static final Access NO_ANSWER = new Access.Refused(
            503, "No answer", "The API server does not say who you are. Try again in a few seconds.");

    private final ApiServerReviews reviews;
    private final NamespaceAccess namespaces;
    private final Sessions sessions;
    private final BearerTokens bearers;
    private final Optional<TrustedProxy> proxy;
    private final boolean loopbackOnly;
    private final Clock clock;

    /**
     * How long sessions last, and who else is trusted.
     *
     * @param longest how long a session lasts at most
     * @param idle how long without a request
     * @param proxy that names people; empty if none may
     * @param loopbackOnly whether only the loopback interface is listened to
     */
    public record Settings(Duration longest, Duration idle, Optional<TrustedProxy> proxy, boolean loopbackOnly) {}

    public ClusterAccess(Settings settings, ApiServerReviews reviews, NamespaceAccess namespaces, Clock clock) {
        this.reviews = reviews;
        this.namespaces = namespaces;
        this.sessions = new Sessions(settings.longest(), settings.idle(), clock);
        this.bearers = new BearerTokens(reviews, new AttemptLimit(ATTEMPTS_FROM_ONE, ATTEMPTS, clock), clock);
        this.proxy = settings.proxy();
        this.loopbackOnly = settings.loopbackOnly();
        this.clock = clock;
    }

    @Override
    public Optional<Access.Refused> refusal(ClientRequest request) {
        if (loopbackOnly && !request.isForLoopback()) {
            return Optional.of(new Access.Refused(
                    421,
                    "Wrong host",
                    "Without TLS this console answers to localhost only, as kubectl port-forward reaches it."));
        }
        return Optional.empty();
    }

    @Override
    public boolean isPlausible(ClientRequest request) {
        return sessions.knows(request.cookies(COOKIE))
                || proxy.flatMap(trusted -> trusted.identity(request)).isPresent();
    }

    @Override
    public Access of(ClientRequest request) {
        if (proxy.filter(trusted -> trusted.isNamed(request)).isPresent()) {
            return proxy.flatMap(trusted -> trusted.identity(request))
                    .map(identity -> granted(identity, ""))
                    .orElseGet(() -> new Access.Refused(
                            403,
                            "Not the proxy",
                            "Only the proxy may say who a person is, and not that it is system:…"));
        }
        if (request.headers().containsKey("authorization")) {
            return bearer(request);
        }
        List<String> ids = request.cookies(COOKIE);
        Optional<Session> session = sessions.find(ids);
        if (session.isEmpty()) {
            return new Access.SignInNeeded(401, Optional.empty());
        }
        return session(session.get(), ids);
    }

    /** Not where the proxy says it; browsers add other Authorization, such as Basic, to whatever any site has them send. */
    @Override
    public boolean isByToken(ClientRequest request) {
        return proxy.filter(trusted -> trusted.isNamed(request)).isEmpty()
                && bearerToken(request).isPresent();
    }

    private Access session(Session session, List<String> ids) {
        if (!clock.instant().isBefore(session.reviewed().plus(REVIEW_HOLDS))) {
            try {
                Optional<Identity> owner = reviews.owner(session.token());
                if (owner.isEmpty()) {
                    sessions.end(ids);
                    return new Access.SignInNeeded(
                            401, Optional.of("Your token has expired, or was revoked. Sign in with another one."));
                }
                session.review(owner.get(), clock.instant());
            } catch (IOException e) {
                return unanswered(e);
            }
        }
        return granted(session.identity(), session.form().token());
    }

    private static Optional<String> bearerToken(ClientRequest request) {
        return request.header("authorization")
                .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(BEARER))
                .map(value -> value.substring(BEARER.length()).strip())
                .filter(value -> TOKEN.matcher(value).matches());
    }

    private Access bearer(ClientRequest request) {
        Optional<String> token = bearerToken(request);
        if (token.isEmpty()) {
            return new Access.SignInNeeded(401, Optional.empty());
        }
        try {
            Owner owner = bearers.recent(token.get(), request.address());
            if (owner instanceof Owner.Valid valid) {
                return granted(valid.identity(), "");
            }
            return owner instanceof Owner.NotReviewed ? tooMany() : new Access.SignInNeeded(401, Optional.empty());
        } catch (IOException e) {
            return unanswered(e);
        }
    }

    private Access granted(Identity identity, String formToken) {
        Seen seen = namespaces.of(identity);
        return new Access.Granted(
                new Viewer(identity.user(), seen.everything(), seen.namespaces(), formToken, seen.limit()));
    }

    @Override
    public Access signIn(ClientRequest request, Map<String, List<String>> form) {
        String token = form.getOrDefault("bearer", List.of()).stream()
                .findFirst()
                .map(String::strip)
                .orElse("");
        if (!TOKEN.matcher(token).matches()) {
            return new Access.SignInNeeded(401, Optional.of("That is no token. kubectl create token makes one."));
        }
        try {
            Owner owner = bearers.now(token, request.address());
            if (owner instanceof Owner.NotReviewed) {
                return tooMany();
            }
            if (!(owner instanceof Owner.Valid valid)) {
                return new Access.SignInNeeded(
                        401, Optional.of("The API server does not know this token, or it has expired."));
            }
            sessions.end(request.cookies(COOKIE));
            String id = sessions.start(token, valid.identity());
            return new Access.Redirected("", Optional.of(COOKIE + "=" + id + ATTRIBUTES));
        } catch (IOException e) {
            return unanswered(e);
        }
    }

    @Override
    public Access signOut(ClientRequest request) {
        sessions.end(request.cookies(COOKIE));
        return new Access.Redirected("/", Optional.of(COOKIE + "=" + ATTRIBUTES + "; Max-Age=0"));
    }

    @Override
    public boolean isOwnForm(ClientRequest request, Map<String, List<String>> form) {
        if (proxy.filter(trusted -> trusted.isNamed(request)).isPresent()) {
            // A proxy keeps its own session, whatever cookie is left of another. That the form comes from a page of the
            // console has been checked.
            return proxy.flatMap(trusted -> trusted.identity(request)).isPresent();
        }
        Optional<Session> session = sessions.find(request.cookies(COOKIE));
        if (session.isEmpty()) {
            return false;
        }
        return form.getOrDefault("token", List.of()).stream()
                .anyMatch(token -> session.get().form().made(token));
    }

    private static Access tooMany() {
        return new Access.Refused(429, "Too many attempts", "Too many tokens were tried. Wait for a minute.");
    }

    private static Access unanswered(IOException failure) {
        LOG.warnf("the API server does not say whose a token is: %s", failure.getMessage());
        return NO_ANSWER;
    }
}
