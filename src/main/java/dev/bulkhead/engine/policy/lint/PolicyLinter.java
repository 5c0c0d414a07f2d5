package dev.bulkhead.engine.policy.lint;

import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.document.Declaration;
import dev.bulkhead.engine.workload.Field;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reports what is valid in policies and exemptions but can hardly be intended. */
public final class PolicyLinter {
    /** How long before its expiry an exemption is reported: enough time to renew it or to do without. */
    private static final Duration SOON = Duration.ofDays(14);

    private final List<Policy> policies;
    private final Optional<Policy> fallback;
    private final List<Declaration> declarations;
    private final Instant now;
    private final int clusterMinor;
    private final List<Remark> remarks = new ArrayList<>();

    private PolicyLinter(List<Declaration> declarations, Optional<Policy> fallback, Instant now, int clusterMinor) {
        this.declarations = declarations;
        this.policies = declarations.stream()
                .filter(Declaration.OfPolicy.class::isInstance)
                .map(declaration -> ((Declaration.OfPolicy) declaration).policy())
                .toList();
        this.fallback =
                policies.stream().anyMatch(policy -> policy.match().selectsEverything()) ? Optional.empty() : fallback;
        this.now = now;
        this.clusterMinor = clusterMinor;
    }

    /**
     * A remark on a declaration.
     *
     * @param place the field concerned, whether or not it is set
     */
    public record Remark(Declaration declaration, Field place, String message) {}

    /**
     * The remarks on declarations that belong together, in their order.
     *
     * @param fallback the policy for workloads that none of the policies matches; empty where there is none
     */
    public static List<Remark> of(
            List<Declaration> declarations, Optional<Policy> fallback, Instant now, int clusterMinor) {
        PolicyLinter lint = new PolicyLinter(declarations, fallback, now, clusterMinor);
        for (Declaration declaration : declarations) {
            if (declaration instanceof Declaration.OfPolicy of) {
                lint.lint(of);
            } else if (declaration instanceof Declaration.OfExemption of) {
                lint.lint(of);
            }
        }
        return List.copyOf(lint.remarks);
    }

    private void lint(Declaration.OfPolicy declaration) {
        Field spec = declaration.document().get("spec");
        Policy.Match match = declaration.policy().match();
        Field matching = spec.get("match");
        if (LintSelectors.isImpossible(match)) {
            remark(declaration, matching.get("namespaceSelector"), "no namespace can match: the policy is never used");
        } else {
            Set<String> selected = LintSelectors.selectedByName(match);
            for (Field excluded : matching.get("excludeNamespaces").items()) {
                if (selected.contains(excluded.textOrEmpty())) {
                    remark(
                            declaration,
                            excluded,
                            "namespace \"" + excluded.textOrEmpty()
                                    + "\" is selected and excluded at once: it is excluded");
                }
            }
        }
        if (LintSelectors.isImpossible(match.workloads())) {
            remark(declaration, matching.get("workloadSelector"), "no workload can match: the policy is never used");
        }
        List<Policy> others = policies.stream()
                .filter(other -> !other.name().equals(declaration.policy().name()))
                .toList();
        LintScope.on(declaration.policy(), others, fallback, clusterMinor)
                .ifPresent(on -> remark(declaration, matching.get(on.selector()), on.message()));
        for (Field rule : spec.get("rules").members()) {
            lintAllowed(declaration, rule);
        }
    }

    private void lintAllowed(Declaration.OfPolicy declaration, Field rule) {
        List<Field> values = rule.get("allow").items();
        if (values.isEmpty()) {
            return;
        }
        if (new LintRules(List.of(declaration.policy()), clusterMinor).isOff(rule.name())) {
            remark(
                    declaration,
                    rule.get("allow"),
                    rule.name() + " is off in this policy: there is nothing to allow" + instead(declaration, rule));
            return;
        }
        for (Field value : values) {
            if (value.textOrEmpty().equals(Exemption.ANY)) {
                remark(
                        declaration,
                        value,
                        "\"*\" allows nothing here: name the values, or set the rule's action to off");
            } else {
                lintValue(declaration, rule.name(), value);
            }
        }
    }

    private String instead(Declaration.OfPolicy declaration, Field rule) {
        return new LintRules(List.of(declaration.policy()), clusterMinor)
                .successorOf(rule.name())
                .map(successor -> "; " + successor + " is the rule that checks this")
                .orElse("");
    }

    private void lintValue(Declaration declaration, String rule, Field value) {
        LintValues.objection(rule, value.textOrEmpty()).ifPresent(objection -> remark(declaration, value, objection));
    }

