package dev.bulkhead.app.console.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sessions of people who have signed in: in memory, limited in number and time, gone when the process ends. */
final class Sessions {
    /** With tokens of at most 16 KiB these are 8 MiB. */
    private static final int MOST = 512;

    private static final int MOST_OF_ONE_PERSON = 5;
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

    private final Duration longest;
    private final Duration idle;
    private final Clock clock;
    private final Map<String, Session> sessions = new LinkedHashMap<>();

    /** A session. Its token is not in its text. */
    static final class Session {
        private final String token;
        private final Instant start;
        private final FormSecret form = new FormSecret();
        private volatile Identity identity;
        private volatile Instant reviewed;
        private Instant used;

        private Session(String token, Identity identity, Instant now) {
            this.token = token;
            this.identity = identity;
            this.start = now;
            this.reviewed = now;
            this.used = now;
        }

        String token() {
            return token;
        }

        FormSecret form() {
            return form;
        }

        Identity identity() {
            return identity;
        }

        /** When the API server last said whose the token is. */
        Instant reviewed() {
            return reviewed;
        }

        void review(Identity now, Instant at) {
            identity = now;
            reviewed = at;
        }
    }

    /**
     * None yet.
     *
     * @param longest how long a session lasts at most
     * @param idle how long without a request
     */
    Sessions(Duration longest, Duration idle, Clock clock) {
        this.longest = longest;
        this.idle = idle;
        this.clock = clock;
    }

    /** Starts a session and returns its new id. Where there are too many, one of those who have the most ends. */
    synchronized String start(String token, Identity identity) {
        Instant now = clock.instant();
        sessions.values().removeIf(session -> isOver(session, now));
        long own = sessions.values().stream()
                .filter(session -> session.identity().user().equals(identity.user()))
                .count();
        Iterator<Session> oldestFirst = sessions.values().iterator();
        while (own >= MOST_OF_ONE_PERSON && oldestFirst.hasNext()) {
            if (oldestFirst.next().identity().user().equals(identity.user())) {
                oldestFirst.remove();
                own--;
            }
        }
        if (sessions.size() >= MOST) {
            endOldestOfMost();
        }
        String id = RandomToken.create();
        sessions.put(id, new Session(token, identity, now));
        return id;
    }

    private void endOldestOfMost() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        sessions.values().forEach(session -> counts.merge(holder(session), 1, Integer::sum));
        int most = Collections.max(counts.values());
        Iterator<Session> oldestFirst = sessions.values().iterator();
        while (oldestFirst.hasNext()) {
            if (counts.getOrDefault(holder(oldestFirst.next()), 0) == most) {
                oldestFirst.remove();
                return;
            }
        }
    }

    /** A person; the accounts of one namespace are one, because who may create them has as many names as wanted. */
    private static String holder(Session session) {
        String user = session.identity().user();
        return user.startsWith(SERVICE_ACCOUNT) ? user.substring(0, user.lastIndexOf(':')) : user;
    }

    /** The session of one of these ids, which counts as used. */
    synchronized Optional<Session> find(List<String> ids) {
        Instant now = clock.instant();
        for (String id : ids) {
            Session session = sessions.get(id);
            if (session != null && isOver(session, now)) {
                sessions.remove(id);
            } else if (session != null) {
                session.used = now;
                return Optional.of(session);
            }
        }
        return Optional.empty();
    }

    /** Whether one of these ids is that of a session; it does not count as used. */
    synchronized boolean knows(List<String> ids) {
        return ids.stream().anyMatch(sessions::containsKey);
    }

    synchronized void end(List<String> ids) {
        ids.forEach(sessions::remove);
    }

    private boolean isOver(Session session, Instant now) {
        return !now.isBefore(session.start.plus(longest)) || !now.isBefore(session.used.plus(idle));
    }
}
