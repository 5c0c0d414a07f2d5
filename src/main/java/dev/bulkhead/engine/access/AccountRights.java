package dev.bulkhead.engine.access;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What a service account may do: the roles it holds by itself, and those of its groups, which many accounts share. What was
 * found once in the shared ones is kept, so that an account costs no more when its groups hold many roles. Safe for use by
 * many threads.
 */
public final class AccountRights {
    static final AccountRights NONE = new AccountRights(List.of(), Optional.empty());

    private static final Comparator<Grant> ORDER = Comparator.comparing(Grant::namespace)
            .thenComparing(grant -> grant.role().name())
            .thenComparing(grant -> grant.role().namespace())
            .thenComparing(Grant::binding);

    private final List<Grant> everywhere;
    private final SortedMap<String, List<Grant>> byNamespace = new TreeMap<>();
    private final Optional<AccountRights> shared;
    private final Map<Question, Optional<Grant>> answers = new ConcurrentHashMap<>();
    private final Map<Access, List<NamedGrant>> named = new ConcurrentHashMap<>();

    /** Where a question is about. */
    private enum Extent {
        /** In the whole cluster. */
        CLUSTER,
        /** In the whole cluster, for at least one object. */
        CLUSTER_SOME,
        /** In the whole cluster or any namespace, for at least one object. */
        ANYWHERE_SOME,
        /** In one namespace. */
        NAMESPACE
    }

    /**
     * A question that was asked.
     *
     * @param namespace which one; empty unless it is about one
     */
    private record Question(Access access, Extent extent, String namespace) {}

    private AccountRights(List<Grant> own, Optional<AccountRights> shared) {
        List<Grant> sorted = new ArrayList<>(own);
        sorted.sort(ORDER);
        this.everywhere = sorted.stream().filter(Grant::everywhere).toList();
        for (Grant grant : sorted) {
            if (!grant.everywhere()) {
                byNamespace
                        .computeIfAbsent(grant.namespace(), name -> new ArrayList<>(1))
                        .add(grant);
            }
        }
        this.shared = shared;
    }

    /** These rights and more; the same object if there are no more. */
    AccountRights with(List<Grant> more) {
        return more.isEmpty() ? this : new AccountRights(more, Optional.of(this));
    }

    /** The roles that are held: first the account's own, then those of its groups. */
    public Stream<Grant> grants() {
        return Stream.concat(own(), shared.stream().flatMap(AccountRights::grants));
    }

    /** Those of them that are not shared, those for the whole cluster first. */
    public Stream<Grant> own() {
        return Stream.concat(everywhere.stream(), byNamespace.values().stream().flatMap(List::stream));
    }

    /** The others, the same object for all accounts that share them; empty if there are none. */
    public Optional<AccountRights> shared() {
        return shared;
    }

    /** Those of them that count in the whole cluster. */
    public Stream<Grant> everywhere() {
        return Stream.concat(everywhere.stream(), shared.stream().flatMap(AccountRights::everywhere));
    }

    /** What permits that in the whole cluster, or for an object that belongs to no namespace. */
    public Optional<Grant> everywhere(Access access) {
        return find(new Question(access, Extent.CLUSTER, ""));
    }

    /** What permits that in the whole cluster for at least one object. */
    public Optional<Grant> everywhereForSome(Access access) {
        return find(new Question(access, Extent.CLUSTER_SOME, ""));
    }

    /** What permits that in the whole cluster or in a namespace for at least one object. */
    public Optional<Grant> anywhereForSome(Access access) {
        return find(new Question(access, Extent.ANYWHERE_SOME, ""));
    }

    /** What permits that in that namespace. */
    public Optional<Grant> in(String namespace, Access access) {
        return find(new Question(access, Extent.NAMESPACE, namespace));
    }

    /** The objects, by name, to which rules that permit that are limited, in the whole cluster and in namespaces. */
    public Stream<NamedGrant> byName(Access access) {
        return Stream.concat(
                ownByName(access),
                shared.stream()
                        .flatMap(more ->
                                more
                                        .named
                                        .computeIfAbsent(
                                                access,
                                                asked -> more.byName(asked).toList())
                                        .stream()));
    }

    private Stream<NamedGrant> ownByName(Access access) {
        return own().flatMap(grant -> grant.role().rules().stream()
                .filter(rule -> rule.permitsSome(access))
                .flatMap(rule -> rule.names().stream())
                .map(name -> new NamedGrant(name, grant)));
    }

    private Optional<Grant> find(Question question) {
        boolean some = question.extent() == Extent.CLUSTER_SOME || question.extent() == Extent.ANYWHERE_SOME;
        return candidates(question)
                .filter(grant -> grant.role().rules().stream()
                        .anyMatch(rule -> some ? rule.permitsSome(question.access()) : rule.permits(question.access())))
                .findFirst()
                .or(() -> shared.flatMap(more -> more.answers.computeIfAbsent(question, more::find)));
    }

    private Stream<Grant> candidates(Question question) {
        return switch (question.extent()) {
            case CLUSTER, CLUSTER_SOME -> everywhere.stream();
            case ANYWHERE_SOME -> own();
            case NAMESPACE ->
                Stream.concat(everywhere.stream(), byNamespace.getOrDefault(question.namespace(), List.of()).stream());
        };
    }

    /** The namespaces for which there are roles that do not count elsewhere. */
    public SortedSet<String> namespaces() {
        SortedSet<String> namespaces = new TreeSet<>(byNamespace.keySet());
        shared.ifPresent(more -> namespaces.addAll(more.namespaces()));
        return namespaces;
    }
}
