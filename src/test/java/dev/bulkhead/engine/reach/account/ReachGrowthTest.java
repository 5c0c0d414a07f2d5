package dev.bulkhead.engine.reach.account;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.access.AccessRule;
import dev.bulkhead.engine.access.AccessTable;
import dev.bulkhead.engine.access.Role;
import dev.bulkhead.engine.access.RoleBinding;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.reach.Exposures;
import dev.bulkhead.engine.reach.PodExposure;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Counts what the ways out of many workloads take: questions about namespaces, and bytes that are allocated. */
class ReachGrowthTest {
    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final List<String> NO_NAMES = List.of();

    private static final List<AccessRule> RULES = List.of(
            new AccessRule(List.of("create"), List.of(""), List.of("pods", "pods/exec", "secrets"), NO_NAMES),
            new AccessRule(List.of("get", "patch"), List.of(""), List.of("secrets", "pods", "namespaces"), NO_NAMES),
            new AccessRule(List.of("create"), List.of(RBAC), List.of("rolebindings"), NO_NAMES),
            new AccessRule(List.of("bind"), List.of(RBAC), List.of("clusterroles"), List.of("quiet", "wide", "gone")),
            new AccessRule(List.of("create", "escalate", "bind"), List.of(RBAC), List.of("roles"), NO_NAMES),
            new AccessRule(
                    List.of("create"), List.of(""), List.of("serviceaccounts/token"), List.of("a1", "a2", "a3")));

    /** What each account may do in every namespace. */
    private static final List<AccessRule> WIDE =
            List.of(new AccessRule(List.of("*"), List.of(""), List.of("pods", "configmaps"), NO_NAMES));

    private static final List<AccessRule> CHANGES_BINDINGS =
            List.of(WIDE.get(0), new AccessRule(List.of("update"), List.of(RBAC), List.of("rolebindings"), NO_NAMES));

    private static final List<AccessRule> CREATES_BINDINGS =
            List.of(WIDE.get(0), new AccessRule(List.of("create"), List.of(RBAC), List.of("rolebindings"), NO_NAMES));

    private record Work(long questions, long bytes) {}

    /** Ten accounts in each namespace, each with a role of its own there and in two other namespaces. */
    private static Work work(int namespaces, List<AccessRule> everywhere) {
        List<Role> roles = new ArrayList<>();
        List<RoleBinding> bindings = new ArrayList<>();
        List<RunningWorkload> running = new ArrayList<>();
        roles.add(new Role("", "wide", everywhere));
        roles.add(new Role("", "quiet", WIDE));
        PodExposure pods =
                Exposures.pods(pod(), PolicySet.of(Profile.LEAST_PRIVILEGE), ClusterCapabilities.NEWEST_MINOR);
        for (int i = 0; i < namespaces; i++) {
            bindings.add(new RoleBinding("n" + i, "quiet", true, "quiet", List.of(RoleBinding.user("jane"))));
            for (int k = 0; k < 10; k++) {
                String role = "r" + i + "-" + k;
                roles.add(new Role("", role, RULES));
                String account = RoleBinding.user(RoleBinding.userName("n" + i, "a" + k));
                for (int there = 0; there < 3; there++) {
                    bindings.add(
                            new RoleBinding("n" + (i + there) % namespaces, "b-" + role, true, role, List.of(account)));
                }
                bindings.add(new RoleBinding("", "c-" + role, true, "wide", List.of(account)));
                running.add(new RunningWorkload("n" + i, "Deployment a" + k, pods));
            }
        }
        AtomicLong questions = new AtomicLong();
        ClusterAccess access = new ClusterAccess(
                new AccessTable(roles, bindings, List.of()),
                name -> questions.incrementAndGet() < 0,
                name -> questions.incrementAndGet() < 0);
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();
        ClusterAccess among = access.among(running);
        for (RunningWorkload workload : running) {
            assertThat(workload.pods()
                            .reach(workload.namespace(), Optional.of(among))
                            .items())
                    .isNotEmpty();
        }
        for (int i = 0; i < namespaces; i++) {
            for (int k = 0; k < 10; k++) {
                assertThat(among.account("n" + i, "a" + k).reached()).hasSizeGreaterThan(5);
            }
        }
        return new Work(questions.get(), thread.getCurrentThreadAllocatedBytes() - before);
    }

    private static ObjectNode pod() {
        return (ObjectNode) Yaml.tree("""
                apiVersion: v1
                kind: Pod
                metadata: {name: a, namespace: n1}
                spec:
                  containers:
                  - name: a
                    image: a
                    securityContext: {privileged: true}
                    volumeMounts: [{name: t, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]
                  volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: token}}]}}]
                """);
    }

    static List<List<AccessRule>> aThousandAccountsTakeTenTimesAsMuchAsAHundred() {
        return List.of(WIDE, CHANGES_BINDINGS, CREATES_BINDINGS);
    }

    @ParameterizedTest
    @MethodSource
    void aThousandAccountsTakeTenTimesAsMuchAsAHundred(List<AccessRule> everywhere) {
        work(10, everywhere);
        Work small = work(10, everywhere);
        Work large = work(100, everywhere);

        assertThat(small.questions()).isPositive();
        assertThat(large.questions()).isLessThanOrEqualTo(12 * small.questions());
        assertThat(large.bytes()).isLessThan(14 * small.bytes());
    }
}
