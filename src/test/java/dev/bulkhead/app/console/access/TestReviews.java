package dev.bulkhead.app.console.access;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An API server that knows some tokens and rights. */
final class TestReviews implements ApiServerReviews {
    final Map<String, Identity> owners = new HashMap<>();
    final Set<String> rights = new HashSet<>();
    final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    volatile boolean down;
    volatile Optional<String> silentAbout = Optional.empty();

    /** How many questions about a namespace get an answer. */
    final AtomicInteger answers = new AtomicInteger(Integer.MAX_VALUE);

    /** Lets somebody list pods; {@code *} is everywhere. */
    void allow(String user, String namespace) {
        rights.add(user + " " + namespace);
    }

    int asked(String what) {
        return asked.getOrDefault(what, new AtomicInteger()).get();
    }

    private void count(String what) throws IOException {
        asked.computeIfAbsent(what, key -> new AtomicInteger()).incrementAndGet();
        if (down) {
            throw new IOException("connection refused");
        }
    }

    @Override
    public Optional<Identity> owner(String token) throws IOException {
        count("token");
        return Optional.ofNullable(owners.get(token));
    }

    @Override
    public boolean mayListPods(Identity identity, Optional<String> namespace) throws IOException {
        count(namespace.orElse("*"));
        if (namespace.isPresent() && (silentAbout.equals(namespace) || answers.getAndDecrement() <= 0)) {
            throw new IOException("timeout");
        }
        return rights.contains(identity.user() + " " + namespace.orElse("*"));
    }
}
