package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.rule.HardeningRule;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Policies of every make, one or several at once, and exemptions from them, for pods such as {@link RandomPods} makes. */
public final class RandomPolicies {
    private static final List<String> PROFILES = List.of(
            "least-privilege",
            "least-privilege",
            "sandboxed",
            "sandboxed",
            "restricted",
            "restricted@v1.19",
            "restricted@v1.24",
            "baseline",
            "baseline@v1.22",
            "privileged");

    /** What findings of random pods have as values. */
    private static final List<String> VALUES = List.of(
            "'*'",
            "'*'",
            "unset",
            "'false'",
            "'true'",
            "'0'",
            "SYS_ADMIN",
            "CHOWN",
            "Unconfined",
            "hostNetwork",
            "hostPID",
            "/srv",
            "/proc",
            "nfs",
            "token",
            "'80'");

    private RandomPolicies() {}

    /** Their documents. */
    static Arbitrary<List<String>> any() {
        return Arbitraries.longs().map(RandomPolicies::policies);
    }

    /** The documents of one seed. */
    public static List<String> policies(long seed) {
        Random random = new Random(seed);
        List<String> documents = new ArrayList<>();
        int policies = 1 + random.nextInt(3);
        for (int i = 0; i < policies; i++) {
            documents.add(policy(random, "p" + i));
        }
        int exemptions = random.nextInt(4);
        for (int i = 0; i < exemptions; i++) {
            documents.add(exemption(random, "e" + i));
        }
        return documents;
    }

    private static String policy(Random random, String name) {
        List<String> spec = new ArrayList<>();
        spec.add("profile: " + pick(random, PROFILES));
        spec.add("mode: " + pick(random, List.of("enforce", "enforce", "enforce", "warn", "audit")));
        if (random.nextInt(3) == 0) {
            spec.add("user: {id: 10001}");
        }
        List<String> rules = new ArrayList<>();
        for (Rule rule : RuleRegistry.ALL) {
            if (random.nextInt(12) == 0) {
                rules.add(rule.id() + ": {action: '"
                        + pick(
                                random,
                                rule instanceof HardeningRule
                                        ? List.of("off", "audit", "warn", "deny", "harden")
                                        : List.of("off", "audit", "warn", "deny"))
                        + "'}");
            }
        }
        spec.add("rules: {" + String.join(", ", rules) + "}");
        return "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: " + name + "}, spec: {"
                + String.join(", ", spec) + "}}";
    }

    private static String exemption(Random random, String name) {
        List<String> allow = new ArrayList<>();
        List<Rule> rules = RuleRegistry.ALL;
        int grants = 1 + random.nextInt(8);
        for (int i = 0; i < grants; i++) {
            String rule = random.nextInt(6) == 0
                    ? "runAsNonRoot"
                    : rules.get(random.nextInt(rules.size())).id();
            allow.add("{rule: " + rule + ", values: [" + pick(random, VALUES) + "]}");
        }
        String containers =
                random.nextBoolean() ? "" : ", containers: [" + pick(random, List.of("a", "b", "a, b", "a, c")) + "]";
        return "{apiVersion: bulkhead.dev/v1alpha1, kind: Exemption, metadata: {name: " + name
                + ", namespace: bulkhead-system}, spec: {reason: r, owner: o, expires: 2027-01-01T00:00:00Z,"
                + " match: {namespaces: [driftwood]" + containers + "}, allow: [" + String.join(", ", allow) + "]}}";
    }

    private static String pick(Random random, List<String> values) {
        return values.get(random.nextInt(values.size()));
    }
}
