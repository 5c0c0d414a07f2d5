package dev.bulkhead.app.console.access;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One person, at the machine that the console runs on. Other users of the machine can connect too, and pages of other
 * sites can have this person's browser do so: a link that works once, and that only this person's terminal shows, gives
 * the browser a cookie.
 */
public final class LaptopAccess implements ConsoleAccess {
    /** Where the link leads; the secret follows. */
    public static final String LINK = "/open/";

    private static final int MOST_BROWSERS = 8;

    private final String name;
    private final Deque<Browser> browsers = new ArrayDeque<>();
    private String secret = RandomToken.create();
    private Consumer<String> onNewLink = link -> {};
    private volatile int port;

    private record Browser(String cookie, FormSecret form) {}

    /**
     * Knows no browser yet.
     *
     * @param name of the person
     */
    public LaptopAccess(String name) {
        this.name = name;
    }

    /**
     * It can be reached from now on.
     *
     * @param port of which the cookie has the name, since browsers send a host's cookies to all of its ports
     * @param onNewLink receives the path of the next link, once the last has been used
     */
    public synchronized void listensOn(int port, Consumer<String> onNewLink) {
        this.port = port;
        this.onNewLink = onNewLink;
    }

    /** The path of the link that works once. */
    public synchronized String link() {
        return LINK + secret;
    }

    @Override
    public Optional<Access.Refused> refusal(ClientRequest request) {
        if (!request.isForLoopback()) {
            return Optional.of(
                    new Access.Refused(421, "Wrong host", "This console answers to localhost and 127.0.0.1 only."));
        }
        return Optional.empty();
    }

    @Override
    public boolean isPlausible(ClientRequest request) {
        return browser(request).isPresent();
    }

    @Override
    public Access of(ClientRequest request) {
        if (request.path().startsWith(LINK)) {
            return open(request.path().substring(LINK.length()))
                    .<Access>map(browser -> new Access.Redirected("/", Optional.of(cookie(browser.cookie()))))
                    .orElseGet(LaptopAccess::refused);
        }
        return browser(request)
                .<Access>map(browser -> new Access.Granted(
                        new Viewer(name, true, Set.of(), browser.form().token(), Optional.empty())))
                .orElseGet(LaptopAccess::refused);
    }

    /** Only cookies say who a browser belongs to. */
    @Override
    public boolean isByToken(ClientRequest request) {
        return false;
    }

    private static Access refused() {
        return new Access.Refused(
                403, "Not your console", "Open the link that the terminal shows last; each link works once.");
    }

    private synchronized Optional<Browser> open(String given) {
        if (!RandomToken.same(secret, given)) {
            return Optional.empty();
        }
        secret = RandomToken.create();
        Browser browser = new Browser(RandomToken.create(), new FormSecret());
        browsers.addLast(browser);
        if (browsers.size() > MOST_BROWSERS) {
            browsers.removeFirst();
        }
        onNewLink.accept(link());
        return Optional.of(browser);
    }

    private synchronized Optional<Browser> browser(ClientRequest request) {
        List<String> sent = request.cookies(cookieName());
        return browsers.stream()
                .filter(browser -> sent.stream().anyMatch(value -> RandomToken.same(browser.cookie(), value)))
                .findFirst();
    }

    private String cookieName() {
        return "bulkhead-" + port;
    }

    /** Not Secure, which not every browser accepts without TLS; what it is sent over does not leave the machine. */
    private String cookie(String value) {
        return cookieName() + "=" + value + "; Path=/; HttpOnly; SameSite=Strict";
    }

    @Override
    public Access signIn(ClientRequest request, Map<String, List<String>> form) {
        return refused();
    }

    @Override
    public Access signOut(ClientRequest request) {
        synchronized (this) {
            browser(request).ifPresent(browsers::remove);
        }
        return new Access.Redirected(
                "/", Optional.of(cookieName() + "=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"));
    }

    @Override
    public boolean isOwnForm(ClientRequest request, Map<String, List<String>> form) {
        return browser(request)
                .filter(browser -> form.getOrDefault("token", List.of()).stream()
                        .anyMatch(token -> browser.form().made(token)))
                .isPresent();
    }
}
