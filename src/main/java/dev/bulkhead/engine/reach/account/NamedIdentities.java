package dev.bulkhead.engine.reach.account;

import dev.bulkhead.engine.access.Access;
import dev.bulkhead.engine.access.AccountRights;
import dev.bulkhead.engine.access.NamedGrant;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.reach.Reached;
import dev.bulkhead.engine.rule.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * As whom an account may act where its rights are limited to names: a user, group or service account of such a name may be
 * a powerful one.
 */
final class NamedIdentities {
    private static final String IMPERSONATE = "impersonate";
    private static final String USES = "uses what that may do, which leads to every right";

    private final AccountRights rights;
    private final ClusterAccess access;
    private final List<Reached> found = new ArrayList<>();

    private NamedIdentities(AccountRights rights, ClusterAccess access) {
        this.rights = rights;
        this.access = access;
    }

    /** What an account with those rights reaches. */
    static List<Reached> of(AccountRights rights, ClusterAccess access) {
        NamedIdentities reach = new NamedIdentities(rights, access);
        reach.users();
        if (AccountReach.impersonatesSome(rights)) {
            reach.groups();
        }
        reach.serviceAccounts(Access.to(IMPERSONATE, "", "serviceaccounts"), "acts as account ", " (impersonate)");
        reach.serviceAccounts(
                Access.to("create", "", "serviceaccounts/token"),
                "creates a token for account ",
                " (serviceaccounts/token)");
        return reach.found;
    }

    private void users() {
        inCluster("users")
                .filter(user -> access.isPowerfulUser(user.name()))
                .findFirst()
                .ifPresent(user -> add(
                        "impersonate users",
                        "may act as user " + user.name() + " (impersonate)",
                        user,
                        "acts as user " + user.name() + " (impersonate)",
                        USES));
    }

    private void groups() {
        inCluster("groups")
                // AccountReach lists that one.
                .filter(group -> !group.name().equals(AccountReach.MASTERS))
                .filter(group -> access.isPowerfulGroup(group.name()))
                .findFirst()
                .ifPresent(group -> add(
                        "impersonate groups",
                        "may act as a member of group " + group.name() + " (impersonate)",
                        group,
                        "acts as a user or service account in the group " + group.name() + " (impersonate)",
                        USES));
    }

    private Stream<NamedGrant> inCluster(String resource) {
        return rights.byName(Access.to(IMPERSONATE, "", resource))
                .filter(named -> named.grant().everywhere());
    }

    private void serviceAccounts(Access asked, String does, String by) {
        rights.byName(asked)
                .flatMap(named -> account(named).stream().map(account -> new Taken(named, account)))
                .findFirst()
                .ifPresent(taken -> add(
                        asked.verb().equals(IMPERSONATE) ? "impersonate serviceaccounts" : asked.resource(),
                        "may act as service account " + taken.account() + by,
                        taken.named(),
                        does + taken.account() + by,
                        USES));
    }

    private record Taken(NamedGrant named, String account) {}

    /** The powerful account that is meant; in the whole cluster one of that name in any namespace. */
    private Optional<String> account(NamedGrant named) {
        String namespace = named.grant().namespace();
        if (named.grant().everywhere()) {
            return access.powerful().named(named.name());
        }
        return access.powerful().has(namespace, named.name())
                ? Optional.of(namespace + "/" + named.name())
                : Optional.empty();
    }

    private void add(String value, String message, NamedGrant named, String... steps) {
        found.add(AccountReach.item(
                Severity.CRITICAL, value, message, named.grant(), Optional.of(Escape.toCluster(steps))));
    }
}
