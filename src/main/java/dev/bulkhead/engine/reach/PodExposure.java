package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.evaluation.EvaluatedFinding;
import dev.bulkhead.engine.evaluation.EvaluatedWorkload;
import dev.bulkhead.engine.policy.EffectiveRules.EffectiveRule;
import dev.bulkhead.engine.policy.PolicyAction;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSecurityVersion;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a workload's pods alone decide of its exposure: everything but what the account of its token may do, and who its
 * neighbours are. Immutable.
 */
public final class PodExposure {
    private static final String USER_NAMESPACE = "userNamespace";
    private static final String SECRETS_IN_ENV = "secretsInEnv";

    private final List<Reached> items;
    private final Reach own;
    private final List<ApiTokens.Token> tokens;
    private final boolean sharesKernel;
    private final Hull hull;

    private PodExposure(List<Reached> items, Collection<ApiTokens.Token> tokens, boolean sharesKernel, Hull hull) {
        this.items = List.copyOf(items);
        this.own = Reach.of(items, true);
        this.tokens = List.copyOf(tokens);
        this.sharesKernel = sharesKernel;
        this.hull = hull;
    }

    /** The rules that say whether a layer holds, with their checks in that cluster. */
    private static Map<Rule, VersionedCheck> demands(int clusterMinor) {
        PodSecurityVersion version = PodSecurityVersion.LATEST.clampedTo(clusterMinor);
        Map<Rule, VersionedCheck> demands = new LinkedHashMap<>();
        for (Rule rule : RuleRegistry.ALL) {
            boolean outer = rule.layer() == Layer.DAEMON || rule.layer() == Layer.SANDBOX;
            if (outer || rule.leastPrivilege().action().compareTo(Action.WARN) >= 0) {
                rule.revisionAt(version).ifPresent(check -> demands.put(rule, check));
            }
        }
        return demands;
    }

    /**
     * Looks at the pods of a workload as they are; at the object that makes them if there are none.
     *
     * @param pods each evaluated by the policies that apply; at least one
     */
    public static PodExposure of(List<EvaluatedWorkload> pods) {
        List<Reached> items = new ArrayList<>();
        Hull.Builder hull = new Hull.Builder();
        SortedMap<String, ApiTokens.Token> tokens = new TreeMap<>();
        boolean sharesKernel = false;
        for (EvaluatedWorkload evaluated : pods) {
            Pod pod = evaluated.workload().pod();
            Boundary boundary = Boundary.of(pod, evaluated.context());
            sharesKernel |= boundary != Boundary.SANDBOX;
            addHull(evaluated, boundary, hull, items);
            addReach(pod, evaluated.context(), boundary, items);
            ApiTokens.find(evaluated.workload()).ifPresent(token -> tokens.putIfAbsent(token.account(), token));
        }
        return new PodExposure(items, tokens.values(), sharesKernel, hull.build());
    }

    private static void addReach(Pod pod, RuleContext context, Boundary boundary, List<Reached> items) {
        KernelPower power = new KernelPower(pod, boundary);
        NodeFiles files = new NodeFiles(pod, context, boundary);
        Credentials credentials = new Credentials(pod);
        power.findInPod(items::add);
        for (Container container : pod.containers()) {
            ContainerUserId user = ContainerUserId.of(container, pod, context);
            power.find(container, user, items::add);
            files.find(container, user, items::add);
            credentials.find(container, items::add);
        }
    }

