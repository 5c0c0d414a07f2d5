package dev.bulkhead.app.console.access;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Which namespaces a person sees: those in which the API server lets this person list pods. What it does not answer in
 * time is not seen. Answers are kept for less than a minute.
 */
public final class NamespaceAccess implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(NamespaceAccess.class);

    /** How long an answer holds: a right that is withdrawn shows that long. */
    static final Duration HOLDS = Duration.ofSeconds(45);

    /** How long a failure holds, so that reloading a page does not ask again at once. */
    static final Duration FAILURE_HOLDS = Duration.ofSeconds(5);

    private static final int MOST_PEOPLE = 500;

    /** Of so many people it is kept what the API server said of each namespace. */
    private static final int MOST_UNFINISHED = 20;

    private static final int THREADS = 8;
    private static final Duration WITHIN = Duration.ofSeconds(10);

    private static final String NOT_ALL =
            "The API server has not said of every namespace whether you may list its pods; the others are not shown.";
    private static final String NONE =
            "The API server does not say what you may see, so nothing is shown. Try again in a few seconds.";

    private final ApiServerReviews reviews;
    private final Supplier<? extends Collection<String>> namespaces;
    private final Clock clock;
    private final Map<Identity, Answer> answers = new LinkedHashMap<>();
    private final Map<Identity, Map<String, Decided>> unfinished = new LinkedHashMap<>();
    private final ReentrantLock[] asking = new ReentrantLock[16];
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, work -> {
        Thread thread = new Thread(work, "console-access");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * What a person sees.
     *
     * @param limit why it may be less than it should be
     */
    public record Seen(boolean everything, Set<String> namespaces, Optional<String> limit) {}

    private record Answer(Seen seen, Instant until) {}

    /** What the API server said of a namespace. */
    private record Decided(boolean may, Instant at) {}

    /**
     * Asks nothing yet.
     *
     * @param namespaces the names of those that exist
     */
    public NamespaceAccess(ApiServerReviews reviews, Supplier<? extends Collection<String>> namespaces, Clock clock) {
        this.reviews = reviews;
        this.namespaces = namespaces;
        this.clock = clock;
        for (int i = 0; i < asking.length; i++) {
            asking[i] = new ReentrantLock();
        }
    }

    /** What this person sees now, by whichever token. May wait for the API server. */
    public Seen of(Identity person) {
        Identity identity = person.withoutCredential();
        Optional<Seen> known = known(identity);
        if (known.isPresent()) {
            return known.get();
        }
        // Several requests of one page ask once.
        ReentrantLock lock = asking[Math.floorMod(identity.hashCode(), asking.length)];
        lock.lock();
        try {
            return known(identity).orElseGet(() -> {
                Answer answer = ask(identity, clock.instant());
                remember(identity, answer);
                return answer.seen();
            });
        } finally {
            lock.unlock();
        }
    }

    private synchronized Optional<Seen> known(Identity identity) {
        Answer answer = answers.get(identity);
        return answer == null || !clock.instant().isBefore(answer.until())
                ? Optional.empty()
                : Optional.of(answer.seen());
    }

    private synchronized void remember(Identity identity, Answer answer) {
        answers.remove(identity);
        if (answers.size() >= MOST_PEOPLE) {
            answers.remove(answers.keySet().iterator().next());
        }
        answers.put(identity, answer);
    }

    private Answer ask(Identity identity, Instant now) {
        long end = System.nanoTime() + WITHIN.toNanos();
        try {
            if (inTime(threads.submit(() -> reviews.mayListPods(identity, Optional.empty())), end)) {
                return new Answer(new Seen(true, Set.of(), Optional.empty()), now.plus(HOLDS));
            }
        } catch (IOException e) {
            LOG.warnf("the API server does not say what %s may see: %s", "a user of the console", e.getMessage());
            return new Answer(new Seen(false, Set.of(), Optional.of(NONE)), now.plus(FAILURE_HOLDS));
        }
        return each(identity, now, end);
    }

    /** Where one time is not enough for all namespaces, the next begins with those that it did not suffice for. */
    private Answer each(Identity identity, Instant now, long end) {
        Map<String, Decided> before = before(identity);
        List<String> names = List.copyOf(namespaces.get());
        Map<String, Decided> decided = new HashMap<>();
        for (String name : names) {
            Decided last = before.get(name);
            if (last != null) {
                decided.put(name, last);
            }
        }
        Map<String, Decided> answered = answered(
                identity,
                names.stream()
                        .filter(name -> !isRecent(decided.get(name), now))
                        .sorted(Comparator.comparing(name -> Optional.ofNullable(decided.get(name))
                                .map(Decided::at)
                                .orElse(Instant.MIN)))
                        .toList(),
                now,
                end);
        decided.putAll(answered);
        Set<String> seen = new TreeSet<>();
        Instant oldest = now;
        boolean all = true;
        for (String name : names) {
            Decided last = decided.get(name);
            if (last == null || !isRecent(last, now)) {
                all = false;
                continue;
            }
            oldest = last.at().isBefore(oldest) ? last.at() : oldest;
            if (last.may()) {
                seen.add(name);
            }
        }
        if (!all || !before.isEmpty()) {
            keep(identity, decided);
        }
        return all
                ? new Answer(new Seen(false, seen, Optional.empty()), oldest.plus(HOLDS))
                : new Answer(new Seen(false, seen, Optional.of(NOT_ALL)), now.plus(FAILURE_HOLDS));
    }

    private static boolean isRecent(@Nullable Decided decided, Instant now) {
        return decided != null && now.isBefore(decided.at().plus(HOLDS));
    }

    private Map<String, Decided> answered(Identity identity, List<String> names, Instant now, long end) {
        List<Future<Boolean>> asked = new ArrayList<>(names.size());
        for (String name : names) {
            Callable<Boolean> question = () -> reviews.mayListPods(identity, Optional.of(name));
            asked.add(threads.submit(question));
        }
        Map<String, Decided> answered = new HashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            try {
                answered.put(names.get(i), new Decided(inTime(asked.get(i), end), now));
            } catch (IOException e) {
                LOG.debugf("the API server does not say of a namespace who may list its pods: %s", e.getMessage());
            }
        }
        return answered;
    }

    private synchronized Map<String, Decided> before(Identity identity) {
        return Optional.ofNullable(unfinished.remove(identity)).orElse(Map.of());
    }

    private synchronized void keep(Identity identity, Map<String, Decided> decided) {
        if (unfinished.size() >= MOST_UNFINISHED) {
            unfinished.remove(unfinished.keySet().iterator().next());
        }
        unfinished.put(identity, decided);
    }

    private static boolean inTime(Future<Boolean> asked, long end) throws IOException {
        try {
            return asked.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            asked.cancel(true);
            throw new IOException("no answer in time", e);
        } catch (ExecutionException e) {
            throw new IOException(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            asked.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
