package dev.bulkhead.engine.reach;

import java.util.List;

/** What the service accounts of a cluster reach. */
public interface AccountLookup {
    /** Whether the pods of a service account get its token where they say nothing. */
    boolean automounts(String namespace, String account);

    /** That service account. */
    Account account(String namespace, String name);

    /**
     * A service account.
     *
     * @param roles some of the roles that it holds, apart from those that everybody has
     * @param moreRoles how many it holds besides
     * @param reached what it reaches, the worst first, as far as it is listed of one workload
     * @param omitted how much it reaches besides
     */
    record Account(List<String> roles, int moreRoles, List<Reached> reached, int omitted) {
        public Account {
            roles = List.copyOf(roles);
            reached = List.copyOf(reached);
        }
    }
}