    /** Runs each rule once, for the hull and for what is in sight of a literal credential. */
    private static void addHull(
            EvaluatedWorkload evaluated, Boundary boundary, Hull.Builder hull, List<Reached> items) {
        demands(evaluated.context().cluster().minor()).forEach((rule, check) -> {
            List<Finding> findings = new ArrayList<>(0);
            check.check().run(evaluated.workload().pod(), evaluated.context(), findings::add);
            boolean outer = rule.layer() == Layer.DAEMON || rule.layer() == Layer.SANDBOX;
            if (findings.stream().anyMatch(finding -> outer || isDemanded(rule, finding))) {
                hull.open(rule.layer(), rule.id());
            }
            if (rule.id().equals(SECRETS_IN_ENV)) {
                findings.forEach(finding -> items.add(Credentials.literal(finding)));
            }
        });
        if (boundary == Boundary.WINDOWS || !evaluated.context().cluster().hasUserNamespaces()) {
            // The rule demands it only where it can be had; here the layer is missing all the same.
            hull.open(Layer.DAEMON, USER_NAMESPACE);
        }
        for (EffectiveRule rule : evaluated.rules().rules()) {
            if (rule.actions().stream().anyMatch(PolicyAction::demands)) {
                hull.demanded(rule.rule().layer());
            }
        }
        for (EvaluatedFinding finding : evaluated.verdict().findings()) {
            boolean demanded = Action.stricter(
                                    finding.action(),
                                    evaluated
                                            .rules()
                                            .withheld(finding.finding())
                                            .orElse(Action.OFF))
                            .compareTo(Action.HARDEN)
                    >= 0;
            if (demanded && finding.exemption().isEmpty()) {
                hull.missing(
                        finding.finding().rule().layer(),
                        finding.finding().rule().id());
            }
        }
    }

    private static boolean isDemanded(Rule rule, Finding finding) {
        return rule.leastPrivilege().forValue(finding.value()).compareTo(Action.WARN) >= 0;
    }

    /** The whole, with what is reached and who is beside it. */
    public Exposure exposure(Reach reach, Optional<Neighbours> neighbours) {
        return new Exposure(reach, hull, neighbours);
    }

    /**
     * What is reached, also by what the accounts of the pods' tokens may do; there are several while a rollout changes the
     * account.
     *
     * @param namespace where the pods are
     * @param access what the accounts of the cluster may do; empty if that is not known
     */
    public Reach reach(String namespace, Optional<? extends AccountLookup> access) {
        List<ApiTokens.Token> mounted = mounted(namespace, access).toList();
        if (mounted.isEmpty()) {
            return own;
        }
        List<Reached> withoutRights = new ArrayList<>(items);
        mounted.forEach(
                token -> withoutRights.add(token(token, namespace, Severity.LOW, ", whose rights are not known")));
        Reach unknowing = Reach.of(withoutRights, false);
        if (access.isEmpty()) {
            return unknowing;
        }
        List<Reached> found = new ArrayList<>(items);
        int omitted = 0;
        for (ApiTokens.Token token : mounted) {
            AccountLookup.Account holder = access.get().account(namespace, token.account());
            found.add(token(
                    token, namespace, holder.roles().isEmpty() ? Severity.LOW : Severity.MEDIUM, rolesOf(holder)));
            holder.reached().forEach(right -> found.add(right.openedBy(token.path())));
            omitted += holder.omitted();
        }
        Reach listed = Reach.of(found, true);
        return new Reach(listed.items(), listed.omitted() + omitted, true, Optional.of(unknowing));
    }

    private Stream<ApiTokens.Token> mounted(String namespace, Optional<? extends AccountLookup> access) {
        return tokens.stream()
                .filter(token -> !token.ifAutomounted()
                        || access.isEmpty()
                        || access.get().automounts(namespace, token.account()));
    }

    /** The accounts whose tokens the pods have, by name. */
    public Stream<String> accounts(String namespace, AccountLookup access) {
        return mounted(namespace, Optional.of(access)).map(ApiTokens.Token::account);
    }

    /** The shortest way out that needs no token. */
    public Optional<Escape> ownEscape() {
        return own.escape();
    }

    private static Reached token(ApiTokens.Token mounted, String namespace, Severity severity, String rights) {
        String account = namespace + "/" + mounted.account();
        return new Reached(
                Reached.Kind.API_TOKEN,
                severity,
                Optional.empty(),
                mounted.path(),
                account,
                "has the token of service account " + account + rights,
                Optional.empty());
    }

    private static String rolesOf(AccountLookup.Account holder) {
        int more = holder.moreRoles();
        return holder.roles().isEmpty()
                ? ", which holds no role"
                : ", which holds " + String.join(", ", holder.roles()) + (more > 0 ? " and " + more + " more" : "");
    }

    /** Whether a pod of it runs on the node's own kernel. */
    public boolean sharesKernel() {
        return sharesKernel;
    }
}