    private void lint(Declaration.OfExemption declaration) {
        Exemption exemption = declaration.exemption();
        Field spec = declaration.document().get("spec");
        lintExpiry(declaration, spec.get("expires"));
        if (exemption.reason().isBlank()) {
            remark(declaration, spec.get("reason"), "no reason is given: say why it has to be");
        } else if (exemption.reason().startsWith(Exemption.PLACEHOLDER)) {
            remark(declaration, spec.get("reason"), "the reason is still to be filled in");
        }
        if (exemption.owner().isBlank()) {
            remark(declaration, spec.get("owner"), "no owner is given: say who can tell whether it is still needed");
        } else if (exemption.owner().startsWith(Exemption.PLACEHOLDER)) {
            remark(declaration, spec.get("owner"), "the owner is still to be filled in");
        }
        same(declaration)
                .ifPresent(other -> remark(
                        declaration,
                        spec.get("allow"),
                        "it allows the same to the same workloads as exemption \"" + other.name() + "\""));
        lintGrants(declaration, spec);
    }

    private void lintExpiry(Declaration.OfExemption declaration, Field place) {
        Instant expires = declaration.exemption().expires();
        if (!now.isBefore(expires)) {
            remark(declaration, place, "it expired at " + expires + ": it excuses nothing; remove it, or renew it");
        } else if (expires.isBefore(now.plus(SOON))) {
            long days = Duration.between(now, expires).toDays();
            remark(
                    declaration,
                    place,
                    "it expires "
                            + (days == 0 ? "within a day" : "in " + days + (days == 1 ? " day" : " days"))
                            + ", at " + expires);
        }
    }

    /** The first earlier exemption that allows the same to the same workloads. */
    private Optional<Exemption> same(Declaration.OfExemption declaration) {
        for (Declaration other : declarations) {
            if (other == declaration) {
                break;
            }
            if (other instanceof Declaration.OfExemption of
                    && of.exemption().match().equals(declaration.exemption().match())
                    && of.exemption().allow().equals(declaration.exemption().allow())) {
                return Optional.of(of.exemption());
            }
        }
        return Optional.empty();
    }

    private void lintGrants(Declaration.OfExemption declaration, Field spec) {
        // Without policies, nothing is known of the rules that the exemption refers to.
        List<Policy> covering = new ArrayList<>();
        for (Field namespace : spec.get("match").get("namespaces").items()) {
            List<Policy> here = LintSelectors.covering(policies, namespace.textOrEmpty());
            boolean leftOut = isLeftOut(namespace.textOrEmpty());
            if (here.isEmpty() && !policies.isEmpty() && leftOut) {
                remark(
                        declaration,
                        namespace,
                        "no policy covers namespace \"" + namespace.textOrEmpty() + "\": there is nothing to excuse");
            }
            covering.addAll(here);
            if (!policies.isEmpty() && !leftOut) {
                // A namespace's labels may be such that no policy matches it.
                fallback.ifPresent(covering::add);
            }
        }
        LintRules lintRules = new LintRules(covering, clusterMinor);
        for (Field grant : spec.get("allow").items()) {
            String rule = grant.get("rule").textOrEmpty();
            if (!covering.isEmpty() && lintRules.isOff(rule)) {
                remark(
                        declaration,
                        grant.get("rule"),
                        rule + " is off in every policy that covers these namespaces: there is nothing to excuse"
                                + lintRules
                                        .successorOf(rule)
                                        .map(successor -> "; " + successor + " is the rule that checks this")
                                        .orElse(""));
                continue;
            }
            for (Field value : grant.get("values").items()) {
                if (value.textOrEmpty().equals(Exemption.ANY)) {
                    remark(declaration, value, "it excuses all of " + rule + ": name the values that are needed");
                } else if (!covering.isEmpty() && lintRules.allows(rule, value.textOrEmpty())) {
                    remark(
                            declaration,
                            value,
                            "every policy that covers these namespaces lets \"" + value.textOrEmpty()
                                    + "\" pass: there is nothing to excuse");
                } else {
                    lintValue(declaration, rule, value);
                }
            }
        }
    }

    /** Whether the fallback excludes that namespace as well. */
    private boolean isLeftOut(String namespace) {
        return fallback.isEmpty()
                || policies.stream()
                        .anyMatch(policy -> policy.match().excludedNamespaces().contains(namespace));
    }

    private void remark(Declaration declaration, Field place, String message) {
        remarks.add(new Remark(declaration, place, message));
    }
}
