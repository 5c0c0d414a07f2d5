package dev.bulkhead.app.registry;

import java.net.InetAddress;
import java.net.URI;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One registry: where it is, and what earlier requests showed. It is asked by HTTPS only, except on this machine, where
 * registries usually speak plain HTTP, as Docker allows there, too.
 */
final class RegistryHost {
    static final String DOCKER_HUB = "docker.io";

    private static final String API_OF_DOCKER_HUB = "registry-1.docker.io";
    private static final Pattern THIS_MACHINE =
            Pattern.compile("localhost|127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}|\\[::1]");

    private final String name;
    private volatile boolean plain;
    private volatile Optional<String> unreachable = Optional.empty();

    private RegistryHost(String name, boolean plain) {
        this.name = name;
        this.plain = plain;
    }

    /**
     * The registry that references name so.
     *
     * @param mayBeLocal whether it may be on this machine
     */
    static RegistryHost named(String name, boolean mayBeLocal) throws RegistryException {
        RegistryHost registry = new RegistryHost(name, false);
        String host;
        try {
            host = registry.uri("/").getHost();
        } catch (IllegalArgumentException e) {
            throw new RegistryException(name + " is no address of a registry", e);
        }
        if (host == null) {
            throw new RegistryException(name + " is no address of a registry");
        }
        boolean local = THIS_MACHINE.matcher(host).matches();
        if (local && !mayBeLocal) {
            throw new RegistryException(name + " is on the machine that runs the image");
        }
        return local ? new RegistryHost(name, true) : registry;
    }

    /** As references name it. */
    String name() {
        return name;
    }

    URI uri(String path) {
        return uri(plain ? "http" : "https", path);
    }

    /** The same by HTTPS, whatever was used so far. */
    URI secureUri(String path) {
        return uri("https", path);
    }

    private URI uri(String scheme, String path) {
        return URI.create(scheme + "://" + (name.equals(DOCKER_HUB) ? API_OF_DOCKER_HUB : name) + path);
    }

    boolean isPlain() {
        return plain;
    }

    void useTls() {
        plain = false;
    }

    /**
     * Why no request may go there that this registry asked for; empty if one may. None may reach into a private network, or
     * this machine, unless the registry itself is there.
     */
    Optional<String> objection(URI uri, HostAddresses addresses, Deadline deadline) throws RegistryException {
        if (!isProtected(uri)) {
            return Optional.of("which is no HTTPS address");
        }
        String own = uri("/").getHost();
        if (own.equalsIgnoreCase(uri.getHost())) {
            return Optional.empty();
        }
        Set<NetworkScope> scopes = scopes(addresses.of(uri.getHost(), deadline));
        scopes.remove(NetworkScope.PUBLIC);
        if (!scopes.isEmpty()) {
            scopes.removeAll(scopes(addresses.of(own, deadline)));
        }
        return scopes.isEmpty()
                ? Optional.empty()
                : Optional.of("which is an internal address, unlike that of the registry");
    }

    private static Set<NetworkScope> scopes(List<InetAddress> addresses) {
        Set<NetworkScope> scopes = EnumSet.noneOf(NetworkScope.class);
        addresses.forEach(address -> scopes.add(NetworkScope.of(address)));
        return scopes;
    }

    private boolean isProtected(URI uri) {
        return uri.getHost() != null
                && ("https".equals(uri.getScheme())
                        || ("http".equals(uri.getScheme())
                                && plain
                                && THIS_MACHINE.matcher(uri.getHost()).matches()));
    }

    /** Why it cannot be reached at all, if a request showed that. */
    Optional<String> unreachable() {
        return unreachable;
    }

    void markUnreachable(String reason) {
        unreachable = Optional.of(reason);
    }
}
