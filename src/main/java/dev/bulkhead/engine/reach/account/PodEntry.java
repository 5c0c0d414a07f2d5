package dev.bulkhead.engine.reach.account;

import dev.bulkhead.engine.access.Access;
import dev.bulkhead.engine.access.AccountRights;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.reach.Reached;
import dev.bulkhead.engine.rule.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * By which rights an account gets into pods that run, and what it finds there: the token of a powerful account, or a way to
 * the node.
 *
 * @see <a href="https://kubehound.io/reference/attacks/">KubeHound's attacks POD_EXEC, POD_ATTACH and POD_PATCH</a>
 */
final class PodEntry {
    private static final List<String> CONNECT = List.of("create", "get");
    private static final List<String> CHANGE = List.of("update", "patch");

    private static final List<Way> WAYS = List.of(
            new Way(CONNECT, "pods/exec", "runs commands in"),
            new Way(CONNECT, "pods/attach", "attaches to"),
            new Way(CHANGE, "pods/ephemeralcontainers", "adds a container to"),
            new Way(CHANGE, "pods", "changes the image of"));

    private record Way(List<String> verbs, String resource, String does) {}

    private PodEntry() {}

    /** What an account with those rights reaches. */
    static List<Reached> of(AccountRights rights, ClusterAccess access) {
        List<Reached> found = new ArrayList<>();
        for (Way way : WAYS) {
            for (Scope scope : Scope.of(rights, way.verbs(), "", way.resource())) {
                found.add(AccountReach.item(
                        Severity.HIGH,
                        way.resource(),
                        "may get into the pods of " + scope.label() + " (" + granted(rights, way, scope) + " "
                                + way.resource() + ")",
                        scope.grant(),
                        escape(way, scope, access)));
            }
        }
        return found;
    }

    /** The first of the verbs that is permitted there. */
    private static String granted(AccountRights rights, Way way, Scope scope) {
        return way.verbs().stream()
                .filter(verb -> scope.permits(rights, Access.to(verb, "", way.resource())))
                .findFirst()
                .orElseThrow();
    }

    private static Optional<Escape> escape(Way way, Scope scope, ClusterAccess access) {
        return access.footholds()
                .token(scope)
                .map(holder -> Escape.toCluster(
                        way.does() + " a pod of " + holder.pod() + " (" + way.resource()
                                + "), and takes the token of account " + holder.account(),
                        "uses it, which leads to every right"))
                .or(() -> access.footholds()
                        .breakout(scope)
                        .map(breakout -> breakout.escape()
                                .after(way.does() + " a pod of " + breakout.pod() + " (" + way.resource() + ")")))
                .or(() -> system(way, scope));
    }

    /** kube-proxy, network plugins and storage drivers run privileged in kube-system, where they are pods at all. */
    private static Optional<Escape> system(Way way, Scope scope) {
        return scope.everywhere() || scope.namespace().equals(PowerfulAccounts.SYSTEM)
                ? Optional.of(Escape.toNode(
                        way.does() + " a privileged pod of kube-system, such as kube-proxy (" + way.resource() + ")",
                        "mounts the node's disk from there, and adds a job for cron to it"))
                : Optional.empty();
    }
}
