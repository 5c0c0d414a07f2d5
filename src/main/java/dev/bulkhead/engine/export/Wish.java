package dev.bulkhead.engine.export;

import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.cel.CelCheck.Clause;
import dev.bulkhead.engine.cel.CelFilling;
import dev.bulkhead.engine.rule.VersionedCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * That a policy fills in what a revision of a rule finds unset.
 *
 * @param guard when it does; empty if always
 * @param clause what is unset
 * @param check all that the revision finds
 */
record Wish(String guard, VersionedCheck revision, Clause clause, CelCheck check, CelFilling filling) {
    /** Whether a policy fills in what a revision finds. */
    static String unset(List<Wish> ofRule) {
        Map<String, List<String>> guards = new LinkedHashMap<>();
        for (Wish wish : ofRule) {
            String found = (wish.revision().hostUsersOnly() ? "p.spec.?hostUsers.orValue(true) && " : "") + "("
                    + wish.clause().values() + ").size() > 0";
            guards.computeIfAbsent(found, any -> new ArrayList<>()).add(wish.guard());
        }
        return Conditions.any(guards.entrySet().stream()
                .map(entry -> Conditions.and(List.of(
                        Conditions.or(entry.getValue()).isEmpty()
                                ? ""
                                : Conditions.inParentheses(Conditions.or(entry.getValue())),
                        entry.getKey())))
                .toList());
    }
}
